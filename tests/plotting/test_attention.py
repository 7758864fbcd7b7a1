"""Figure 2: what is drawn is what was weighed."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from matplotlib import pyplot as plt
from python_speech_features import get_filterbanks

from skaffect import plot_band_weights, plot_frame_weights, weight_histogram

RNG = np.random.default_rng(0)
MODES = {mode: RNG.dirichlet(np.ones(24), size=9) for mode in ("neutral", "whispered")}
HISTOGRAM = {
    "voiced": np.linspace(0.2, 0, 11) / 1.1,
    "unvoiced": np.full(11, 1 / 11),
    "silent": np.linspace(0, 0.2, 11) / 1.1,
}


def legend(axes: Any) -> list[str]:
    return [text.get_text() for text in axes.get_legend().get_texts()]


# Bands


def test_medians_and_quartiles_of_each_mode() -> None:
    axes = plot_band_weights(MODES, title="T")
    assert legend(axes) == ["neutral", "whispered", "all bands alike"]
    assert axes.get_title() == "T"
    for rows, line, shade in zip(MODES.values(), axes.lines, axes.collections, strict=False):
        np.testing.assert_allclose(line.get_ydata(), np.median(rows, axis=0))
        drawn = shade.get_paths()[0].vertices
        for x, quartiles in zip(
            line.get_xdata(), np.percentile(rows, (25, 75), axis=0).T, strict=True
        ):
            levels = drawn[np.isclose(drawn[:, 0], x), 1]
            np.testing.assert_allclose((levels.min(), levels.max()), quartiles)
    np.testing.assert_allclose(axes.lines[2].get_ydata(), 1 / 24)
    colors = [line.get_color() for line in axes.lines]
    markers = [line.get_marker() for line in axes.lines[:2]]
    assert len(set(colors)) == 3
    assert len(set(markers)) == 2


@pytest.mark.parametrize(("sr", "fmin", "fmax"), [(16000, 0, None), (8000, 100, 3800)])
def test_bands_lie_where_the_filter_bank_has_them(
    sr: int, fmin: float, fmax: float | None
) -> None:
    n_fft = 4096
    filters = get_filterbanks(24, n_fft, sr, fmin, fmax)
    peaks = filters.argmax(axis=1) * sr / n_fft
    axes = plot_band_weights(MODES, sr=sr, fmin=fmin, fmax=fmax)
    np.testing.assert_allclose(axes.lines[0].get_xdata(), peaks, atol=2 * sr / n_fft)


def test_bands_are_evenly_spaced_and_labels_do_not_meet() -> None:
    axes = plot_band_weights(MODES)
    figure = axes.figure
    figure.canvas.draw()
    pixels = axes.transData.transform(np.transpose(axes.lines[0].get_data()))[:, 0]
    np.testing.assert_allclose(np.diff(pixels), np.diff(pixels).mean(), rtol=1e-6)
    boxes = [label.get_window_extent() for label in axes.get_xticklabels()]
    assert len(boxes) >= 6
    assert all(a.x1 < b.x0 for a, b in pairwise(boxes))


@pytest.mark.parametrize(
    ("weights", "parameters", "message"),
    [
        (
            MODES["neutral"],
            {},
            "weights must be a dict from modes of speech to band weights, got n",
        ),
        ({}, {}, "weights must hold 1 to 5 modes, got 0"),
        ({str(k): MODES["neutral"] for k in range(6)}, {}, "1 to 5 modes, got 6"),
        ({"neutral": np.ones(24)}, {}, r"weights\['neutral'] must be finite, of shape \(n, n_ban"),
        (
            {"a": np.ones((2, 24)), "b": np.ones((2, 12))},
            {},
            r"weights\['b'] must be finite, of s",
        ),
        ({"a": np.full((2, 24), np.nan)}, {}, r"weights\['a'] must be finite"),
        (MODES, {"fmin": 9000}, r"fmin must lie in \[0.0, 8000.0], got 9000"),
        (MODES, {"fmin": 4000, "fmax": 4000}, "fmin must be below fmax, both are 4000"),
    ],
)
def test_bands_that_cannot_be_drawn(weights: Any, parameters: Any, message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        plot_band_weights(weights, **parameters)


# Frames


def test_bars_of_each_class_stand_side_by_side() -> None:
    axes = plot_frame_weights(HISTOGRAM, title="T")
    assert legend(axes) == ["voiced", "unvoiced", "silent"]
    assert axes.get_title() == "T"
    bars = np.array(axes.patches).reshape(3, 11)
    for shares, own in zip(HISTOGRAM.values(), bars, strict=True):
        np.testing.assert_allclose([bar.get_height() for bar in own], 100 * shares)
        assert len({bar.get_facecolor() for bar in own}) == 1
    edges = sorted((bar.get_x(), bar.get_x() + bar.get_width()) for bar in axes.patches)
    assert all(a[1] <= b[0] + 1e-9 for a, b in pairwise(edges))
    middle = bars[1]
    np.testing.assert_allclose(
        [bar.get_x() + bar.get_width() / 2 for bar in middle], np.linspace(0, 1, 11)
    )


def test_a_histogram_is_drawn_as_it_is_counted() -> None:
    counted = weight_histogram([[0.1, 0.4, 0.5]], [["silent", "voiced", "unvoiced"]])
    axes = plot_frame_weights(counted)
    assert legend(axes) == list(counted)
    heights = [bar.get_height() for bar in axes.patches]
    np.testing.assert_allclose(heights, 100 * np.concatenate(list(counted.values())))


def test_pictures_do_not_load_tensorflow() -> None:
    program = "import sys, skaffect.plotting; sys.exit('keras' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_class_without_frames_is_named() -> None:
    axes = plot_frame_weights({**HISTOGRAM, "unvoiced": np.full(11, np.nan)})
    assert legend(axes) == ["voiced", "unvoiced (no frames)", "silent"]
    assert [bar.get_height() for bar in axes.patches[11:22]] == [0] * 11


def test_draws_where_it_is_told_to() -> None:
    _, (left, right) = plt.subplots(1, 2)
    assert plot_band_weights(MODES, ax=left) is left
    assert plot_frame_weights(HISTOGRAM, ax=right) is right


@pytest.mark.parametrize(
    ("histogram", "message"),
    [
        ({"voiced": HISTOGRAM["voiced"]}, r"histogram\['unvoiced'] must hold 11 shares"),
        ({**HISTOGRAM, "silent": [0.5, 0.5]}, r"histogram\['silent'] must hold 11 shares, got sh"),
    ],
)
def test_histograms_that_are_none(histogram: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plot_frame_weights(histogram)
