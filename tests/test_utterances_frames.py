"""The contract for frames: any lengths, one number of bands."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from skaffect import Windows
from skaffect._utterances import check_frames


class _Estimator(SimpleNamespace):
    def __sklearn_tags__(self) -> Any:
        from sklearn.base import BaseEstimator

        return BaseEstimator().__sklearn_tags__()


FRAMES = [np.ones((n, 4)) for n in (3, 1, 7)]


def _fitted() -> _Estimator:
    estimator = _Estimator()
    check_frames(estimator, FRAMES, reset=True)
    return estimator


@pytest.mark.parametrize("X", [FRAMES, tuple(FRAMES), [entry.tolist() for entry in FRAMES]])
def test_entries_of_any_length(X: Any) -> None:
    estimator = _Estimator()
    entries, stacked = check_frames(estimator, X, reset=True)
    assert [entry.shape for entry in entries] == [(3, 4), (1, 4), (7, 4)]
    assert {entry.dtype for entry in entries} == {np.dtype(np.float32)}
    assert not stacked
    assert estimator.n_features_in_ == 4


def test_rows_are_utterances_of_one_frame() -> None:
    estimator = _Estimator()
    entries, stacked = check_frames(estimator, np.arange(12).reshape(3, 4), reset=True)
    assert stacked
    assert [entry.tolist() for entry in entries] == [
        [[0, 1, 2, 3]],
        [[4, 5, 6, 7]],
        [[8, 9, 10, 11]],
    ]
    assert estimator.n_features_in_ == 4


def test_a_block_is_utterances_of_equal_length() -> None:
    estimator = _Estimator()
    entries, stacked = check_frames(estimator, np.zeros((2, 5, 4)), reset=True)
    assert stacked
    assert [entry.shape for entry in entries] == [(5, 4), (5, 4)]
    assert estimator.n_features_in_ == 4


def test_float32_frames_are_not_copied() -> None:
    frames = np.ones((3, 4), np.float32)
    assert check_frames(_Estimator(), [frames], reset=True).entries[0] is frames


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        ([np.ones((3, 4)), np.ones((3, 5))], ValueError, "X[1] has 5 bands, but _Estimator was"),
        ([np.ones((3, 4)), np.full((2, 4), np.nan)], ValueError, "X[1] contains NaN or infinity"),
        (
            [np.ones((3, 4)), np.ones(900)],
            ValueError,
            "X[1] must hold frames of shape (n_frames, ",
        ),
        (
            [np.ones(900)] * 2,
            ValueError,
            "got shape (900,). If it is a waveform, put a LogFilterb",
        ),
        ([np.ones((3, 4, 15))], ValueError, "got shape (3, 4, 15)"),
        ([Windows(np.ones((3, 4)))], TypeError, "X[0] is Windows, which the emotion networks"),
        (["a.wav"], TypeError, "X[0] is a path, 'a.wav'; put an AudioReader and a LogFilterbank"),
        ([np.ones((0, 4))], ValueError, "X[0] is empty"),
        ([], ValueError, "at least one utterance is required"),
        ("a.wav", TypeError, "Wrap it in a list"),
        (np.ones(5), ValueError, "wrap it in a list"),
    ],
)
def test_what_are_no_frames(X: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        check_frames(_Estimator(), X, reset=True)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (
            [np.ones((3, 5))],
            "X[0] has 5 bands, but _Estimator was fitted on 4; use one filter bank",
        ),
        (np.ones((2, 6, 5)), "X[0] has 5 bands, but _Estimator was fitted on 4"),
        (np.ones((2, 5)), "X has 5 features, but _Estimator is expecting 4 features as input"),
    ],
)
def test_another_number_of_bands_than_in_fit(X: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        check_frames(_fitted(), X, reset=False)
