"""Folds are checked before anything trains on them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from skaffect import Fold
from skaffect.model_selection._fold import checked_folds


def test_lists_become_indices() -> None:
    (fold,) = checked_folds([Fold("one", [2, 0], {"test": [1]})], 3)
    assert fold.train.tolist() == [2, 0]
    assert fold.parts["test"].dtype == np.intp


@pytest.mark.parametrize(
    ("folds", "message"),
    [
        ([], "makes no folds; it needs at least one"),
        ([Fold("a", [0], {"t": [1]})] * 2, r"must differ in name, got \['a', 'a']"),
        ([Fold("", [0], {"t": [1]})], "must be a str that is not empty, got ''"),
        ([Fold("a", [0], {})], "'a' has no parts to ask about"),
        ([Fold("a", [0, 1], {"t": [1, 2]})], r"trains on 1 of the 2 .* part 't' \(first: \[1]"),
        ([Fold("a", [], {"t": [1]})], "train of 'a' is empty"),
        ([Fold("a", [0], {"t": [3]})], "part 't' of 'a' holds an index outside of 0 to 2"),
        ([Fold("a", [-1], {"t": [1]})], "train of 'a' holds an index outside of 0 to 2"),
        ([Fold("a", [0, 0], {"t": [1]})], "train of 'a' holds an index twice"),
        (
            [Fold("a", np.array([True, False]), {"t": [1]})],
            r"must be a 1-D array of indices, got bool .* np.flatnonzero makes them",
        ),
    ],
)
def test_bad_folds(folds: Any, message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        checked_folds(folds, 3)
