"""What chance makes of a metric."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, cohen_kappa_score, mean_absolute_error

from skaffect.report._run_results import Asked
from skaffect.report._run_scores import chance_of


def asked(true: list[Any]) -> Asked:
    items = [str(i) for i in range(len(true))]
    return Asked("net", "speech", "test", ["fold 1"] * len(true), items, items, true, true)


@pytest.mark.parametrize(
    ("metric", "chance"),
    [
        (balanced_accuracy_score, 0.5),
        (lambda true, predicted: (true == predicted).mean(), 0.75),
        (lambda true, predicted: np.mean(true != predicted), 0.25),
        (lambda true, predicted: 1 / (len(np.unique(predicted)) - 1), None),
        (lambda true, predicted: predicted.none, None),
    ],
)
def test_chance_gives_the_commonest_label(
    metric: Callable[[Any, Any], float], chance: float | None
) -> None:
    assert chance_of(metric, asked(["sad", "angry", "sad", "sad"])) == chance


def test_numbers_as_labels() -> None:
    assert chance_of(mean_absolute_error, asked([1, 5, 1, 1])) == 1


@pytest.mark.filterwarnings("error")
def test_what_chance_leaves_undefined_is_none() -> None:
    assert chance_of(cohen_kappa_score, asked(["sad", "sad"])) is None


def test_arrays_are_no_labels() -> None:
    assert chance_of(mean_absolute_error, asked([np.zeros((3, 2)), np.ones((4, 2))])) is None
