"""Training batches of absolute DFT spectra, gathered from pieces of recordings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import keras
import numpy as np
from numpy.typing import NDArray

from skaffect._utterances import Frames
from skaffect.features._spectra import count_pieces, gather_spectra


class Pieces:
    """All pieces of some recordings, whose spectra are computed when they are asked for.

    Parameters
    ----------
    waveforms : sequence of ndarray of shape (n_times,), float32
        The recordings.
    piece_length : int
        Samples in a piece.
    scale : ndarray of shape (n_bins,) or None, default=None
        What to divide each DFT bin by; None is one.
    """

    def __init__(
        self, waveforms: Sequence[Frames], piece_length: int, scale: Frames | None = None
    ) -> None:
        self._waveforms = waveforms
        self._length = piece_length
        self._scale = scale
        self.counts = np.array([count_pieces(len(wave), piece_length) for wave in waveforms])
        self.owners = np.repeat(np.arange(len(waveforms)), self.counts)
        self._numbers = np.concatenate([np.arange(count) for count in self.counts])

    def __len__(self) -> int:
        return len(self.owners)

    def spectra(self, chosen: NDArray[np.intp]) -> Frames:
        """Return the spectra of some pieces, ``(n, n_bins)``."""
        spectra = gather_spectra(
            self._waveforms, self.owners[chosen], self._numbers[chosen], self._length
        )
        return spectra if self._scale is None else spectra / self._scale

    def batches(self, batch_size: int) -> Iterator[Frames]:
        """Yield the spectra of all pieces in their order."""
        for start in range(0, len(self), batch_size):
            yield self.spectra(np.arange(start, min(start + batch_size, len(self))))


class PieceBatches(keras.utils.PyDataset):
    """Spectra of pieces drawn at random from all recordings.

    A batch is a function of (seed, epoch, number) alone, so that asking for it twice,
    from another thread or after a restart gives the same bits.

    Parameters
    ----------
    pieces : Pieces
        All pieces.
    targets : ndarray of shape (n_utterances, n_outputs)
        What every piece of a recording is trained to answer.
    weights : ndarray of shape (n_utterances,)
        Weight of a recording's pieces in the loss.
    batch_size : int
        Pieces in a batch.
    seed : int or None, default=None
        Seed of the order; None keeps it.
    """

    def __init__(
        self,
        pieces: Pieces,
        targets: NDArray[np.floating],
        weights: NDArray[np.floating],
        *,
        batch_size: int,
        seed: int | None = None,
    ) -> None:
        super().__init__()
        self._pieces = pieces
        self._targets = np.asarray(targets, dtype=np.float32)
        self._weights = np.asarray(weights, dtype=np.float32)
        self._batch_size = batch_size
        self._seed = seed
        self._epoch = 0
        self._order = self._draw_order()

    def __len__(self) -> int:
        return -(-len(self._pieces) // self._batch_size)

    def __getitem__(self, number: int) -> tuple[Frames, Frames, Frames]:
        start = number * self._batch_size
        drawn = self._order[start : start + self._batch_size]
        owners = self._pieces.owners[drawn]
        return self._pieces.spectra(drawn), self._targets[owners], self._weights[owners]

    def start_epoch(self, epoch: int) -> None:
        """Draw the order of an epoch; until then it is that of epoch 0."""
        self._epoch = epoch
        self._order = self._draw_order()

    def _draw_order(self) -> NDArray[np.intp]:
        if self._seed is None:
            return np.arange(len(self._pieces))
        return np.random.default_rng([self._seed, self._epoch]).permutation(len(self._pieces))
