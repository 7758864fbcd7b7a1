"""Whom the device benchmark's choices hear, and what its table says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.model_selection import GroupKFold

from benchmarks._device_systems import BASELINE, DUAL, SINGLE, SVM
from skaffect import DeviceProtocol, Fold

SYSTEMS = (BASELINE, SINGLE, DUAL, SVM)
# Accuracies of each fold, by what was tested and by system.
Columns = dict[str, dict[str, list[float]]]


@dataclass(frozen=True)
class ChoiceProtocol:
    """One fold, of which the first of Experiment 1's three test parts sees nothing.

    A quarter of the speakers of its training part are asked by what was trained on the
    others. The other two test parts hold these speakers.

    Parameters
    ----------
    random_state : int, default=0
        Seed of the cut into three.
    """

    random_state: int = 0

    def folds(self, corpus: Mapping[str, Any]) -> list[Fold]:
        """Split a corpus into one fold with the part ``"validation"``."""
        first = DeviceProtocol(random_state=self.random_state).folds(corpus)[0].train
        speakers = np.asarray(corpus["speaker"])[first]
        heard, unheard = next(GroupKFold(4).split(first, groups=speakers))
        return [Fold("fold 1", first[heard], {"validation": first[unheard]})]


def columns_of(table: Any) -> Columns:
    """Return Table 3's columns out of a run's table: conditions, or with modes the parts."""
    columns: Columns = {}
    for row in table.itertuples():
        column = row.condition if row.part == "test" else row.part
        columns.setdefault(column, {}).setdefault(row.system, []).append(row.value)
    return columns


def orderings(columns: Columns) -> list[str]:
    """Say which of the paper's orderings hold here."""
    mean = {
        column: {name: float(np.mean(values)) for name, values in accuracies.items()}
        for column, accuracies in columns.items()
    }
    told = []
    for column, of in mean.items():
        first = max((BASELINE, SINGLE, DUAL), key=of.__getitem__)
        expected = BASELINE if "/" in column else DUAL
        told.append(f"{expected} first on {column}: {_yes(first == expected)}")
        margins = {
            other: 100 * (np.array(columns[column][DUAL]) - columns[column][other])
            for other in (BASELINE, SINGLE, SVM)
        }
        above = all(margin.mean() > 0 for margin in margins.values())
        told.append(
            f"DA-CNN above all three others on {column}: {_yes(above)} ("
            + ", ".join(f"{o} by {m.mean():.1f} ± {m.std():.1f}" for o, m in margins.items())
            + ")"
        )
        if column.startswith("Ex-1"):
            told.append(
                f"SA-CNN below the baseline on {column}: {_yes(of[SINGLE] < of[BASELINE])}"
            )
    if "whispered" in mean:
        told += [
            f"whisper above neutral for {name}: "
            + _yes(mean["whispered"][name] > mean["neutral"][name])
            for name in (SINGLE, DUAL)
        ]
    return told


def _yes(holds: bool) -> str:
    return "holds" if holds else "does not hold"
