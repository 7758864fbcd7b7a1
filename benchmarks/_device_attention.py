"""What dual attention attends to in the device benchmark: Figure 2, and the deletion test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from sklearn.utils import Bunch

from benchmarks._results import RESULTS, write_results
from skaffect import (
    band_weights,
    deletion_test,
    frame_weights,
    phone_classes,
    plot_band_weights,
    plot_frame_weights,
    weight_histogram,
)

# Of each mode of speech, what was seen in each fold.
Attended = dict[str, list[dict[str, Any]]]


def attention(
    model: Any, trained: Bunch, parts: Mapping[str, Bunch], random_state: int
) -> dict[str, Any]:
    """Return what Figure 2 shows of held-out utterances in the mode that was trained on."""
    network = model.estimator_
    asked = next(rows for name, rows in parts.items() if "/" not in name)
    weights = frame_weights(network, asked.data)
    classes = phone_classes(asked.phones, [len(entry) for entry in weights])
    deletion = deletion_test(
        network, asked.data, asked.target, asked.speaker, random_state=random_state
    )
    return {
        "band weights": band_weights(network, asked.data).tolist(),
        "frame weights": {
            k: v.tolist() for k, v in weight_histogram(list(weights), list(classes)).items()
        },
        "deletion": {
            name: np.asarray(deletion[name]).tolist()
            for name in ("fractions", "removed", "attended", "random")
        },
    }


def draw_attention(attended: Attended) -> None:
    """Save Figure 2: band weights by mode, and frame weights over kinds of speech."""
    figure, axes = plt.subplot_mosaic("AA;BC", figsize=(10, 8), layout="constrained")
    plot_band_weights(
        {
            mode: np.concatenate([fold["band weights"] for fold in folds])
            for mode, folds in attended.items()
        },
        ax=axes["A"],
    )
    for ax, (mode, folds) in zip((axes["B"], axes["C"]), attended.items(), strict=True):
        histogram = {
            kind: np.mean([fold["frame weights"][kind] for fold in folds], axis=0)
            for kind in folds[0]["frame weights"]
        }
        plot_frame_weights(histogram, title=f"Frame weights, {mode} speech", ax=ax)
    figure.savefig(RESULTS / "device_ex2_attention.png", dpi=100)


def write_deletion(attended: Attended) -> None:
    """Write by how much the true device's log-probability falls without attended frames."""
    rows = []
    for mode, folds in attended.items():
        tests = [fold["deletion"] for fold in folds]
        for i, fraction in enumerate(tests[0]["fractions"]):
            ours, others = (
                np.concatenate([test[name][i] for test in tests])
                for name in ("attended", "random")
            )
            rows.append(
                [
                    mode,
                    f"{100 * fraction:.0f} %",
                    100 * float(np.mean([test["removed"][i] for test in tests])),
                    *(f"{x.mean():.3f} ± {x.std():.3f}" for x in (ours, others, ours - others)),
                    f"{(ours > others).sum()} of {len(ours)}",
                ]
            )
    path = write_results(
        "device_ex2_deletion",
        title="Without the frames that dual attention attends to most",
        headers=[
            "speech",
            "to remove",
            "removed, %",
            "fall, attended",
            "fall, random",
            "difference",
            "speakers who fall further",
        ],
        rows=rows,
        notes=[
            "Fall of the true device's mean log-probability on held-out speakers, mean and "
            "standard deviation over the speakers of all folds; random is the mean of 20 draws "
            "of as many steps of four frames. Differences are paired by speaker; speakers of one "
            "fold share a network.",
        ],
    )
    print(path.read_text())
