"""Any splitter's folds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.model_selection import GroupKFold, KFold, ShuffleSplit

from skaffect import LeakageError, LeakageGuard, SplitProtocol

CORPUS = {
    "data": [np.zeros(3)] * 12,
    "target": ["sad", "happy"] * 6,
    "speaker": np.repeat(list("abcd"), 3),
    "sentence": np.tile([1, 2, 3], 4),
}


def test_the_folds_are_the_splitter_s() -> None:
    expected = GroupKFold(4).split(CORPUS["data"], groups=CORPUS["speaker"])
    folds = SplitProtocol(GroupKFold(4)).folds(CORPUS)
    assert [fold.name for fold in folds] == [f"fold {i}" for i in (1, 2, 3, 4)]
    for fold, (train, test) in zip(folds, expected, strict=True):
        assert fold.train.tolist() == train.tolist()
        assert list(fold.parts) == ["test"]
        assert fold.parts["test"].tolist() == test.tolist()


def test_several_groupings_reach_a_guard() -> None:
    guard = LeakageGuard(GroupKFold(4), forbid=("speaker", "sentence"))
    with pytest.raises(LeakageError, match="sentence"):
        SplitProtocol(guard, groups=["speaker", "sentence"]).folds(CORPUS)
    kept = LeakageGuard(GroupKFold(4), forbid="speaker")
    assert len(SplitProtocol(kept, groups=["speaker", "sentence"]).folds(CORPUS)) == 4


@pytest.mark.parametrize("splitter", [KFold(3, shuffle=True), ShuffleSplit(2)])
def test_a_splitter_without_a_seed_is_refused(splitter: Any) -> None:
    for protocol in (
        SplitProtocol(splitter, groups=None),
        SplitProtocol(LeakageGuard(splitter, by=None)),
    ):
        with pytest.raises(
            ValueError, match="draws other folds every time: (?s:.*)integer random_state"
        ):
            protocol.folds(CORPUS)
    splitter.random_state = 0
    folds = [SplitProtocol(splitter, groups=None).folds(CORPUS)[0] for _ in range(2)]
    assert folds[0].train.tolist() == folds[1].train.tolist()


def test_a_missing_column() -> None:
    with pytest.raises(ValueError, match="no column 'actor' .* there are .*'speaker'"):
        SplitProtocol(GroupKFold(4), groups="actor").folds(CORPUS)
