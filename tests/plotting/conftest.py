"""A drawn face that talks, and its sound."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")

from matplotlib import pyplot as plt

from skaffect import LOWER_FACE

# Inner and outer lower lip and the chin, which an open mouth moves down.
LOWERED = [LOWER_FACE.index(point) for point in (7, 8, 9, 56, 57, 58, 65, 66, 67)]


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def _ellipse(center: tuple[float, float], radii: tuple[float, float], degrees: np.ndarray):
    angle = np.radians(degrees)
    return np.stack(
        [center[0] + radii[0] * np.cos(angle), center[1] + radii[1] * np.sin(angle)], axis=1
    )


@pytest.fixture(scope="session")
def drawn_face() -> np.ndarray:
    """The 36 points of a face with its mouth closed."""
    jaw = _ellipse((100, 80), (60, 70), np.linspace(180, 0, 11))
    nose = np.stack([np.linspace(88, 112, 5), [80, 82, 83, 82, 80]], axis=1)
    outer = _ellipse((100, 110), (24, 9), 180 + np.arange(0, 360, 30))
    inner = _ellipse((100, 110), (20, 1), 180 + np.arange(0, 360, 45))
    return np.concatenate([jaw, nose, outer, inner]).astype(np.float32)


@pytest.fixture(scope="session")
def talk(drawn_face):
    """Return a function from an opening of the mouth in pixels over time to a track."""

    def make(opening: np.ndarray) -> np.ndarray:
        track = np.repeat(drawn_face[np.newaxis], len(opening), axis=0)
        track[:, LOWERED, 1] += np.asarray(opening, np.float32)[:, np.newaxis]
        return track

    return make
