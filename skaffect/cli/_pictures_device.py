"""What dual attention weighs: Figure 2 of the device paper, of unheard speakers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from skaffect.cli._job import Begin, Evaluation
from skaffect.cli._job_device import DUAL
from skaffect.plotting import plot_band_weights, plot_frame_weights
from skaffect.report import Report


def add_attention(report: Report, evaluation: Evaluation, begin: Begin) -> None:
    """Add Figure 2 of the paper: weights of bands, and of frames by class of phone."""
    folds = [
        observed["attention"]
        for observed in evaluation.result.observations[DUAL][evaluation.job.condition].values()
    ]
    begin("What dual attention weighs")
    report.add_text(
        "Weights that dual attention gives to the recordings of speakers whom it has not heard, "
        "of all folds together."
    )
    modes = sorted({mode for fold in folds for mode in fold})
    bands = {
        mode: np.concatenate([fold[mode]["bands"] for fold in folds if mode in fold])
        for mode in modes
    }
    report.add_figure(plot_band_weights(bands, ax=_ax()), alt=_band_words(bands))
    for mode in modes:
        shares = [fold[mode]["frames"] for fold in folds if mode in fold]
        if None not in shares:
            mean = {kind: np.mean([of[kind] for of in shares], axis=0) for kind in shares[0]}
            ax = plot_frame_weights(
                mean, title=f"Frame weights by class of phone, {mode} speech", ax=_ax()
            )
            report.add_figure(ax, alt=_frame_words(mode, mean))


def _ax() -> Any:
    return Figure(figsize=(7.6, 4.0), layout="constrained").subplots()


def _band_words(bands: Mapping[str, Any]) -> str:
    said = []
    for mode, rows in bands.items():
        medians = np.median(rows, axis=0)
        said.append(
            f"{mode} most, {medians.max():.3g}, on band {medians.argmax() + 1} of "
            f"{len(medians)}, least, {medians.min():.3g}, on band {medians.argmin() + 1}"
        )
    return f"Median weight of each band over utterances: {'; '.join(said)}."


def _frame_words(mode: str, shares: Mapping[str, Any]) -> str:
    values = np.linspace(0, 1, len(next(iter(shares.values()))))
    said = [
        f"{kind} frames {float(np.sum(values * of)):.2f}"
        for kind, of in shares.items()
        if not np.isnan(of).any()
    ]
    return f"Weights of frames in {mode} speech, as shares of the largest: {', '.join(said)}."
