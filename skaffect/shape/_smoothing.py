"""Smoother tracks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d


def smoothed(track: NDArray[Any], seconds: float, fps: float) -> NDArray[Any]:
    """Return a track smoothed in time by a Gaussian of this standard deviation."""
    if seconds == 0:
        return track
    smooth = gaussian_filter1d(track.astype(np.float64), seconds * fps, axis=0, mode="nearest")
    answer: NDArray[Any] = smooth.astype(track.dtype)
    return answer
