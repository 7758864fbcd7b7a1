"""Loss over the epochs of training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from skaffect.plotting._names import literal

# Figure 4's name for the network that is trained on all emotions together.
_COMBINED = "all combined"


def plot_learning_curves(
    histories: Mapping[str, Mapping[str, Sequence[float]]],
    *,
    loss: str = "loss",
    title: str = "Loss over the epochs",
    ax: Any = None,
) -> Any:
    """Plot the loss of several networks over their epochs.

    As in Figure 4 of [1]_.

    Parameters
    ----------
    histories : dict of str to dict of str to list of float
        For each network its ``history_``. ``"val_loss"``, the loss on validation data, is
        drawn if it is there, else ``"loss"``, that on training data, dashed. A network
        named "all combined" is drawn in black, before those of single emotions.
    loss : str, default="loss"
        What the loss is, written at its axis: ``"mean squared error"`` of the regressors,
        ``"categorical cross-entropy"`` of the classifiers.
    title : str, default="Loss over the epochs"
        Title of the plot.
    ax : matplotlib.axes.Axes or None, default=None
        Where to draw; None makes a figure.

    Returns
    -------
    ax : matplotlib.axes.Axes
        The plot.

    Raises
    ------
    ValueError
        If there are no histories, or one has neither loss.

    References
    ----------
    .. [1] Sadiq, Asadiabadi, Erzin, "Emotion Dependent Facial Animation from Affective
       Speech", arXiv:1908.03904, 2019.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from skaffect import plot_learning_curves
    >>> histories = {
    ...     "sad": {"loss": [8.0, 5.0], "val_loss": [9.0, 6.0]},
    ...     "all combined": {"loss": [12.0, 10.0], "val_loss": [13.0, 11.0]},
    ... }
    >>> ax = plot_learning_curves(histories, loss="mean squared error")
    >>> ax.get_ylabel()
    'mean squared error on validation data'
    """
    from matplotlib import pyplot as plt

    curves = _checked_curves(histories)
    if ax is None:
        _, ax = plt.subplots(figsize=(7.2, 4.6), layout="constrained")
    for name, (values, validated) in curves.items():
        epochs = np.arange(1, len(values) + 1)
        look = {"color": "black", "linewidth": 2.4, "zorder": 3} if name == _COMBINED else {}
        ax.plot(
            epochs,
            values,
            label=literal(name),
            linestyle="-" if validated else "--",
            marker="o" if len(values) == 1 else None,
            **look,
        )
    kinds = {validated for _, validated in curves.values()}
    where = {True: "validation data", False: "training data"}
    of = where[kinds.pop()] if len(kinds) == 1 else "validation data (dashed: training data)"
    ax.set(title=title, xlabel="epoch", ylabel=f"{loss} on {of}")
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.margins(x=0.02)
    ax.grid(alpha=0.3)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
    return ax


def _checked_curves(
    histories: Mapping[str, Mapping[str, Sequence[float]]],
) -> dict[str, tuple[Sequence[float], bool]]:
    """Return for each network its loss, and whether that is on validation data."""
    if not histories:
        raise ValueError("histories is empty; give at least one network's history_.")
    curves = {}
    for name in sorted(histories, key=lambda name: name != _COMBINED):
        history = histories[name]
        validated = "val_loss" in history
        values = history.get("val_loss", history.get("loss", ()))
        if not len(values):
            raise ValueError(
                f"histories[{name!r}] has neither 'val_loss' nor 'loss' of any epoch, but "
                f"{sorted(history)}; give the history_ of a fitted network."
            )
        curves[name] = (values, validated)
    return curves
