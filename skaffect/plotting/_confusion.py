"""Confusion matrices."""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike
from sklearn.metrics import ConfusionMatrixDisplay

from skaffect.plotting._names import literal


def plot_confusion(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    title: str = "Utterances of unheard speakers",
    ax: Any = None,
) -> Any:
    """Plot what each class was recognised as, in percent of its utterances.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        True classes.
    y_pred : array-like of shape (n,)
        Predicted classes.
    labels : array-like of shape (n_classes,) or None, default=None
        Classes in the order of rows and columns; None means those that occur, sorted.
    title : str, default="Utterances of unheard speakers"
        Title of the plot.
    ax : matplotlib.axes.Axes or None, default=None
        Where to draw; None makes a figure.

    Returns
    -------
    ax : matplotlib.axes.Axes
        The plot.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from skaffect.plotting import plot_confusion
    >>> ax = plot_confusion(["sad", "angry", "sad"], ["sad", "angry", "angry"])
    >>> ax.get_ylabel()
    'true'
    """
    from matplotlib import pyplot as plt

    if ax is None:
        _, ax = plt.subplots(figsize=(6.4, 5.6), layout="constrained")
    display = ConfusionMatrixDisplay.from_predictions(
        y_true,
        y_pred,
        labels=labels,
        normalize="true",
        values_format=".0%",
        cmap="Blues",
        im_kw={"vmin": 0, "vmax": 1},
        xticks_rotation=45,
        colorbar=False,
        ax=ax,
    )
    # It takes the middle of what occurs for that of the colours, which go from 0 to 1.
    for text, share in zip(display.text_.flat, display.confusion_matrix.flat, strict=True):
        text.set_color("white" if share > 0.5 else "0.1")
    ax.set(title=title, xlabel="recognised as", ylabel="true")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_ticklabels([literal(label.get_text()) for label in axis.get_ticklabels()])
    return ax
