"""Clips of two systems, a test made of them, and what its participants save."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest

from skaffect import EMOTIONS, make_listening_test
from skaffect.report._listening_format import clip_order

mpl.use("Agg")

from matplotlib import pyplot as plt

SYSTEMS = ("emotion dependent", "all combined")


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="session")
def systems(tmp_path_factory) -> dict[str, dict[str, str]]:
    """Two systems' clips for seven emotions, half a second of colour and tone each."""
    if importlib.util.find_spec("av") is None:
        pytest.skip("PyAV comes with the extra skaffect[face]")
    from skaffect.plotting._films import write_mp4

    folder = tmp_path_factory.mktemp("clips")
    times = np.arange(24000) / 48000
    clips: dict[str, dict[str, str]] = {system: {} for system in SYSTEMS}
    for i, emotion in enumerate(EMOTIONS):
        tone = (0.2 * np.sin(2 * np.pi * 200 * (1 + i) * times)).astype(np.float32)
        for j, system in enumerate(SYSTEMS):
            picture = np.full((64, 64, 4), (30 * i, 120 * j, 90, 255), np.uint8)
            path = str(folder / f"{system}_{emotion}.mp4")
            write_mp4(path, iter([picture] * 12), 25, tone, 48000)
            clips[system][emotion] = path
    return clips


@pytest.fixture(scope="session")
def listening_test(systems, tmp_path_factory) -> tuple[Path, Path]:
    """The page and the key of a test of seed 5."""
    folder = tmp_path_factory.mktemp("test")
    page, key = make_listening_test(folder / "faces.html", systems, seed=5)
    return Path(page), Path(key)


@pytest.fixture
def answered(listening_test):
    """Return a function from a participant and a rule of condition and system to their file."""
    key = json.loads(listening_test[1].read_text())

    def make(participant, rule):
        order = clip_order(key["seed"], participant, key["clips"])
        shown = {clip: key["clips"][clip] for clip in order}
        return {
            "format": "skaffect-listening-ratings",
            "version": 1,
            "test": key["test"],
            "manifest": key["manifest"],
            "participant": participant,
            "order": order,
            "ratings": {
                clip: rule(key["conditions"].index(s["condition"]), SYSTEMS.index(s["system"]))
                for clip, s in shown.items()
            },
        }

    return make
