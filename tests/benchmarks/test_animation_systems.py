"""The animation benchmark's systems, and their errors."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.pipeline import Pipeline
from sklearn.utils import Bunch

from benchmarks._animation_systems import (
    AsFewData,
    WindowRidge,
    errors,
    errors_of_mean_face,
    thinned,
)
from skaffect import (
    MFSCWindower,
    ProcrustesPCAShape,
    ShapeTargetRegressor,
    Windows,
    make_affective_speech,
    mean_face_ratio,
    resample_track,
    shape_mse,
)
from skaffect.metrics._error_sums import error_ratio, squared_error


@pytest.fixture(scope="module")
def faces() -> Bunch:
    """Generated speech, its faces at the audio frames, the last ten of each unknown."""
    corpus = make_affective_speech(2, 1, landmarks=True, random_state=0)
    X = MFSCWindower().fit_transform(corpus.data)
    tracks = [resample_track(t, len(x))[0] for t, x in zip(corpus.landmarks, X, strict=True)]
    for track in tracks:
        track[-10:] = np.nan
    return Bunch(data=corpus.data, target=tracks, emotion=corpus.target, group=corpus.speaker)


@pytest.mark.parametrize("alpha", [0.1, 1000.0])
def test_ridge_is_that_of_scikit_learn_on_the_windows_themselves(alpha):
    rng = np.random.default_rng(0)
    X = [Windows(2 + rng.normal(size=(n, 4)), context=3) for n in (30, 45, 7)]
    weights = rng.normal(size=(12, 2))
    y = [5 + np.asarray(x).reshape(len(x), -1) @ weights + rng.normal(size=(len(x), 2)) for x in X]
    y[1][10:20] = np.nan
    windows = np.concatenate([np.asarray(x, np.float64).reshape(len(x), -1) for x in X])
    known = ~np.isnan(np.concatenate(y)[:, 0])
    oracle = Ridge(alpha=alpha).fit(windows[known], np.concatenate(y)[known])
    ridge = WindowRidge(alpha=alpha).fit(X, y)
    np.testing.assert_allclose(ridge.weights_[1:].T, oracle.coef_, atol=1e-9)
    np.testing.assert_allclose(ridge.weights_[0], oracle.intercept_, atol=1e-9)
    answers = ridge.predict(X)
    assert [answer.shape for answer in answers] == [(30, 2), (45, 2), (7, 2)]
    np.testing.assert_allclose(np.concatenate(answers), oracle.predict(windows), atol=1e-9)


def test_as_few_utterances_as_one_emotion_has_and_all_emotions_alike() -> None:
    speaker = np.repeat(["ann", "bob", "cid", "dan"], 6)
    emotion = np.tile(["angry", "happy", "sad"], 8)
    train = np.flatnonzero(speaker != "bob")
    chosen = thinned(train, emotion, speaker)
    assert len(np.unique(chosen)) == len(chosen) == len(train) // 3
    assert np.isin(chosen, train).all()
    for values in (speaker, emotion):
        assert np.unique(values[chosen], return_counts=True)[1].tolist() == [2, 2, 2]


def test_uneven_emotions_are_refused() -> None:
    speaker, emotion = np.array(["ann"] * 3), np.array(["angry", "angry", "sad"])
    with pytest.raises(ValueError, match="ann has not equally many utterances"):
        thinned(np.arange(3), emotion, speaker)


def test_errors_are_those_of_the_metrics(faces: Bunch) -> None:
    windows = MFSCWindower().fit(faces.data)
    X = windows.transform(faces.data)
    face = ShapeTargetRegressor(WindowRidge(), ProcrustesPCAShape(6)).fit(X, faces.target)
    model: Any = SimpleNamespace(estimator_=Pipeline([("features", windows), ("face", face)]))
    sums = errors(model, faces, asked={})
    assert sums.shape == (len(faces.data), 3)
    true, answers = face.shape_parameters(faces.target), face.regressor_.predict(X)
    # Shape parameters are counted from the mean of the frames trained on.
    ratio = mean_face_ratio(true, answers, np.zeros(6))
    np.testing.assert_allclose(error_ratio(None, sums), ratio, rtol=1e-4)
    np.testing.assert_allclose(squared_error(None, sums), shape_mse(true, answers), rtol=1e-4)
    assert error_ratio(None, sums) < 1
    assert error_ratio(None, errors_of_mean_face(model, faces)) == 1


def test_what_predict_is_told_is_each_utterances_own(faces: Bunch) -> None:
    told: list[Any] = []

    class Answering:
        def predict(self, X: Any, **given: Any) -> list[Any]:
            told.append(given)
            return [np.zeros((len(entry), 6)) for entry in X]

    windows = MFSCWindower().fit(faces.data)
    face = SimpleNamespace(
        regressor_=Answering(), shape_parameters=lambda y: [np.ones((len(t), 6)) for t in y]
    )
    model: Any = SimpleNamespace(estimator_=Pipeline([("features", windows), ("face", face)]))
    errors(model, faces, asked={"emotion": "emotion"})
    errors(model, faces, asked={"mode": "universal"})
    np.testing.assert_array_equal(told[0]["emotion"], faces.emotion)
    assert told[1] == {"mode": "universal"}


def test_as_few_data_learns_from_one_utterance_of_each_speaker() -> None:
    heard: list[int] = []

    class Counting(WindowRidge):
        def fit(self, X: Any, y: Any, groups: Any = None) -> Any:
            heard.extend([len(X), len(np.unique(groups))])
            return super().fit(X, y)

    rng = np.random.default_rng(0)
    X = [Windows(rng.normal(size=(9, 2)), context=3) for _ in range(6)]
    y = [rng.normal(size=(9, 4)) for _ in X]
    emotion, groups = ["angry", "happy", "sad"] * 2, list("aaabbb")
    model = AsFewData(Counting()).fit(X, y, emotion=emotion, groups=groups)
    assert heard == [2, 2]
    assert [entry.shape for entry in model.predict(X)] == [(9, 4)] * 6
