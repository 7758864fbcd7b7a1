"""Whom the emotion benchmark's choices and its comparison of sentences hear."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.model_selection import GroupKFold
from sklearn.utils import Bunch

from benchmarks._emotion_splits import APART, SHARED, SentenceProtocol, ValidationProtocol


@pytest.fixture
def corpus() -> Bunch:
    """Eight speakers, two sentences, three emotions, everything said twice."""
    speaker, sentence, target, _ = (
        column.ravel()
        for column in np.meshgrid(
            [f"s{i}" for i in range(8)], ["01", "02"], ["angry", "happy", "sad"], [0, 1]
        )
    )
    return Bunch(data=np.arange(len(target)), target=target, speaker=speaker, sentence=sentence)


def test_validation_speakers_are_of_the_training_part_alone(corpus: Bunch) -> None:
    folds = ValidationProtocol(4).folds(corpus)
    outer = GroupKFold(4).split(corpus.data, groups=corpus.speaker)
    for fold, (train, _) in zip(folds, outer, strict=True):
        asked = fold.parts["validation"]
        np.testing.assert_array_equal(np.sort(np.concatenate([fold.train, asked])), train)
        assert not set(corpus.speaker[fold.train]) & set(corpus.speaker[asked])


def test_both_kinds_ask_the_same_and_hear_as_much(corpus: Bunch) -> None:
    folds = SentenceProtocol(4).folds(corpus)
    assert len(folds) == 16
    asked = []
    for apart, shared in zip(folds[::2], folds[1::2], strict=True):
        test = apart.parts[APART]
        asked.append(test)
        np.testing.assert_array_equal(test, shared.parts[SHARED])
        for fold in (apart, shared):
            assert not set(corpus.speaker[fold.train]) & set(corpus.speaker[test])
        assert not set(corpus.sentence[apart.train]) & set(corpus.sentence[test])
        assert set(corpus.sentence[shared.train]) == {"01", "02"}
        kinds = [
            sorted(zip(corpus.speaker[f.train], corpus.target[f.train], strict=True))
            for f in (apart, shared)
        ]
        assert kinds[0] == kinds[1]
    np.testing.assert_array_equal(np.sort(np.concatenate(asked)), corpus.data)
