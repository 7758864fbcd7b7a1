"""Opinion scores by emotion: Figure 5 of arXiv:1908.03904."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils import Bunch

from skaffect.plotting._names import literal
from skaffect.report._listening_format import SCALE

# Okabe and Ito's colours, which the colour-blind tell apart.
_COLORS = ("#0072B2", "#E69F00")
_BAR_WIDTH = 0.38


def plot_opinion_scores(
    result: Bunch, *, title: str = "Mean opinion scores", ax: Any = None
) -> Any:
    """Plot two systems' mean opinion scores by condition.

    As in Figure 5 of [1]_. The last pair of bars is of all conditions together. Whiskers span
    a standard error of the mean to both sides, over participants; there are none where a
    single one rated.

    Parameters
    ----------
    result : Bunch
        What :func:`analyse_ratings` returns.
    title : str, default="Mean opinion scores"
        Title of the plot.
    ax : matplotlib.axes.Axes or None, default=None
        Where to draw; None makes a figure.

    Returns
    -------
    ax : matplotlib.axes.Axes
        The plot. Bars stand on 1, the scale's lowest point.

    Raises
    ------
    TypeError
        If `result` is not what :func:`analyse_ratings` returns.

    References
    ----------
    .. [1] Sadiq, Asadiabadi, Erzin, "Emotion Dependent Facial Animation from Affective
       Speech", arXiv:1908.03904, 2019.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> import numpy as np
    >>> from sklearn.utils import Bunch
    >>> from skaffect import plot_opinion_scores
    >>> result = Bunch(
    ...     systems=["emotion dependent", "all combined"],
    ...     conditions=["angry", "sad"],
    ...     participants=["p01", "p02"],
    ...     ratings=np.array([[[4, 3], [2, 3]], [[5, 3], [3, 3]]]),
    ... )
    >>> ax = plot_opinion_scores(result)
    >>> [label.get_text() for label in ax.get_xticklabels()]
    ['angry', 'sad', 'all']
    """
    from matplotlib import pyplot as plt

    _check_result(result)
    # Of each participant the mean over conditions is one more score.
    ratings = np.asarray(result.ratings, dtype=np.float64)
    scores = np.concatenate([ratings, ratings.mean(axis=1, keepdims=True)], axis=1)
    n_participants = len(scores)
    errors = scores.std(axis=0, ddof=1) / np.sqrt(n_participants) if n_participants > 1 else None
    if ax is None:
        _, ax = plt.subplots(figsize=(7.6, 4.4), layout="constrained")
    places = np.arange(scores.shape[1], dtype=float)
    places[-1] += 0.4  # apart from single conditions
    for i, (system, color) in enumerate(zip(result.systems, _COLORS, strict=True)):
        ax.bar(
            places + (i - 0.5) * _BAR_WIDTH,
            scores[..., i].mean(axis=0) - 1,
            _BAR_WIDTH,
            bottom=1,
            yerr=None if errors is None else errors[:, i],
            color=color,
            ecolor="0.25",
            capsize=3,
            label=literal(system),
        )
    ax.set_xticks(places, [literal(name) for name in (*result.conditions, "all")])
    ax.set_yticks(list(SCALE), [f"{point} {name}" for point, name in SCALE.items()])
    ax.set_ylim(1, 5)
    ax.set(
        title=title,
        ylabel="one participant's ratings"
        if errors is None
        else f"mean ± standard error, {n_participants} participants",
    )
    ax.grid(axis="y", alpha=0.3)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(loc="upper left", bbox_to_anchor=(0.0, -0.1), ncols=2, frameon=False)
    return ax


def _check_result(result: Any) -> None:
    wanted = ("systems", "conditions", "participants", "ratings")
    if not all(hasattr(result, name) for name in wanted):
        raise TypeError(
            f"result must be what analyse_ratings returns, got {type(result).__name__}."
        )
