"""Emotions along time, drawn: bars where there are votes, the waveform above."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib import pyplot as plt

from skaffect import EmotionSegment, plot_emotion_timeline

TIMELINE = [
    EmotionSegment(0.0, 1.0, "sad", 0.7, "fe$r", 0.2),
    EmotionSegment(1.0, 2.0, None, 0.0, None, 0.0),
    EmotionSegment(2.0, 3.4, "angry", 1.0, None, 0.0),
]


def bars(ax):
    """Return place and size of each bar by its emotion."""
    return {
        container.get_label(): [
            [
                round(float(value), 9)
                for value in (*bar.get_xy(), bar.get_width(), bar.get_height())
            ]
            for bar in container
        ]
        for container in ax.containers
    }


def test_shares_are_stacked_and_silence_stays_blank():
    ax = plot_emotion_timeline(TIMELINE, title="T")
    assert bars(ax) == {
        "angry": [[2.0, 0.0, 1.4, 1.0]],
        r"fe\$r": [[0.0, 0.7, 1.0, 0.2]],
        "sad": [[0.0, 0.0, 1.0, 0.7]],
    }
    assert ax.get_xlim() == (0.0, 3.4)
    assert ax.get_title() == "T"
    assert ax.child_axes == []


def test_the_waveform_stands_above_at_the_same_times():
    waveform = np.zeros(54400, np.float32)
    waveform[16000:32000] = 0.5
    ax = plot_emotion_timeline(TIMELINE, waveform, title="T")
    (above,) = ax.child_axes
    assert above.get_xlim() == ax.get_xlim()
    x, y = above.collections[0].get_paths()[0].vertices.T
    loud = x[y > 0.4]
    assert loud.min() == pytest.approx(1.0, abs=0.01)
    assert loud.max() == pytest.approx(2.0, abs=0.01)
    assert ax.get_title() == "T"
    ax.figure.canvas.draw()
    for artist in (ax.title, above):
        shown, whole = artist.get_tightbbox(), ax.figure.bbox
        assert whole.x0 <= shown.x0 < shown.x1 <= whole.x1
        assert whole.y0 <= shown.y0 < shown.y1 <= whole.y1
    full = ax.transData.transform((0, 1.0))[1]
    assert above.get_window_extent().y0 > full


def test_a_bar_is_the_paler_the_less_of_its_stretch_voted():
    voted = (1.0, 0.5, 0.02)
    ax = plot_emotion_timeline(
        [EmotionSegment(float(i), i + 1.0, "sad", 1.0, None, 0.0, s) for i, s in enumerate(voted)]
    )
    ax.figure.canvas.draw()
    picture = np.asarray(ax.figure.canvas.buffer_rgba())
    places = [ax.transData.transform((i + 0.5, 0.5)).astype(int) for i in range(3)]
    light = [int(picture[-1 - y, x, :3].sum()) for x, y in places]
    assert light[0] < light[1] < light[2] < 3 * 255
    # Of unknown votes, as of all: the colour of the legend.
    ax = plot_emotion_timeline([EmotionSegment(0.0, 1.0, "sad", 1.0, None, 0.0)])
    assert len(ax.patches) == len(bars(ax)["sad"])


def test_silence_alone_has_no_legend():
    ax = plot_emotion_timeline([EmotionSegment(0.0, 1.0, None, 0.0, None, 0.0)], np.zeros(16000))
    assert ax.containers == []
    assert ax.get_legend() is None


def test_more_emotions_than_colours_are_told_apart():
    many = [EmotionSegment(float(i), i + 1.0, f"e{i:02d}", 1.0, None, 0.0) for i in range(12)]
    ax = plot_emotion_timeline(many)
    looks = {(bar[0].get_facecolor(), bar[0].get_hatch()) for bar in ax.containers}
    assert len(looks) == 12


def test_draws_where_it_is_told_to():
    _, given = plt.subplots()
    assert plot_emotion_timeline(TIMELINE, np.zeros(100), ax=given) is given


def test_bad_input_is_refused_before_a_figure_is_made():
    with pytest.raises(ValueError, match="timeline is empty"):
        plot_emotion_timeline([])
    with pytest.raises(TypeError, match=r"timeline\[0\] must be an EmotionSegment, got list"):
        plot_emotion_timeline([TIMELINE])
    with pytest.raises(ValueError, match=r"waveform must have shape \(n_times,\)"):
        plot_emotion_timeline(TIMELINE, np.zeros((2, 5)))
    with pytest.raises(ValueError, match="waveform contains NaN"):
        plot_emotion_timeline(TIMELINE, [np.nan])
    assert plt.get_fignums() == []
