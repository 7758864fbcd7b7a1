"""A metric of several systems: folds, all answers, and the interval that counts speakers."""

from __future__ import annotations

from typing import Any

from skaffect.metrics import MetricInterval
from skaffect.plotting._names import literal

_FOLDS, _POOLED = "0.6", "#0072B2"
_ROW_INCHES = 0.48
_BELOW = 0.22  # so that folds do not lie on the interval


def plot_intervals(
    metric: str,
    names: list[str],
    folds: list[list[float]],
    intervals: list[MetricInterval | None],
    confidence: float,
) -> Any:
    """Plot a row for each name: a dot a fold, and the interval of all answers.

    Returns
    -------
    ax : matplotlib.axes.Axes
        The plot, in a figure of its own that no other plot shares.
    """
    from matplotlib.figure import Figure

    height = 1.3 + _ROW_INCHES * len(names)
    ax = Figure(figsize=(7.6, height), layout="constrained").subplots()
    for i, (values, interval) in enumerate(zip(folds, intervals, strict=True)):
        ax.plot(
            values,
            [i + _BELOW] * len(values),
            linestyle="none",
            marker="o",
            markersize=4.5,
            color=_FOLDS,
            label="a fold" if i == 0 else None,
        )
        if interval is not None:
            ax.errorbar(
                interval.estimate,
                i,
                xerr=[
                    [max(interval.estimate - interval.low, 0)],
                    [max(interval.high - interval.estimate, 0)],
                ],
                marker="D",
                markersize=5,
                capsize=4,
                linewidth=1.8,
                color=_POOLED,
                zorder=3,
            )
    if any(interval is not None for interval in intervals):
        label = f"all answers, {100 * confidence:g} % interval over speakers"
        ax.plot([], [], marker="D", markersize=5, linewidth=1.8, color=_POOLED, label=label)
    ax.set_yticks(range(len(names)), [literal(name) for name in names])
    ax.set(ylim=(len(names) - 0.5, -0.6), xlabel=literal(metric))
    ax.grid(axis="x", alpha=0.3)
    ax.set_axisbelow(True)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2, frameon=False)
    return ax


def interval_words(
    metric: str, names: list[str], means: list[float], intervals: list[MetricInterval | None]
) -> str:
    """Say what the plot shows, for who does not see it."""
    said = [
        f"{name} {mean:.3g} on average over folds"
        if interval is None
        else f"{name} {interval.estimate:.3g}, between {interval.low:.3g} and {interval.high:.3g}"
        for name, mean, interval in zip(names, means, intervals, strict=True)
    ]
    return f"{metric} of {len(names)} systems: {'; '.join(said)}."
