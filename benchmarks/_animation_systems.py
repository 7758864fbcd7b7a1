"""What the animation benchmark compares, and how it is measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.metrics import balanced_accuracy_score
from sklearn.pipeline import Pipeline
from sklearn.utils import Bunch

from benchmarks._precision import InPrecision
from skaffect import (
    DERNClassifier,
    DSRNRegressor,
    EmotionConditionedRegressor,
    MFSCWindower,
    ShapeTargetRegressor,
    System,
    Windows,
)
from skaffect.cli import _job_animation

CASCADE, TRUE, COMBINED = "cascade", "true emotion", "all combined"
RIDGE, MEAN = "ridge", "mean face"
# A control: one network of all emotions, of no more utterances than a single emotion has.
FEWER = "all combined, as few data"
NETWORKS = "networks"
# How answers are named that are also asked about frames in which the tracker lost the face.
WITH_LOST = ", with lost frames"
CURVES, UAR, FRAMES = "curves", "UAR", "frames"

WAYS: dict[str, dict[str, str]] = {
    CASCADE: {},
    TRUE: {"emotion": "emotion"},
    COMBINED: {"mode": "universal"},
}


def emotional_systems(
    features: MFSCWindower, dern: DERNClassifier, dsrn: DSRNRegressor, precision: str
) -> dict[str, System]:
    """Return the three ways of the paper's Table IV, the control, ridge and the mean face."""
    told = {"face__emotion": "emotion", "face__groups": "group"}
    networks = EmotionConditionedRegressor(dern, dsrn, universal=True)
    return {
        NETWORKS: System(
            face_model(features, networks, precision),
            fit_params=told,
            answers={
                **{name: partial(errors, asked=asked) for name, asked in WAYS.items()},
                MEAN: errors_of_mean_face,
            },
            observations={CURVES: curves, UAR: emotions_heard, FRAMES: frames},
        ),
        FEWER: System(
            face_model(features, AsFewData(dsrn), precision),
            fit_params=told,
            answers={FEWER: partial(errors, asked={})},
        ),
        RIDGE: System(
            face_model(features, WindowRidge(), precision),
            answers={RIDGE: partial(errors, asked={})},
        ),
    }


def plain_systems(
    features: MFSCWindower, dsrn: DSRNRegressor, precision: str
) -> dict[str, System]:
    """Return one network, ridge and the mean face, asked with and without lost frames."""
    one = partial(errors, asked={})
    return {
        NETWORKS: System(
            face_model(features, dsrn, precision),
            fit_params={"face__groups": "group"},
            answers={**_twice(COMBINED, one), MEAN: errors_of_mean_face},
            observations={CURVES: curves, FRAMES: frames},
        ),
        RIDGE: System(face_model(features, WindowRidge(), precision), answers=_twice(RIDGE, one)),
    }


def face_model(features: MFSCWindower, regressor: Any, precision: str) -> InPrecision:
    """Return the way from waveforms to faces of one regressor of shape parameters."""
    face = ShapeTargetRegressor(regressor)
    return InPrecision(Pipeline([("features", clone(features)), ("face", face)]), precision)


def _twice(name: str, answer: Any) -> dict[str, Any]:
    return {name: answer, name + WITH_LOST: partial(answer, column="with_lost")}


def errors(
    model: InPrecision, rows: Bunch, asked: Mapping[str, str], column: str = "target"
) -> NDArray[np.float64]:
    """Return sums of errors of each utterance, beside the faces in a column."""
    rows = Bunch(**{**rows, "target": rows[column]})
    return _job_animation.errors(model.estimator_, rows, asked)


def errors_of_mean_face(model: InPrecision, rows: Bunch) -> NDArray[np.float64]:
    """Return the same for the mean training face."""
    return _job_animation.errors_of_mean_face(model.estimator_, rows)


def curves(
    model: InPrecision, trained: Bunch, parts: Mapping[str, Bunch]
) -> dict[str, dict[str, list[float]]]:
    """Return the learning curves of the networks."""
    return _job_animation.face_histories(model.estimator_, trained, parts, alone=COMBINED)


def emotions_heard(model: InPrecision, trained: Bunch, parts: Mapping[str, Bunch]) -> float:
    """Return the unweighted average recall of the emotion that leads in the cascade."""
    test = parts["test"]
    windows = model.estimator_["features"].transform(test.data)
    classifier = model.estimator_["face"].regressor_.classifier_
    first = classifier.top_two(windows)[0][:, 0]
    return float(balanced_accuracy_score(test.emotion, first))


def frames(model: InPrecision, trained: Bunch, parts: Mapping[str, Bunch]) -> int:
    """Return the number of frames that were trained on."""
    return sum(map(len, trained.target))


class AsFewData(RegressorMixin, BaseEstimator):
    """A regressor of all emotions that learns from no more than a single emotion has.

    Parameters
    ----------
    regressor : estimator
        Of shape parameters.
    """

    def __init__(self, regressor: Any) -> None:
        self.regressor = regressor

    def fit(self, X: Any, y: Any, *, emotion: Any, groups: Any) -> Self:
        """Fit to some of the utterances."""
        few = thinned(np.arange(len(X)), np.asarray(emotion), np.asarray(groups))
        X, y = [X[i] for i in few], [y[i] for i in few]
        self.regressor_ = clone(self.regressor).fit(X, y, groups=np.asarray(groups)[few])
        return self

    def predict(self, X: Any) -> Any:
        """Answer every frame of each utterance."""
        return self.regressor_.predict(X)


class WindowRidge(RegressorMixin, BaseEstimator):
    """Ridge regression from whole windows, its normal equations summed up over utterances."""

    def __init__(self, alpha: float = 1000.0) -> None:
        self.alpha = alpha

    def fit(self, X: Sequence[Windows], y: Sequence[NDArray[Any]]) -> WindowRidge:
        """Solve for the weights of a window's every value."""
        n_inputs = 1 + X[0].shape[1] * X[0].shape[2]
        squares, products = np.zeros((n_inputs, n_inputs)), np.zeros((n_inputs, y[0].shape[1]))
        for entry, target in zip(X, y, strict=True):
            known = ~np.isnan(target[:, 0])
            inputs = _with_one(entry)[known]
            squares += inputs.T @ inputs
            products += inputs.T @ target[known]
        penalty = self.alpha * np.eye(n_inputs)
        penalty[0, 0] = 0.0
        self.weights_ = np.linalg.solve(squares + penalty, products)
        return self

    def predict(self, X: Sequence[Windows]) -> NDArray[Any]:
        """Answer every frame of each utterance."""
        answers = np.empty(len(X), dtype=object)
        for i, entry in enumerate(X):
            answers[i] = _with_one(entry) @ self.weights_
        return answers


def _with_one(entry: Windows) -> NDArray[np.float64]:
    windows = np.asarray(entry, np.float64).reshape(len(entry), -1)
    return np.hstack([np.ones((len(entry), 1)), windows])


def thinned(
    train: NDArray[np.intp], emotion: NDArray[Any], group: NDArray[Any]
) -> NDArray[np.intp]:
    """Return as many utterances of each group as each emotion has there, in turns.

    Raises
    ------
    ValueError
        If a group has not equally many utterances of all emotions.
    """
    labels = np.unique(emotion)
    chosen: list[int] = []
    for name in np.unique(group[train]):
        of = [train[(group[train] == name) & (emotion[train] == label)] for label in labels]
        if len({len(part) for part in of}) > 1:
            raise ValueError(f"{name} has not equally many utterances of all emotions.")
        for k in range(len(of[0])):
            chosen.append(int(of[len(chosen) % len(labels)][k]))
    return np.array(chosen)
