"""An utterance's frames that stay on disk, and are read where they are asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Frames = NDArray[np.float32]


class StoredFrames:
    """Frames of one utterance in a file, read by position, each band shifted and scaled.

    Indexing reads what it asks for and nothing else, not through a memory map, whose pages
    would stay resident. Pickling one sends the file's path.

    Parameters
    ----------
    path : str
        The file.
    offset : int
        Where its frames begin, in bytes: float32, one frame after the other.
    shape : tuple of int
        ``(n_frames, n_bands)``.
    mean : ndarray of shape (n_bands,), float32, or None, default=None
        Subtracted from every frame; None leaves them as they are in the file.
    scale : ndarray of shape (n_bands,), float32, or None, default=None
        Divides every frame after that.
    """

    __slots__ = ("mean", "offset", "path", "scale", "shape")

    dtype = np.dtype(np.float32)
    ndim = 2

    def __init__(
        self,
        path: str,
        offset: int,
        shape: tuple[int, int],
        mean: Frames | None = None,
        scale: Frames | None = None,
    ) -> None:
        self.path = path
        self.offset = offset
        self.shape = shape
        self.mean = mean
        self.scale = scale

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, index: Any) -> Frames:
        if isinstance(index, tuple):  # bands as well
            return self[:][index]
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            if step > 0:
                return self._read(start, max(start, stop))[::step]
        rows = np.arange(len(self))[index]
        if rows.size == 0:
            return np.empty((*rows.shape, self.shape[1]), np.float32)
        first = int(rows.min())
        return self._read(first, int(rows.max()) + 1)[rows - first]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        if copy is False:
            raise ValueError("Frames on disk can only be copied into memory.")
        frames = self[:]
        return frames if dtype is None else frames.astype(dtype, copy=False)

    def __repr__(self) -> str:
        return f"StoredFrames(shape={self.shape}, path={self.path!r})"

    def scaled(self, mean: Frames, scale: Frames) -> StoredFrames:
        """Return the file's frames with other statistics taken out."""
        return StoredFrames(self.path, self.offset, self.shape, mean, scale)

    def _read(self, start: int, stop: int) -> Frames:
        n_bands = self.shape[1]
        frames = np.empty((stop - start, n_bands), np.float32)
        row_bytes = n_bands * frames.itemsize
        try:
            with open(self.path, "rb", buffering=0) as file:
                file.seek(self.offset + start * row_bytes)
                n_read = file.readinto(frames)  # type: ignore[arg-type]  # a buffer it is
        except FileNotFoundError:
            raise FileNotFoundError(
                f"{self.path!r} has been removed from the cache since these features were "
                "computed; transform again."
            ) from None
        if n_read != frames.nbytes:
            raise OSError(f"{self.path!r} has been cut short; remove it and transform again.")
        if self.mean is not None and self.scale is not None:
            frames -= self.mean
            frames /= self.scale
        return frames
