"""A tenth held out, five folds on the rest."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaffect import AnimationProtocol
from skaffect.model_selection._fold import checked_folds


def corpus(speakers: Any) -> dict[str, Any]:
    return {"data": [np.zeros(4)] * len(speakers), "speaker": np.asarray(speakers)}


@given(st.integers(6, 300), st.integers(0, 5))
def test_every_utterance_is_tested_or_validated_once(n: int, seed: int) -> None:
    folds = checked_folds(AnimationProtocol(random_state=seed).folds(corpus(["ann"] * n)), n)
    assert len(folds) == 5
    test = folds[0].parts["test"].tolist()
    assert len(test) == max(1, round(n / 10))
    validated = [i for fold in folds for i in fold.parts["validation"].tolist()]
    assert sorted([*validated, *test]) == list(range(n))
    for fold in folds:
        assert fold.parts["test"].tolist() == test
        assert len(fold.train) + len(fold.parts["validation"]) + len(test) == n
        assert abs(len(fold.parts["validation"]) - 0.2 * (n - len(test))) < 1


@given(st.lists(st.integers(0, 30), min_size=6, max_size=80), st.integers(0, 5))
def test_whole_speakers_stay_on_one_side(speakers: list[int], seed: int) -> None:
    protocol = AnimationProtocol("speaker", random_state=seed)
    owners = np.array(speakers)
    n_speakers = len(set(speakers))
    if n_speakers < 6:
        with pytest.raises(ValueError, match=f"has {n_speakers} values of 'speaker', but at"):
            protocol.folds(corpus(speakers))
        return
    folds = checked_folds(protocol.folds(corpus(speakers)), len(speakers))
    for fold in folds:
        sides = [set(owners[part]) for part in (fold.train, *fold.parts.values())]
        assert sum(map(len, sides)) == len(set().union(*sides)) == n_speakers
        assert len(sides[2]) == max(1, round(n_speakers / 10))
    validated = np.concatenate([fold.parts["validation"] for fold in folds])
    everything = np.concatenate([validated, folds[0].parts["test"]])
    assert sorted(everything.tolist()) == list(range(len(speakers)))


def test_the_seed_alone_decides() -> None:
    def train(seed: int) -> list[list[int]]:
        folds = AnimationProtocol(random_state=seed).folds(corpus(["ann"] * 40))
        return [fold.train.tolist() for fold in folds]

    assert train(0) == train(0)
    assert train(0) != train(1)


@pytest.mark.parametrize(
    ("protocol", "n", "message"),
    [
        (AnimationProtocol(), 5, "has 5 utterances, but at least 6 are needed: one to test"),
        (AnimationProtocol("actor"), 9, r"no column 'actor' .* there are \['data', 'speaker']"),
        (AnimationProtocol(random_state=None), 9, "random_state must be an integer, got None"),
        (AnimationProtocol("speaker"), 9, r"use SplitProtocol\(GroupKFold\(n_splits\)\)"),
    ],
)
def test_bad_input(protocol: Any, n: int, message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        protocol.folds(corpus(["ann", "bob", "cleo", "dan"] * (n // 4) + ["ann"] * (n % 4)))
