"""Who is heard and who is tested in the device benchmark, and what its table says."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from benchmarks._device_systems import BASELINE, DUAL, SINGLE, SVM

SYSTEMS = (BASELINE, SINGLE, DUAL, SVM)
N_FOLDS = 3
# Accuracies of each fold, by what was tested and by system.
Columns = dict[str, dict[str, list[float]]]
Chosen = NDArray[np.bool_]


def split(speakers: NDArray[Any], number: int, random_state: int) -> tuple[Chosen, Chosen]:
    """Tell the recordings of a fold's training and test speakers."""
    splitter = GroupKFold(N_FOLDS, shuffle=True, random_state=random_state)
    train, test = list(splitter.split(speakers, groups=speakers))[number]
    return np.isin(np.arange(len(speakers)), train), np.isin(np.arange(len(speakers)), test)


def validation_split(speakers: NDArray[Any], random_state: int) -> tuple[Chosen, Chosen]:
    """Tell the recordings that choices are learnt from and scored on.

    Both are of the first fold's training speakers, every fourth of whom is scored.
    """
    train = np.flatnonzero(split(speakers, 0, random_state)[0])
    heard, unheard = next(GroupKFold(4).split(train, groups=speakers[train]))
    number = np.arange(len(speakers))
    return np.isin(number, train[heard]), np.isin(number, train[unheard])


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
