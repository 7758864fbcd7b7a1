"""Random changes to log spectrogram windows that leave their label true.

They stand for what differs between speakers and recordings but not between emotions:
vocal tract length, microphone and distance. All of them act on normalised log
energies, so that a mask of zeros is a mask of the mean.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from skaffect._utterances import Frames

# At strength 1. Vocal tracts differ by about this much in length, as log factor.
_WARP = 0.12
# Spread of each coefficient of a smooth random frequency response, in standard deviations.
_COLOUR = 0.3
# Widest masks, as shares of the bands and of the frames.
_BAND_MASK, _FRAME_MASK = 0.25, 0.34
# Both parameters of the beta distribution that mixed examples are drawn from.
_MIX = 0.5


def augment_windows(windows: Frames, strength: float, rng: np.random.Generator) -> Frames:
    """Return warped, coloured and masked copies, shape ``(n, n_bands, context)``."""
    windows = _warp_bands(windows, strength * _WARP, rng)
    windows += _smooth_response(len(windows), windows.shape[1], strength * _COLOUR, rng)
    _mask(windows, 1, strength * _BAND_MASK, rng)
    _mask(windows, 2, strength * _FRAME_MASK, rng)
    return windows


def mix_windows(
    windows: Frames,
    targets: NDArray[np.float32],
    weights: NDArray[np.float32],
    strength: float,
    rng: np.random.Generator,
) -> tuple[Frames, NDArray[np.float32], NDArray[np.float32]]:
    """Return mixtures of pairs of windows, with their targets and weights mixed alike.

    This is mixup (Zhang et al., arXiv:1710.09412) within the batch.
    """
    n_windows = len(windows)
    share = rng.beta(strength * _MIX, strength * _MIX, n_windows).astype(np.float32)
    # Which of the two comes first does not matter; the larger share keeps its own place.
    share = np.maximum(share, 1 - share)
    other = rng.permutation(n_windows)
    mixed = windows * share[:, None, None] + windows[other] * (1 - share)[:, None, None]
    targets = targets * share[:, None] + targets[other] * (1 - share)[:, None]
    return mixed, targets, weights * share + weights[other] * (1 - share)


def _warp_bands(windows: Frames, spread: float, rng: np.random.Generator) -> Frames:
    """Stretch the band axis by a random factor, as another vocal tract length would."""
    n_windows, n_bands, _ = windows.shape
    factor = np.exp(rng.uniform(-spread, spread, n_windows)).astype(np.float32)
    position = np.arange(n_bands, dtype=np.float32) * factor[:, None]
    np.clip(position, 0, n_bands - 1, out=position)
    lower = np.minimum(position.astype(np.intp), max(n_bands - 2, 0))
    upper = np.minimum(lower + 1, n_bands - 1)
    share = (position - lower).astype(np.float32)[:, :, None]
    rows = np.arange(n_windows)[:, None]
    return windows[rows, lower] * (1 - share) + windows[rows, upper] * share


def _smooth_response(
    n_windows: int, n_bands: int, spread: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return a tilt and one period of a wave over the bands, one response a window."""
    bands = np.linspace(-1, 1, n_bands, dtype=np.float32)
    shapes = np.stack([bands, np.cos(np.pi * bands), np.sin(np.pi * bands)])
    size = rng.normal(0, spread, (n_windows, len(shapes))).astype(np.float32)
    return (size @ shapes)[:, :, None]


def _mask(windows: Frames, axis: int, widest: float, rng: np.random.Generator) -> None:
    """Set a random run along an axis to the mean, zero."""
    n_windows, length = len(windows), windows.shape[axis]
    width = rng.integers(0, int(min(widest, 1.0) * length) + 1, n_windows)[:, None]
    start = (rng.random((n_windows, 1)) * (length - width + 1)).astype(np.intp)
    place = np.arange(length)
    hidden = (place >= start) & (place < start + width)
    windows[np.broadcast_to(np.expand_dims(hidden, 3 - axis), windows.shape)] = 0
