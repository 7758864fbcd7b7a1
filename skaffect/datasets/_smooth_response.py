"""A random smooth magnitude response."""

from __future__ import annotations

import numpy as np

# Terms of a cosine series over the logarithm of the frequency, and how fast they fade.
# Eight terms over seven octaves bend about once an octave.
_N_TERMS, _FADE = 8, 0.25
_LOWEST_HZ, _HIGHEST_HZ, _N_POINTS = 62.5, 8000.0, 22


def smooth_response(spread_db: float, rng: np.random.Generator) -> tuple[tuple[float, float], ...]:
    """Return points of frequency in Hz and gain in dB, `spread_db` their standard deviation."""
    frequencies = np.geomspace(_LOWEST_HZ, _HIGHEST_HZ, _N_POINTS)
    terms = np.arange(_N_TERMS)
    size = np.exp(-_FADE * terms)
    # A cosine has half the power of its amplitude's square.
    size *= spread_db / np.sqrt(np.sum(size**2) / 2)
    cosines = np.cos(np.outer(terms + 1, np.linspace(0, np.pi, _N_POINTS)))
    gains = (size * rng.standard_normal(_N_TERMS)) @ cosines
    return tuple(zip(frequencies.tolist(), gains.tolist(), strict=True))
