"""The lazy view of one utterance's frames, each in its temporal context, and batches of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skaffect._stored_frames import Frames as Frames
from skaffect._stored_frames import StoredFrames


class Windows(Sequence[Frames]):
    """Every frame of one utterance in its temporal context, without copying it.

    A view of shape ``(n_frames, n_bands, context)``: item ``j`` shows frames
    ``j - context // 2`` to ``j + context // 2`` around frame ``j`` (the spectral
    image :math:`F^a_j` of section II-B.1 of [1]_); beyond the ends the edge frame is
    repeated. Only the frames are held, and only they are pickled; frames that are a
    contiguous float32 array already are held as they are, not copied.

    Parameters
    ----------
    frames : array-like of shape (n_frames, n_bands)
        One utterance's feature frames. Those that a transformer keeps on disk stay there.
    context : int, default=15
        Total width of a window in frames, odd (the paper's :math:`K_a`).
    active : array-like of shape (n_frames,) of bool or None, default=None
        Frames that take part in training and voting; None means all of them.

    Attributes
    ----------
    shape : tuple of int
        ``(n_frames, n_bands, context)``.
    frames : array of shape (n_frames, n_bands), float32
        The frames themselves, or what reads them from disk where it is indexed.
    active : ndarray of shape (n_frames,), bool
        Where frames take part in training and voting; never all False.

    References
    ----------
    .. [1] Sadiq, Asadiabadi, Erzin, "Emotion Dependent Facial Animation from Affective
       Speech", arXiv:1908.03904, 2019.

    Examples
    --------
    >>> import numpy as np
    >>> from skaffect import Windows
    >>> windows = Windows(np.arange(8).reshape(4, 2), context=3)
    >>> windows.shape
    (4, 2, 3)
    >>> windows[0]
    array([[0., 0., 2.],
           [1., 1., 3.]], dtype=float32)
    """

    __slots__ = ("active", "context", "frames")

    dtype = np.dtype(np.float32)
    ndim = 3

    def __init__(
        self, frames: ArrayLike | StoredFrames, context: int = 15, active: ArrayLike | None = None
    ) -> None:
        self.frames: Frames | StoredFrames = (
            frames
            if isinstance(frames, StoredFrames)
            else np.ascontiguousarray(as_float32(frames, "frames"))
        )
        if self.frames.ndim != 2:
            raise ValueError(
                f"frames must have shape (n_frames, n_bands), got {self.frames.shape}."
            )
        self.context = check_context(context)
        self.active = _check_active(active, len(self.frames))

    @property
    def shape(self) -> tuple[int, int, int]:
        """``(n_frames, n_bands, context)``."""
        return (*self.frames.shape, self.context)

    def __len__(self) -> int:
        return len(self.frames)

    def __getitem__(self, index: Any) -> Any:
        n_frames = len(self)
        if isinstance(index, int | np.integer):
            if not -n_frames <= index < n_frames:
                raise IndexError(f"There is no frame {index}: the utterance has {n_frames}.")
            return self.gather(np.array([index % n_frames]))[0]
        chosen = None if isinstance(index, tuple) else np.arange(n_frames)[index]
        if chosen is None or chosen.ndim != 1:
            raise TypeError(
                "Windows are indexed by frame alone: by an integer, a slice, a mask or a list. "
                "Take windows[j] and index the answer."
            )
        return self.gather(chosen)

    def __iter__(self) -> Iterator[Frames]:
        return (self[j] for j in range(len(self)))

    def gather(self, indices: ArrayLike) -> Frames:
        """Copy the windows of the given frames.

        Parameters
        ----------
        indices : array-like of shape (n_windows,) of int
            Frame numbers in ``[0, n_frames)``.

        Returns
        -------
        windows : ndarray of shape (n_windows, n_bands, context), float32
            The windows around those frames.

        Raises
        ------
        TypeError
            If `indices` are not integers in one dimension.
        IndexError
            If one of them is not the number of a frame.
        """
        centres = np.asarray(indices, dtype=None if np.size(indices) else np.intp)
        if centres.ndim != 1 or centres.dtype.kind not in "iu":
            raise TypeError("Frame numbers must be a 1-D array of integers.")
        if centres.size and not 0 <= centres.min() <= centres.max() < len(self):
            raise IndexError(
                f"Frame numbers must lie in [0, {len(self)}), got {centres.min()} to "
                f"{centres.max()}."
            )
        reach = self.context // 2
        rows = centres[:, None] + np.arange(-reach, reach + 1)
        np.clip(rows, 0, len(self.frames) - 1, out=rows)
        return self.frames[rows].transpose(0, 2, 1)

    def copy_window(self, frame: int, out: Frames) -> None:
        """Copy the window of one frame into an array, frames first.

        Parameters
        ----------
        frame : int
            Frame number in ``[0, n_frames)``, not checked.
        out : ndarray of shape (context, n_bands), float32
            Where the window goes.
        """
        start = frame - self.context // 2
        stop = start + self.context
        if start >= 0 and stop <= len(self.frames):
            out[:] = self.frames[start:stop]
        else:
            rows = np.clip(np.arange(start, stop), 0, len(self.frames) - 1)
            out[:] = self.frames[rows]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        if copy is False:
            raise ValueError("Windows are a view that an array can only copy.")
        windows = np.ascontiguousarray(self.gather(np.arange(len(self))))
        return windows if dtype is None else windows.astype(dtype, copy=False)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Windows):
            return NotImplemented
        return (
            self.context == other.context
            and np.array_equal(self.frames, other.frames)
            and np.array_equal(self.active, other.active)
        )

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        active = None if self.active.all() else self.active
        return Windows, (self.frames, self.context, active)

    def __repr__(self) -> str:
        return f"Windows(shape={self.shape}, active={int(self.active.sum())})"


def gather_batch(
    entries: Sequence[Windows | Frames], owners: NDArray[Any], frames: NDArray[Any]
) -> Frames:
    """Copy the windows around `frames` of `owners`, shape ``(n, n_bands, context)``."""
    n_bands, context = entries[0].shape[1:]
    batch = np.empty((len(owners), context, n_bands), np.float32)
    for window, owner, frame in zip(batch, owners.tolist(), frames.tolist(), strict=True):
        entry = entries[owner]
        if isinstance(entry, Windows):
            entry.copy_window(frame, window)
        else:
            window[:] = entry[frame].T
    return batch.transpose(0, 2, 1)


def active_frames(entry: Windows | Frames) -> NDArray[np.intp]:
    """Return the numbers of the frames that take part in training and voting."""
    if isinstance(entry, Windows):
        return np.flatnonzero(entry.active)
    return np.arange(len(entry))


def check_context(context: int, name: str = "context") -> int:
    """Return `context` when it is a positive odd integer, else raise."""
    if not isinstance(context, int | np.integer) or isinstance(context, bool):
        raise TypeError(f"{name} must be an odd integer, got {context!r}.")
    if context < 1 or context % 2 == 0:
        raise ValueError(
            f"{name} is a total width in frames and must be odd and positive, got {context}."
        )
    return int(context)


def as_float32(entry: Any, name: str) -> Frames:
    """Return a non-empty numeric array in float32, itself if it is one."""
    with np.errstate(over="ignore"):  # to infinity, which the caller finds
        return as_numbers(entry, name).astype(np.float32, copy=False)


def as_numbers(entry: Any, name: str) -> NDArray[Any]:
    """Return a non-empty numeric array."""
    try:
        array = np.asarray(entry)
        if array.dtype == object and array.ndim > 0:
            array = array.astype(np.float64)
    except (TypeError, ValueError):
        raise ValueError(
            f"{name} must be an array of numbers, all rows of one length; got a "
            f"{type(entry).__name__} that is not."
        ) from None
    if array.dtype.kind not in "fiub":
        raise ValueError(
            f"{name} must be an array of numbers, got {type(entry).__name__} of dtype "
            f"{array.dtype}."
        )
    if array.size == 0:
        raise ValueError(f"{name} is empty, shape {array.shape}; remove it.")
    return array


def _check_active(active: ArrayLike | None, n_frames: int) -> NDArray[np.bool_]:
    if active is None:
        return np.ones(n_frames, dtype=bool)
    mask = np.asarray(active, dtype=bool)
    if mask.shape != (n_frames,):
        raise ValueError(f"active must have shape ({n_frames},), got {mask.shape}.")
    return mask if mask.any() else np.ones(n_frames, dtype=bool)
