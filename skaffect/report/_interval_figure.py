"""A metric of several systems: folds, all answers, and the interval that counts speakers."""

from __future__ import annotations

from typing import Any

from skaffect._words import counted
from skaffect.metrics import MetricInterval
from skaffect.plotting._names import literal

_FOLDS, _POOLED, _CHANCE = "0.45", "#0072B2", "#D55E00"
_INCHES, _ROW_INCHES = 4.7, 0.62  # a phone shows all of it
_BELOW, _SPREAD = 0.29, 0.36  # folds lie below the interval, each at a height of its own


def plot_intervals(
    metric: str,
    names: list[str],
    folds: list[list[float]],
    intervals: list[MetricInterval | None],
    confidence: float,
    chances: list[float | None],
) -> Any:
    """Plot a row for each name: a dot a fold, the interval of all answers, and chance.

    The axis goes from 0 to 1 where chance is known and nothing lies beyond.

    Returns
    -------
    ax : matplotlib.axes.Axes
        The plot, in a figure of its own that no other plot shares.
    """
    from matplotlib.figure import Figure

    height = 1.6 + _ROW_INCHES * len(names)
    ax = Figure(figsize=(_INCHES, height), layout="constrained").subplots()
    for i, (values, interval, chance) in enumerate(zip(folds, intervals, chances, strict=True)):
        if chance is not None:
            ax.plot([chance, chance], [i - 0.5, i + 0.5], color=_CHANCE, linestyle="--", zorder=1)
        _plot_folds(ax, i, values)
        if interval is not None:
            _plot_interval(ax, i, interval)
    _add_legend(ax, intervals, confidence, chances)
    ax.set_yticks(range(len(names)), [literal(name) for name in names])
    ax.set(ylim=(len(names) - 0.5, -0.5), xlabel=literal(metric))
    if _are_shares(folds, intervals, chances):
        ax.set(xlim=(-0.02, 1.02), xticks=[i / 5 for i in range(6)])
    ax.grid(axis="x", alpha=0.3)
    ax.set_axisbelow(True)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(axis="y", length=0)
    return ax


def interval_words(
    metric: str,
    names: list[str],
    means: list[float],
    intervals: list[MetricInterval | None],
    chances: list[float | None],
) -> str:
    """Say what the plot shows, for who does not see it."""
    said = [
        (
            f"{name} {mean:.3g} on average over folds"
            if interval is None
            else f"{name} {interval.estimate:.3g}, between {interval.low:.3g} and "
            f"{interval.high:.3g}"
        )
        + ("" if chance is None else f", chance {chance:.3g}")
        for name, mean, interval, chance in zip(names, means, intervals, chances, strict=True)
    ]
    return f"{metric} of {counted(len(names), 'row')}: {'; '.join(said)}."


def _plot_folds(ax: Any, row: int, values: list[float]) -> None:
    n = len(values)
    heights = [row + _BELOW + _SPREAD * ((k + 0.5) / n - 0.5) for k in range(n)]
    ax.plot(
        values,
        heights,
        linestyle="none",
        marker="o",
        markersize=5,
        markeredgecolor="white",
        markeredgewidth=0.6,
        alpha=0.8,
        color=_FOLDS,
        label="a fold" if row == 0 else None,
    )


def _plot_interval(ax: Any, row: int, interval: MetricInterval) -> None:
    low, high = interval.estimate - interval.low, interval.high - interval.estimate
    ax.errorbar(
        interval.estimate,
        row,
        xerr=[[max(low, 0)], [max(high, 0)]],
        marker="D",
        markersize=5,
        capsize=4,
        linewidth=1.8,
        color=_POOLED,
        zorder=3,
    )


def _add_legend(
    ax: Any,
    intervals: list[MetricInterval | None],
    confidence: float,
    chances: list[float | None],
) -> None:
    """Name what is drawn, and the level of chance where all rows have the same one."""
    if any(interval is not None for interval in intervals):
        label = f"all answers, {100 * confidence:g} % interval over speakers"
        ax.plot([], [], marker="D", markersize=5, linewidth=1.8, color=_POOLED, label=label)
    known = {f"{chance:.3g}" for chance in chances if chance is not None}
    if known:
        label = f"chance, {known.pop()}" if len(known) == 1 else "chance"
        ax.plot([], [], linestyle="--", color=_CHANCE, label=label)
    ax.figure.legend(loc="outside upper left", frameon=False)


def _are_shares(
    folds: list[list[float]],
    intervals: list[MetricInterval | None],
    chances: list[float | None],
) -> bool:
    shown = [*chances, *(value for values in folds for value in values)]
    shown += [end for of in intervals if of is not None for end in (of.low, of.high)]
    return all(value is not None and 0 <= value <= 1 for value in shown)
