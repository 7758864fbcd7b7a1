"""Training batches gathered from utterances, one permutation of the frames an epoch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from skaffect._augmentation import augment_windows, mix_windows
from skaffect._windows import Frames, Windows, active_frames, gather_batch

Batch = tuple[NDArray[Any], NDArray[Any], NDArray[Any]]


class FrameBatches(keras.utils.PyDataset):
    """Windows drawn at random from all active frames of all utterances.

    A batch is a function of (seed, epoch, number) alone, so that asking for it twice,
    from another thread or after a restart gives the same bits.

    Parameters
    ----------
    entries : sequence of Windows or ndarray
        The utterances.
    targets : ndarray of shape (n_utterances, n_outputs)
        What every frame of an utterance is trained to answer.
    weights : ndarray of shape (n_utterances,)
        Weight of an utterance's frames in the loss.
    batch_size : int
        Windows in a batch.
    frame_stride : int, default=1
        Draw one frame in `frame_stride` an epoch, other ones each time.
    augmentation : float, default=0.0
        Strength of the random changes to windows; 0 leaves them alone.
    seed : int or None, default=None
        Seed of the order and the changes; None draws every frame in its order.
    """

    def __init__(
        self,
        entries: Sequence[Windows | Frames],
        targets: NDArray[Any],
        weights: NDArray[Any],
        *,
        batch_size: int,
        frame_stride: int = 1,
        augmentation: float = 0.0,
        seed: int | None = None,
    ) -> None:
        super().__init__()
        self._entries = entries
        self._targets = np.asarray(targets, dtype=np.float32)
        self._weights = np.asarray(weights, dtype=np.float32)
        # Of a hundred hours there are 36 million: kept once, in four bytes each.
        self._ends = np.cumsum([len(active_frames(entry)) for entry in entries])
        self._frames = np.empty(self._ends[-1], np.int32)
        for entry, stop in zip(entries, self._ends.tolist(), strict=True):
            frames = active_frames(entry)
            self._frames[stop - len(frames) : stop] = frames
        self._batch_size = batch_size
        self._n_drawn = -(-len(self._frames) // (1 if seed is None else frame_stride))
        self._augmentation = augmentation
        self._seed = seed
        self._epoch = 0
        self._order = self._draw_order()

    def __len__(self) -> int:
        return -(-self._n_drawn // self._batch_size)

    def __getitem__(self, number: int) -> Batch:
        start = number * self._batch_size
        drawn = self._order[start : start + self._batch_size]
        owners = np.searchsorted(self._ends, drawn, side="right")
        windows = gather_batch(self._entries, owners, self._frames[drawn])
        targets, weights = self._targets[owners], self._weights[owners]
        if self._seed is not None and self._augmentation > 0:
            rng = np.random.default_rng([self._seed, self._epoch, 1 + number])
            windows = augment_windows(windows, self._augmentation, rng)
            windows, targets, weights = mix_windows(
                windows, targets, weights, self._augmentation, rng
            )
        return windows, targets, weights

    def start_epoch(self, epoch: int) -> None:
        """Draw the frames of an epoch; until then they are those of epoch 0."""
        self._epoch = epoch
        self._order = self._draw_order()

    def _draw_order(self) -> NDArray[np.integer]:
        n_frames = len(self._frames)
        order = np.arange(n_frames, dtype=np.min_scalar_type(-n_frames))
        if self._seed is not None:
            np.random.default_rng([self._seed, self._epoch]).shuffle(order)
        return order[: self._n_drawn].copy()
