"""Three folds over speakers, and every mode of speech against every other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import GroupKFold

from skaffect import DeviceProtocol
from skaffect.model_selection._fold import checked_folds

N_SPEAKERS = st.integers(3, 40)


def corpus(n_speakers: int, modes: tuple[str, ...] = ("neutral", "whispered")) -> dict[str, Any]:
    speaker = np.repeat(np.arange(n_speakers), len(modes))
    return {"speaker": speaker, "mode": np.tile(modes, n_speakers), "data": [0.0] * len(speaker)}


@given(N_SPEAKERS, st.integers(0, 5))
def test_every_speaker_is_tested_once(n_speakers: int, seed: int) -> None:
    given = corpus(n_speakers)
    folds = checked_folds(DeviceProtocol(random_state=seed).folds(given), 2 * n_speakers)
    tested = [set(given["speaker"][fold.parts["test"]]) for fold in folds]
    assert sorted(s for part in tested for s in part) == list(range(n_speakers))
    assert max(map(len, tested)) - min(map(len, tested)) <= 1
    for fold, speakers in zip(folds, tested, strict=True):
        assert not speakers & set(given["speaker"][fold.train])


@given(N_SPEAKERS, st.integers(0, 5))
def test_a_mismatched_test_is_on_the_same_speakers(n_speakers: int, seed: int) -> None:
    given = corpus(n_speakers)
    folds = checked_folds(DeviceProtocol("mode", random_state=seed).folds(given), 2 * n_speakers)
    assert [fold.name for fold in folds] == [
        f"{mode}, fold {i}" for mode in ("neutral", "whispered") for i in (1, 2, 3)
    ]
    for fold in folds:
        own = fold.name.partition(",")[0]
        other = {"neutral": "whispered", "whispered": "neutral"}[own]
        assert list(fold.parts) == [own, f"{own}/{other}"]
        matched, mismatched = fold.parts.values()
        assert set(given["mode"][fold.train]) == set(given["mode"][matched]) == {own}
        assert set(given["mode"][mismatched]) == {other}
        assert set(given["speaker"][matched]) == set(given["speaker"][mismatched])
        assert not set(given["speaker"][fold.train]) & set(given["speaker"][matched])


def test_the_paper_s_sizes() -> None:
    folds = DeviceProtocol(random_state=0).folds(corpus(88, ("neutral",)))
    assert sorted(len(fold.parts["test"]) for fold in folds) == [29, 29, 30]


def test_it_is_scikit_learn_s_shuffled_cut() -> None:
    given = corpus(12)
    splitter = GroupKFold(3, shuffle=True, random_state=4)
    expected = splitter.split(given["speaker"], groups=given["speaker"])
    for fold, (train, test) in zip(
        DeviceProtocol(random_state=4).folds(given), expected, strict=True
    ):
        np.testing.assert_array_equal(fold.train, train)
        np.testing.assert_array_equal(fold.parts["test"], test)
    other = DeviceProtocol(random_state=5).folds(given)
    assert other[0].train.tolist() != DeviceProtocol(random_state=4).folds(given)[0].train.tolist()


def test_bad_input() -> None:
    with pytest.raises(ValueError, match="'speaker' has 2 values, but the device paper's 3"):
        DeviceProtocol().folds(corpus(2))
    with pytest.raises(ValueError, match="no column 'style' with an entry for each utterance"):
        DeviceProtocol("style").folds(corpus(4))
    with pytest.raises(TypeError, match="random_state must be an integer, got None"):
        DeviceProtocol(random_state=None).folds(corpus(4))
    lacking = corpus(3)
    lacking["mode"][:2] = "neutral"
    with pytest.raises(ValueError, match="part 'neutral/whispered' of .* is empty"):
        checked_folds(DeviceProtocol("mode").folds(lacking), 6)
