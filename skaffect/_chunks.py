"""Runs of adjacent frames, for networks that share work between neighbouring windows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import keras
import numpy as np
from numpy.typing import NDArray

from skaffect._targets import is_observed
from skaffect._utterances import Frames, Windows

# What the frames shown around a chunk cost, in frames of it.
_BORDER_FRAMES = 3

Inputs = dict[str, NDArray[Any]]
Batch = tuple[Inputs, NDArray[np.float32], NDArray[np.float32]]


class Chunks(NamedTuple):
    """A partition of utterances into runs of at most `n_frames` frames."""

    entries: Sequence[Windows | Frames]
    owners: NDArray[np.intp]
    starts: NDArray[np.intp]
    n_frames: int

    def rows(self, numbers: NDArray[np.intp]) -> Frames:
        """Copy the frames that the windows of some chunks show, ``(n, n_rows, n_bands)``."""
        n_bands, context = self.entries[0].shape[1:]
        rows = np.empty((len(numbers), self.n_frames + context - 1, n_bands), np.float32)
        reach = np.arange(self.n_frames + context - 1) - context // 2
        for out, number in zip(rows, numbers.tolist(), strict=True):
            entry, start = self.entries[self.owners[number]], self.starts[number]
            if isinstance(entry, Windows):
                inside = np.clip(start + reach, 0, len(entry) - 1)
                out[:] = entry.frames[inside]
            else:
                out[:] = entry[start].T
        return rows


def cut_chunks(entries: Sequence[Windows | Frames], n_frames: int) -> Chunks:
    """Cut utterances into chunks of one length, the last of each reaching beyond its end.

    Neighbouring windows share frames only in :class:`Windows`; windows that were given as
    arrays are chunks of one frame.
    """
    if not all(isinstance(entry, Windows) for entry in entries):
        n_frames = 1
    starts = [np.arange(0, len(entry), n_frames) for entry in entries]
    owners = np.repeat(np.arange(len(entries)), [*map(len, starts)])
    return Chunks(entries, owners, np.concatenate(starts), n_frames)


def chunk_length(lengths: Sequence[int], longest: int, multiple: int = 1) -> int:
    """Return how long chunks of utterances should be: up to `longest`, with least waste.

    Wasted are the frames beyond the utterances' ends, and some work at each chunk's borders.
    It is a multiple of `multiple`, unless no utterance is that long.
    """
    frames, counts = np.unique(lengths, return_counts=True)
    if frames[-1] <= multiple:
        return int(frames[-1])
    if frames[-1] <= longest // 2:
        return int(frames[-1] + -frames[-1] % multiple)
    candidates = np.arange(max(1, longest // 2), longest + 1)
    candidates = candidates[candidates % multiple == 0]
    if len(candidates) == 0:
        return multiple
    n_chunks = -(-frames[:, np.newaxis] // candidates)
    work = counts @ n_chunks * (candidates + _BORDER_FRAMES)
    return int(candidates[np.argmin(work)])


class ChunkBatches(keras.utils.PyDataset):
    """Chunks in random order, each with the targets around its frames.

    A batch is a function of (seed, epoch, number) alone, so that asking for it twice,
    from another thread or after a restart gives the same bits.

    Parameters
    ----------
    entries : sequence of Windows or ndarray
        The utterances.
    targets : sequence of ndarray of shape (n_frames, n_outputs)
        What every frame is answered with, NaN where that is not known.
    weights : ndarray of shape (n_utterances,)
        Weight of an utterance's frames in the loss.
    batch_size : int
        Windows in a batch, about.
    output_context : int
        Frames around one that its window is to answer for, odd.
    chunk_frames : int
        Longest chunk.
    frame_stride : int, default=1
        Train on one frame in `frame_stride`, other ones each time.
    seed : int or None, default=None
        Seed of the order; None takes every frame in its order.
    """

    def __init__(
        self,
        entries: Sequence[Windows | Frames],
        targets: Sequence[Frames],
        weights: NDArray[Any],
        *,
        batch_size: int,
        output_context: int,
        chunk_frames: int,
        frame_stride: int = 1,
        seed: int | None = None,
    ) -> None:
        super().__init__()
        stride = 1 if seed is None else frame_stride
        self._chunks = cut_chunks(
            entries, chunk_length([*map(len, entries)], chunk_frames, multiple=stride)
        )
        reach = output_context // 2
        self._lags = np.arange(-reach, reach + 1)
        self._targets = targets
        self._weights = self._frame_weights(np.asarray(weights, np.float64))
        self._stride = min(stride, self._chunks.n_frames)
        # Chunks of one frame cannot be thinned inside; fewer of them are drawn.
        self._chunk_stride = stride if self._chunks.n_frames == 1 else 1
        self._picked = np.arange(0, self._chunks.n_frames, self._stride)
        self._n_chunks = max(1, round(batch_size / len(self._picked)))
        self._seed = seed
        self._epoch = 0
        self._order = self._draw_order()

    def __len__(self) -> int:
        return -(-len(self._order) // self._n_chunks)

    def __getitem__(self, number: int) -> Batch:
        start = number * self._n_chunks
        drawn = self._order[start : start + self._n_chunks]
        first = np.tile(self._picked, (len(drawn), 1)).astype(np.int32)
        if self._seed is not None:
            rng = np.random.default_rng([self._seed, self._epoch, 1 + number])
            first += rng.integers(0, self._stride, (len(drawn), 1), dtype=np.int32)
        inputs = {"rows": self._chunks.rows(drawn), "first": first}
        return inputs, *self._answers(drawn, first)

    def start_epoch(self, epoch: int) -> None:
        """Draw the order of an epoch; until then it is that of epoch 0."""
        self._epoch = epoch
        self._order = self._draw_order()

    def _answers(self, drawn: NDArray[np.intp], first: NDArray[np.int32]) -> tuple[Frames, Frames]:
        """Return targets ``(n_chunks, n, n_lags, n_outputs)`` and their weights."""
        shape = (*first.shape, len(self._lags))
        targets = np.zeros((*shape, self._targets[0].shape[1]), np.float32)
        weights = np.zeros(shape, np.float32)
        for i, number in enumerate(drawn.tolist()):
            owner = self._chunks.owners[number]
            centres = self._chunks.starts[number] + first[i]
            frames = centres[:, None] + self._lags
            known, last = self._weights[owner], len(self._weights[owner]) - 1
            inside = (centres[:, None] <= last) & (frames >= 0) & (frames <= last)
            np.clip(frames, 0, last, out=frames)
            weights[i] = np.where(inside, known[frames], 0)
            np.copyto(targets[i], self._targets[owner][frames], where=weights[i][:, :, None] > 0)
        return targets, weights

    def _frame_weights(self, weights: NDArray[np.float64]) -> list[Frames]:
        """Return every frame's weight, such that Keras's mean over all slots is the weighted mean.

        It divides by the number of slots, those without a target included.
        """
        known = [is_observed(target) * w for target, w in zip(self._targets, weights, strict=True)]
        n_slots = len(self._chunks.starts) * self._chunks.n_frames * len(self._lags)
        total = sum(
            frames[max(lag, 0) : max(len(frames) + min(lag, 0), 0)].sum()
            for lag in self._lags.tolist()
            for frames in known
        )
        return [(frames * (n_slots / total)).astype(np.float32) for frames in known]

    def _draw_order(self) -> NDArray[np.intp]:
        n_chunks = len(self._chunks.starts)
        if self._seed is None:
            return np.arange(n_chunks)
        order = np.random.default_rng([self._seed, self._epoch]).permutation(n_chunks)
        return order[: -(-n_chunks // self._chunk_stride)]
