"""What attention weighs: bands and frames (Figure 2 of the device paper)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skaffect._frame_classes import FRAME_CLASSES, N_VALUES
from skaffect._parameters import check_integer, check_real
from skaffect._windows import as_numbers
from skaffect.plotting._names import literal

# Okabe and Ito's colours, which the colour-blind tell apart, each with a marker of its own.
_LOOKS = (("#0072B2", "o"), ("#D55E00", "s"), ("#009E73", "^"), ("#CC79A7", "D"), ("#E69F00", "v"))
_CLASS_COLORS = dict(zip(FRAME_CLASSES, ("#0072B2", "#E69F00", "#999999"), strict=True))
_TICKS_HZ = (100, 250, 500, 1000, 2000, 4000, 8000, 16000)
_BAR_WIDTH = 0.027


def plot_band_weights(
    weights: Mapping[str, ArrayLike],
    *,
    sr: int = 16000,
    fmin: float = 0.0,
    fmax: float | None = None,
    title: str = "What attention weighs each band",
    ax: Any = None,
) -> Any:
    """Plot the distribution of band weights by mode of speech.

    As in Figure 2a of [1]_. A line joins the medians over the utterances, and half of the
    utterances lie within its shade (from the lower to the upper quartile).

    Parameters
    ----------
    weights : dict of str to array-like of shape (n, n_bands)
        For each mode of speech, such as "neutral" and "whispered", the weights of its
        utterances, as :func:`band_weights` gives them; at most five modes.
    sr : int, default=16000
        Sampling rate of the filter bank in Hz.
    fmin : float, default=0.0
        Lower edge of its lowest band in Hz.
    fmax : float or None, default=None
        Upper edge of its highest band in Hz; None means ``sr / 2``.
    title : str, default="What attention weighs each band"
        Title of the plot.
    ax : matplotlib.axes.Axes or None, default=None
        Where to draw; None makes a figure.

    Returns
    -------
    ax : matplotlib.axes.Axes
        The plot: the bands' centre frequencies in Hz, evenly spaced on the mel scale.

    Raises
    ------
    TypeError, ValueError
        If there are no modes or more than five, or weights are not finite or of another
        shape than those of the first mode; the message names the mode.

    References
    ----------
    .. [1] Naini, Singhal, Ghosh, "Dual Attention Pooling Network for Recording Device
       Classification Using Neutral and Whispered Speech".

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> import numpy as np
    >>> from skaffect import plot_band_weights
    >>> rng = np.random.default_rng(0)
    >>> modes = {mode: rng.dirichlet(np.ones(24), size=9) for mode in ("neutral", "whispered")}
    >>> ax = plot_band_weights(modes)
    >>> ax.get_xlabel()
    'centre of the band (Hz)'
    """
    from matplotlib import pyplot as plt

    modes = _checked_modes(weights)
    n_bands = next(iter(modes.values())).shape[1]
    edges = _checked_edges(sr, fmin, fmax)
    centres = _hertz(np.linspace(_mel(edges[0]), _mel(edges[1]), n_bands + 2)[1:-1])
    if ax is None:
        _, ax = plt.subplots(figsize=(7.6, 4.4), layout="constrained")
    for (mode, rows), (color, marker) in zip(modes.items(), _LOOKS, strict=False):
        low, median, high = np.percentile(rows, (25, 50, 75), axis=0)
        ax.fill_between(centres, low, high, color=color, alpha=0.2, linewidth=0)
        ax.plot(centres, median, color=color, marker=marker, markersize=4, label=literal(mode))
    ax.axhline(1 / n_bands, color="0.35", linestyle="--", linewidth=1, label="all bands alike")
    ax.set_xscale("function", functions=(_mel, _hertz))
    # Half a band's room on both sides.
    left, right = _hertz(np.interp((-0.5, n_bands - 0.5), (-1, n_bands), _mel(edges)))
    ticks = [tick for tick in _TICKS_HZ if left <= tick <= right]
    ax.set_xticks(ticks, [str(tick) for tick in ticks])
    ax.set_xlim(left, right)
    ax.set(title=title, xlabel="centre of the band (Hz)", ylabel="weight $w_k$")
    ax.set_ylim(bottom=0)
    _finish(ax)
    return ax


def plot_frame_weights(
    histogram: Mapping[str, ArrayLike],
    *,
    title: str = "What attention weighs the frames",
    ax: Any = None,
) -> Any:
    """Plot frame weights over voiced, unvoiced and silent frames.

    As in Figure 2b and c of [1]_.

    Parameters
    ----------
    histogram : dict of str to array-like of shape (11,)
        For "voiced", "unvoiced" and "silent" the shares of their frames whose weight is 0,
        0.1 and so on to 1, as :func:`weight_histogram` gives them. A class without frames
        (NaN) is not drawn, and the legend says so.
    title : str, default="What attention weighs the frames"
        Title of the plot.
    ax : matplotlib.axes.Axes or None, default=None
        Where to draw; None makes a figure.

    Returns
    -------
    ax : matplotlib.axes.Axes
        The plot, in percent of each class's frames.

    Raises
    ------
    ValueError
        If a class is missing or has not eleven shares.

    References
    ----------
    .. [1] Naini, Singhal, Ghosh, "Dual Attention Pooling Network for Recording Device
       Classification Using Neutral and Whispered Speech".

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from skaffect import plot_frame_weights, weight_histogram
    >>> weights, classes = [[0.1, 0.4, 0.5]], [["silent", "voiced", "unvoiced"]]
    >>> ax = plot_frame_weights(weight_histogram(weights, classes))
    >>> len(ax.patches)
    33
    """
    from matplotlib import pyplot as plt

    shares = _checked_histogram(histogram)
    if ax is None:
        _, ax = plt.subplots(figsize=(7.6, 4.0), layout="constrained")
    values = np.linspace(0, 1, N_VALUES)
    for k, (name, color) in enumerate(_CLASS_COLORS.items()):
        missing = np.isnan(shares[name]).any()
        ax.bar(
            values + (k - 1) * _BAR_WIDTH,
            np.zeros(N_VALUES) if missing else 100 * shares[name],
            width=_BAR_WIDTH,
            color=color,
            label=f"{name} (no frames)" if missing else name,
        )
    ax.set_xticks(values, [f"{value:.1f}" for value in values])
    ax.set(
        title=title,
        xlabel="weight $w_t$, divided by the largest of its utterance",
        ylabel="frames of the class (%)",
    )
    _finish(ax)
    return ax


def _finish(ax: Any) -> None:
    ax.grid(axis="y", alpha=0.3)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)


def _mel(hertz: ArrayLike) -> NDArray[np.float64]:
    """Return frequencies on the mel scale of python_speech_features, negative ones mirrored."""
    # Matplotlib asks for margins below 0 Hz too.
    given = np.asarray(hertz, dtype=np.float64)
    mels: NDArray[np.float64] = np.sign(given) * 2595.0 * np.log10(1.0 + np.abs(given) / 700.0)
    return mels


def _hertz(mels: ArrayLike) -> NDArray[np.float64]:
    given = np.asarray(mels, dtype=np.float64)
    hertz: NDArray[np.float64] = np.sign(given) * 700.0 * (10.0 ** (np.abs(given) / 2595.0) - 1.0)
    return hertz


def _checked_edges(sr: int, fmin: float, fmax: float | None) -> tuple[float, float]:
    """Return the edges in Hz of the lowest and of the highest band."""
    check_integer("sr", sr, at_least=1)
    highest = sr / 2 if fmax is None else fmax
    check_real("fmax", highest, within=(0.0, sr / 2))
    check_real("fmin", fmin, within=(0.0, highest))
    if fmin == highest:
        raise ValueError(f"fmin must be below fmax, both are {highest}.")
    return fmin, highest


def _checked_modes(weights: Mapping[str, ArrayLike]) -> dict[str, NDArray[Any]]:
    if not isinstance(weights, Mapping):
        raise TypeError(
            "weights must be a dict from modes of speech to band weights, got "
            f"{type(weights).__name__}; write {{'neutral': weights}}."
        )
    if not 1 <= len(weights) <= len(_LOOKS):
        raise ValueError(f"weights must hold 1 to {len(_LOOKS)} modes, got {len(weights)}.")
    modes: dict[str, NDArray[Any]] = {}
    for mode, given in weights.items():
        rows = as_numbers(given, f"weights[{mode!r}]")
        n_bands = next(iter(modes.values()), rows).shape[-1] if rows.ndim else 0
        if rows.ndim != 2 or rows.shape[1] != n_bands or not np.isfinite(rows).all():
            raise ValueError(
                f"weights[{mode!r}] must be finite, of shape (n, n_bands) with the same bands for "
                f"all modes, got shape {rows.shape}; give what band_weights answers."
            )
        modes[mode] = rows
    return modes


def _checked_histogram(histogram: Mapping[str, ArrayLike]) -> dict[str, NDArray[np.float64]]:
    shares = {}
    for name in _CLASS_COLORS:
        given = np.asarray(histogram.get(name, ()), dtype=np.float64)
        if given.shape != (N_VALUES,):
            raise ValueError(
                f"histogram[{name!r}] must hold {N_VALUES} shares, got shape {given.shape}; give "
                "what weight_histogram answers."
            )
        shares[name] = given
    return shares
