"""Batches of whole utterances, each of others of about its length."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import keras
import numpy as np
from numpy.typing import NDArray

from skaffect._utterances import Frames

LengthBatch = tuple[dict[str, NDArray[np.generic]], Frames, Frames]

# Padding in time keeps to multiples of this: the total pooling of the networks here.
_GRAIN = 4
_RUNGS_PER_OCTAVE = 8
# First words of the seeds, so that no two streams are the same.
_ORDER, _STRETCHES = 1, 2


class LengthBatches(keras.utils.PyDataset):
    """Whole utterances drawn in batches of similar length, padded with zeros.

    A batch is a function of (seed, epoch, number) alone, so that asking for it twice,
    from another thread or after a restart gives the same bits. Each epoch puts together
    other utterances of like length, and takes the batches in another order.

    Parameters
    ----------
    entries : sequence of ndarray of shape (n_frames, n_bands)
        The utterances.
    targets : ndarray of shape (n_utterances, n_outputs)
        What each utterance is trained to answer.
    weights : ndarray of shape (n_utterances,)
        Weight of each utterance in the loss.
    batch_size : int
        Most utterances in a batch; batches differ by one at most.
    seed : int or None, default=None
        Seed of the order; None goes from short to long.
    crop_frames : int or None, default=None
        Take of longer utterances this many frames, drawn anew in every epoch; it needs a
        seed.
    crop_pieces : int, default=1
        In so many stretches, of about equal length, from anywhere in the utterance.
    """

    def __init__(
        self,
        entries: Sequence[Frames],
        targets: NDArray[np.floating],
        weights: NDArray[np.floating],
        *,
        batch_size: int,
        seed: int | None = None,
        crop_frames: int | None = None,
        crop_pieces: int = 1,
    ) -> None:
        super().__init__()
        self._entries = entries
        self._crop_pieces = crop_pieces
        self._lengths = np.array([len(entry) for entry in entries])
        if crop_frames is not None and seed is not None:
            self._lengths = np.minimum(self._lengths, crop_frames)
        self._targets = np.asarray(targets, dtype=np.float32)
        self._weights = np.asarray(weights, dtype=np.float32)
        self._padded = padded_lengths(self._lengths)
        self._batch_size = batch_size
        self._seed = seed
        self._epoch = 0
        self._batches = self._draw_batches()

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, number: int) -> LengthBatch:
        drawn = self._batches[number]
        n_frames = int(self._padded[drawn].max())
        inputs = pad_batch(self._stretches(drawn, number), n_frames)
        return inputs, self._targets[drawn], self._weights[drawn]

    def start_epoch(self, epoch: int) -> None:
        """Draw the batches of an epoch; until then they are those of epoch 0."""
        self._epoch = epoch
        self._batches = self._draw_batches()

    def _stretches(self, drawn: NDArray[np.intp], number: int) -> list[Frames]:
        """Return each drawn utterance, or the frames of it that this epoch trains on."""
        rng = np.random.default_rng([_STRETCHES, self._seed or 0, self._epoch, number])
        return [
            entry if len(entry) == wanted else _pieces(entry, wanted, self._crop_pieces, rng)
            for entry, wanted in ((self._entries[i], self._lengths[i]) for i in drawn)
        ]

    def _draw_batches(self) -> list[NDArray[np.intp]]:
        order = np.arange(len(self._entries))
        if self._seed is None:
            return _cut(order, self._padded, self._batch_size)
        rng = np.random.default_rng([_ORDER, self._seed, self._epoch])
        batches = _cut(rng.permutation(order), self._padded, self._batch_size)
        return [batches[i] for i in rng.permutation(len(batches))]


def group_by_length(
    entries: Sequence[Frames], *, most_frames: int
) -> list[tuple[NDArray[np.intp], int]]:
    """Return which utterances to answer together, and the length to pad each group to.

    A group holds utterances that are padded alike and, unless it is of one utterance, at
    most `most_frames` frames. Which utterances meet, and in which rows, follows from what
    they hold and not from their order: a row's place in a batch moves the last bit of its
    answer.
    """
    padded = padded_lengths([len(entry) for entry in entries])
    order = np.argsort([zlib.crc32(np.asarray(entry).tobytes()) for entry in entries])
    groups = []
    for n_frames in np.unique(padded).tolist():
        alike = order[padded[order] == n_frames]
        size = max(1, most_frames // n_frames)
        groups += [(alike[i : i + size], n_frames) for i in range(0, len(alike), size)]
    return groups


def pad_batch(entries: Sequence[Frames], n_frames: int) -> dict[str, NDArray[np.generic]]:
    """Return the networks' inputs: frames padded with zeros at their end, and lengths."""
    frames = np.zeros((len(entries), n_frames, entries[0].shape[1]), np.float32)
    for row, entry in zip(frames, entries, strict=True):
        row[: len(entry)] = entry
    lengths = np.array([len(entry) for entry in entries], np.int32)
    return {"frames": frames, "lengths": lengths}


def padded_lengths(lengths: Sequence[int] | NDArray[np.intp]) -> NDArray[np.intp]:
    """Round lengths up to one of eight an octave, so that a network sees few shapes.

    Above 32 frames this adds less than an eighth.
    """
    exact = np.asarray(lengths, dtype=np.intp)
    # The largest power of two below the length.
    octave = 2 ** np.floor(np.log2(np.maximum(exact - 1, 1))).astype(np.intp)
    step = np.maximum(octave // _RUNGS_PER_OCTAVE, _GRAIN)
    return -(-exact // step) * step


def _pieces(entry: Frames, n_frames: int, n_pieces: int, rng: np.random.Generator) -> Frames:
    """Draw stretches of an utterance, which may overlap, and join them in their order."""
    lengths = np.diff(np.arange(n_pieces + 1) * n_frames // n_pieces)
    starts = np.sort(rng.integers(len(entry) - lengths.max() + 1, size=n_pieces))
    return np.concatenate(
        [entry[start : start + n] for start, n in zip(starts, lengths, strict=True)]
    )


def _cut(
    order: NDArray[np.intp], padded: NDArray[np.intp], batch_size: int
) -> list[NDArray[np.intp]]:
    """Cut utterances into batches from short to long; equally long ones keep their order."""
    order = order[np.argsort(padded[order], kind="stable")]
    # Of nearly one size: a last batch of a few would weigh as much as any other.
    return np.array_split(order, -(-len(order) // batch_size))
