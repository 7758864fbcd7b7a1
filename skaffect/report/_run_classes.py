"""What each class was recognised as."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix

from skaffect.report._run_results import Asked

_MOST_NAMED = 30


def classes_of(asked: Asked) -> list[str]:
    """Return the classes of one system's answers, and those that it should have given."""
    return sorted(map(str, {*asked.true, *asked.predicted}))


def recall_rows_of(parts: list[Asked], names: list[str]) -> list[dict[str, Any]]:
    """Return a row for each class with its recall in each part, of all answers together."""
    recalls = [{name: recall for name, recall, _ in _recognised(of)} for of in parts]
    classes = sorted({name for of in recalls for name in of})
    return [
        {"class": name, **{of: own.get(name) for of, own in zip(names, recalls, strict=True)}}
        for name in classes
    ]


def confusion_rows(asked: Asked) -> list[dict[str, Any]]:
    """Return a row for each true class, with the number of answers of each class."""
    classes = classes_of(asked)
    return [
        {"true class": name, **dict(zip(classes, row.tolist(), strict=True))}
        for name, row in zip(classes, _counts(asked, classes), strict=True)
    ]


def confusion_words(asked: Asked) -> str:
    """Say what a confusion matrix shows, for who does not see it."""
    recognised = list(_recognised(asked))
    said = [
        f"{name} {recall:.0%}{f', most often taken for {taken}' if taken else ''}"
        for name, recall, taken in recognised[:_MOST_NAMED]
    ]
    more = len(recognised) - len(said)
    end = f"; and {more} more classes" if more else ""
    return f"Confusion matrix of {asked.name}. Recognised: {'; '.join(said)}{end}."


def _recognised(asked: Asked) -> Iterator[tuple[str, float, str]]:
    """Yield each true class, its recall, and what it is most often taken for, if anything."""
    classes = classes_of(asked)
    for i, counts in enumerate(_counts(asked, classes)):
        if not counts.sum():
            continue  # only ever answered, never true
        others = np.where(np.arange(len(classes)) == i, 0, counts)
        taken = classes[int(others.argmax())] if others.any() else ""
        yield classes[i], float(counts[i] / counts.sum()), taken


def _counts(asked: Asked, classes: list[str]) -> NDArray[np.int_]:
    counts: NDArray[np.int_] = confusion_matrix(
        list(map(str, asked.true)), list(map(str, asked.predicted)), labels=classes
    )
    return counts
