"""Shape parameters and tracks of utterances of any lengths."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from skaffect import LOWER_FACE


def make_parameters(lengths: list[int], seed: int = 0) -> list[np.ndarray]:
    rng = np.random.RandomState(seed)
    return [rng.randn(n, 5).astype(np.float32) for n in lengths]


def make_tracks(lengths: list[int], seed: int = 0) -> list[np.ndarray]:
    """Faces whose mouth is 50 pixels wide and opens by 0 to 20 pixels."""
    left, right, upper, lower = (LOWER_FACE.index(point) for point in (48, 54, 62, 66))
    rng = np.random.RandomState(seed)
    made = []
    for n in lengths:
        track = np.tile(100 + 10 * rng.randn(36, 2), (n, 1, 1)).astype(np.float32)
        track[:, left], track[:, right], track[:, upper] = (75, 100), (125, 100), (100, 95)
        track[:, lower] = np.stack([np.full(n, 100), 95 + 20 * rng.rand(n)], axis=-1)
        made.append(track)
    return made


@pytest.fixture(scope="session")
def parameters() -> Callable[..., list[np.ndarray]]:
    """Return a function from lengths and a seed to one array of parameters for each."""
    return make_parameters


@pytest.fixture(scope="session")
def tracks() -> Callable[..., list[np.ndarray]]:
    """Return a function from lengths and a seed to one track for each."""
    return make_tracks
