"""Scorers: the metrics on each fold, through scikit-learn's own cross-validation."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.model_selection import cross_validate

from skaffect import (
    LOWER_FACE,
    landmark_error,
    landmark_scorers,
    lip_opening_correlation,
    lip_opening_error,
    shape_mse,
    shape_scorers,
)
from skaffect._entries import object_array

LOWER = LOWER_FACE.index(66)


class NearestFace(BaseEstimator):
    """Answers with the face of the training frame whose number is nearest."""

    def fit(self, X, y):
        self.frames_, self.faces_ = np.concatenate(X)[:, 0], np.concatenate(y)
        return self

    def predict(self, X):
        def nearest(frames):
            return np.abs(frames[:, 0, np.newaxis] - self.frames_).argmin(axis=1)

        return object_array([self.faces_[nearest(frames)] for frames in X])


def test_scorers_in_cross_validate(tracks):
    y = object_array(tracks([9, 14, 6, 11]))
    X = object_array([track[:, LOWER, 1:] for track in y])
    scores = cross_validate(NearestFace(), X, y, cv=2, scoring=landmark_scorers())
    model = NearestFace().fit(X[2:], y[2:])
    expected = {
        "neg_landmark_error": -landmark_error(y[:2], model.predict(X[:2])),
        "neg_mouth_width_error": -landmark_error(
            y[:2], model.predict(X[:2]), normalize="mouth_width"
        ),
        "neg_lip_opening_error": -lip_opening_error(y[:2], model.predict(X[:2])),
        "lip_opening_correlation": lip_opening_correlation(y[:2], model.predict(X[:2])),
    }
    assert {name: scores[f"test_{name}"][0] for name in landmark_scorers()} == expected
    assert expected["neg_landmark_error"] < 0 < expected["lip_opening_correlation"] < 1


def test_shape_scorer_in_cross_validate(parameters):
    X = object_array(parameters([9, 14, 6, 11]))
    scores = cross_validate(NearestFace(), X, X, cv=2, scoring=shape_scorers())
    model = NearestFace().fit(X[2:], X[2:])
    assert scores["test_neg_shape_mse"][0] == -shape_mse(X[:2], model.predict(X[:2])) < 0


def test_scorers_refuse_points_without_a_mouth():
    with pytest.raises(
        ValueError, match=r"the middles of the inner lips, 62 and 66; \[62, 66\] are"
    ):
        landmark_scorers(points=range(30, 60))
