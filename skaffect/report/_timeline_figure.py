"""Emotions along time, drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skaffect._parameters import check_integer
from skaffect._windows import as_numbers
from skaffect.plotting._names import literal
from skaffect.report._timeline import EmotionSegment, check_segments

# Okabe and Ito's colours, which the colour-blind tell apart, and a grey.
_COLORS = ("#D55E00", "#0072B2", "#009E73", "#E69F00", "#56B4E9", "#CC79A7", "#F0E442", "#7F7F7F")
_HATCHES = ("", "//", "..", "xx")  # once the colours are used up
_WAVEFORM_HEIGHT, _GAP = 0.42, 0.06  # beside the emotions' 1
_MOST_COLUMNS = 1500  # more than a page has pixels
_PALEST = 0.8  # of the way to white: colours can still be told


def plot_emotion_timeline(
    timeline: Sequence[EmotionSegment],
    waveform: ArrayLike | None = None,
    sr: int = 16000,
    *,
    title: str = "Emotions along time",
    ax: Any = None,
) -> Any:
    """Plot the two most likely emotions of each stretch of a recording.

    A bar stands for a stretch, from its start to its stop. It is filled from below by the
    share of votes of the first emotion, then by that of the second; what is left is that of
    all others. The less of a stretch voted (its `voted_seconds`), the paler its bar. Where
    nothing but silence is, there is no bar.

    Parameters
    ----------
    timeline : sequence of EmotionSegment
        The stretches of one recording, as :func:`emotion_timeline` returns for each.
    waveform : array-like of shape (n_times,) or None, default=None
        The recording, drawn above; None leaves it out.
    sr : int, default=16000
        Sampling rate of `waveform` in Hz.
    title : str, default="Emotions along time"
        Title of the plot.
    ax : matplotlib.axes.Axes or None, default=None
        Where to draw; None makes a figure.

    Returns
    -------
    ax : matplotlib.axes.Axes
        The plot of the emotions. The waveform's is the first of its ``child_axes``.

    Raises
    ------
    TypeError
        If `timeline` holds something else.
    ValueError
        If `timeline` is empty, or `waveform` has another shape or contains NaN.

    See Also
    --------
    emotion_timeline : Makes timelines.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from skaffect import EmotionSegment, plot_emotion_timeline
    >>> timeline = [
    ...     EmotionSegment(0.0, 1.0, "sad", 0.7, "fear", 0.2),
    ...     EmotionSegment(1.0, 2.0, None, 0.0, None, 0.0),
    ...     EmotionSegment(2.0, 3.4, "angry", 1.0, None, 0.0),
    ... ]
    >>> ax = plot_emotion_timeline(timeline)
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['angry', 'fear', 'sad']
    """
    from matplotlib import pyplot as plt
    from matplotlib.ticker import PercentFormatter

    _check_timeline(timeline)
    check_integer("sr", sr, at_least=1)
    sound = None if waveform is None else _checked_waveform(waveform)
    if ax is None:
        _, ax = plt.subplots(
            figsize=(8.4, 4.2 if sound is not None else 3.2), layout="constrained"
        )
    # The waveform stands within the axes, for room beyond them is not kept free in any layout.
    height = 1.0 if sound is None else 1.0 + _GAP + _WAVEFORM_HEIGHT
    _draw_bars(ax, timeline, top=1 / height)
    ax.set(
        xlim=(timeline[0].start, timeline[-1].stop),
        ylim=(0, height),
        yticks=np.linspace(0, 1, 6),
        xlabel="time (s)",
        title=title,
    )
    ax.set_ylabel("share of votes", y=0.5 / height)
    ax.yaxis.set_major_formatter(PercentFormatter(1))
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines["left"].set_bounds(0, 1)
    if sound is not None:
        share = _WAVEFORM_HEIGHT / height
        _draw_waveform(ax.inset_axes((0, 1 - share, 1, share), sharex=ax), sound, sr)
    return ax


def _check_timeline(timeline: Any) -> None:
    if not isinstance(timeline, Sequence) or isinstance(timeline, str):
        raise TypeError(
            f"timeline must be a list of EmotionSegment, got {type(timeline).__name__}."
        )
    if not timeline:
        raise ValueError("timeline is empty; emotion_timeline makes one for each recording.")
    check_segments(timeline)


def _checked_waveform(waveform: ArrayLike) -> NDArray[Any]:
    values = as_numbers(waveform, "waveform")
    if values.ndim != 1:
        raise ValueError(f"waveform must have shape (n_times,), got {values.shape}.")
    if not np.isfinite(values).all():
        raise ValueError("waveform contains NaN or infinity.")
    return values


def _draw_bars(ax: Any, timeline: Sequence[EmotionSegment], top: float) -> None:
    """Draw each emotion's shares under one label, so that the legend has it once.

    `top` is where a share of 1 will be, as a part of the height of the axes.
    """
    names = {name for each in timeline for name in (each.emotion, each.second) if name is not None}
    for i, name in enumerate(sorted(names)):
        bars = [
            (each.start, each.stop - each.start, share, bottom)
            for each in timeline
            for emotion, share, bottom in (
                (each.emotion, each.share, 0.0),
                (each.second, each.second_share, each.share),
            )
            if emotion == name
        ]
        left, width, height, bottom = zip(*bars, strict=True)
        ax.bar(
            left,
            height,
            width,
            bottom,
            align="edge",
            color=_COLORS[i % len(_COLORS)],
            hatch=_HATCHES[i // len(_COLORS) % len(_HATCHES)],
            edgecolor="white",
            linewidth=0.8,
            label=literal(name),
        )
    _draw_veils(ax, timeline)
    if names:
        ax.legend(loc="upper left", bbox_to_anchor=(1.01, top), frameon=False)


def _draw_veils(ax: Any, timeline: Sequence[EmotionSegment]) -> None:
    """Make bars the paler, the less of their stretch voted."""
    for each in timeline:
        seconds, voted = each.stop - each.start, each.voted_seconds
        if each.emotion is not None and voted is not None and voted < seconds:
            ax.axvspan(
                each.start,
                each.stop,
                facecolor="white",
                edgecolor="none",
                alpha=_PALEST * (1 - voted / seconds),
                zorder=1.5,  # above the bars
            )


def _draw_waveform(ax: Any, sound: NDArray[Any], sr: int) -> None:
    """Draw the lowest and the highest value of each column, as players do."""
    edges = np.linspace(0, len(sound), min(len(sound), _MOST_COLUMNS) + 1).astype(int)[:-1]
    low, high = np.minimum.reduceat(sound, edges), np.maximum.reduceat(sound, edges)
    ax.fill_between(edges / sr, low, high, color="0.35", linewidth=0.6)
    bound = max(float(np.abs(sound).max()), 1e-6)
    ax.set(ylim=(-bound, bound), yticks=[], facecolor="none")
    ax.tick_params(bottom=False, labelbottom=False)
    ax.spines[:].set_visible(False)
