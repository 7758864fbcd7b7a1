"""Mean and variance of every band over frames, of one utterance or of many."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from skaffect._utterances import Frames

# A band's spread at or under this is rounding: it holds no information to scale up.
_SMALLEST_SCALE = 1e-6


class BandStatistics(NamedTuple):
    """Statistics over frames, in float64.

    Sums in float32 over thousands of frames drift, and make constant bands vary.
    """

    n_frames: int
    mean: NDArray[np.float64]
    variance: NDArray[np.float64]

    def as_float32(self) -> tuple[Frames, Frames]:
        """Return what to subtract from every band, and what to divide it by.

        That is one where a band does not vary.
        """
        spread = np.sqrt(self.variance)
        scale = np.where(spread > _SMALLEST_SCALE, spread, 1.0)
        return self.mean.astype(np.float32), scale.astype(np.float32)


def band_statistics(frames: Frames) -> BandStatistics:
    """Return the statistics of one utterance's frames, ``(n_frames, n_bands)``."""
    exact = frames.astype(np.float64)
    return BandStatistics(len(frames), exact.mean(axis=0), exact.var(axis=0))


def pooled(parts: Iterable[BandStatistics]) -> BandStatistics:
    """Return the statistics over the frames of all utterances together."""
    n_frames = 0
    mean = spread = np.zeros(1)
    for part in parts:
        # Chan's pairwise update: sums of squares of logs near -36 would cancel.
        n_old, n_frames = n_frames, n_frames + part.n_frames
        shift = part.mean - mean
        mean = mean + shift * (part.n_frames / n_frames)
        within = part.variance * part.n_frames
        spread = spread + within + shift**2 * (n_old * part.n_frames / n_frames)
    return BandStatistics(n_frames, mean, spread / n_frames)
