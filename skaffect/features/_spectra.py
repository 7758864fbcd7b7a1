"""Waveforms to absolute DFT values of their pieces, a batch at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skaffect._utterances import Frames


def count_pieces(n_times: int, piece_length: int) -> int:
    """Return how many whole pieces a waveform has; one shorter than a piece counts as one.

    Samples after the last whole piece are left out.
    """
    return max(1, n_times // piece_length)


def gather_spectra(
    waveforms: Sequence[Frames],
    owners: NDArray[Any],
    pieces: NDArray[Any],
    piece_length: int,
) -> Frames:
    """Return the absolute DFT values of some pieces.

    Parameters
    ----------
    waveforms : sequence of ndarray of shape (n_times,), float32
        The recordings.
    owners : ndarray of shape (n,) of int
        Which recording each piece is from.
    pieces : ndarray of shape (n,) of int
        Its number there, in ``[0, count_pieces(n_times, piece_length))``.
    piece_length : int
        Samples in a piece. Recordings shorter than that are padded with zeros.

    Returns
    -------
    spectra : ndarray of shape (n, piece_length // 2 + 1), float32
        From 0 Hz to half the sampling rate.
    """
    samples = np.zeros((len(owners), piece_length), np.float32)
    for row, owner, piece in zip(samples, owners.tolist(), pieces.tolist(), strict=True):
        found = waveforms[owner][piece * piece_length : (piece + 1) * piece_length]
        row[: len(found)] = found
    return np.abs(np.fft.rfft(samples, axis=1)).astype(np.float32, copy=False)
