"""Squared errors: those of all frames together, whatever the lengths, NaN left out."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import mean_squared_error, r2_score

from skaffect import mean_face_ratio, shape_mse
from skaffect._entries import object_array

lengths = st.lists(st.integers(1, 12), min_size=1, max_size=4)


@given(lengths)
def test_shape_mse_is_that_of_all_frames_together(parameters, lengths):
    true, predicted = parameters(lengths), parameters(lengths, seed=1)
    expected = mean_squared_error(np.concatenate(true), np.concatenate(predicted))
    assert shape_mse(true, predicted) == pytest.approx(expected, rel=1e-5)
    assert shape_mse(true, true) == 0


@given(lengths)
def test_lists_object_arrays_and_one_array_are_alike(parameters, lengths):
    true, predicted = parameters(lengths), parameters(lengths, seed=1)
    error = shape_mse(true, predicted)
    assert shape_mse(object_array(true), object_array(predicted)) == error
    pooled = shape_mse(np.concatenate(true), np.concatenate(predicted))
    assert pooled == pytest.approx(error, rel=1e-12)


def test_an_utterance_without_observed_frames_does_not_count(parameters):
    true, predicted = parameters([3, 5]), parameters([3, 5], seed=1)
    true[0][:] = np.nan
    assert shape_mse(true, predicted) == shape_mse(true[1:], predicted[1:])
    with pytest.raises(ValueError, match="NaN in every frame: none is observed"):
        shape_mse(true[:1], predicted[:1])


def test_ratio_is_one_for_the_mean_and_r2_says_the_same_on_its_own_mean(parameters):
    true, predicted = parameters([8, 5]), parameters([8, 5], seed=1)
    frames = np.concatenate(true).astype(np.float64)
    other = np.arange(5.0)
    assert mean_face_ratio(true, [np.tile(other, (len(y), 1)) for y in true], other) == 1
    r2 = r2_score(frames, np.concatenate(predicted), multioutput="variance_weighted")
    ratio = mean_face_ratio(true, predicted, frames.mean(axis=0))
    assert ratio == pytest.approx(1 - r2, rel=1e-6)


def test_ratio_takes_landmarks_too(tracks):
    true, predicted = tracks([6]), tracks([6], seed=1)
    mean = true[0].mean(axis=0) + 1
    flat = mean_face_ratio([true[0].reshape(6, 72)], [predicted[0].reshape(6, 72)], mean.ravel())
    assert mean_face_ratio(true, predicted, mean) == pytest.approx(flat, rel=1e-12)


@pytest.mark.parametrize(
    ("y_true", "y_pred", "message"),
    [
        ([np.zeros((3, 5))] * 2, [np.zeros((3, 5))], "y_true has 2 utterances but y_pred has 1"),
        ([np.zeros((3, 5))], [np.zeros((4, 5))], "y_true[0] has 3 frames but y_pred[0] has 4"),
        ([np.zeros((3, 5))], [np.zeros((3, 4))], "y_pred[0] has frames of shape (4,), but"),
        ([np.zeros((3, 5)), np.zeros((3, 4))], [np.zeros((3, 5))] * 2, "y_true[1] has frames of"),
        ([np.zeros((3, 6, 2))], [np.zeros((3, 6, 2))], "y_true[0] must have shape (n_frames, n_c"),
        ([np.zeros((3, 5))], [np.full((3, 5), np.nan)], "y_pred[0] contains NaN or infinity, fir"),
        ([np.full((3, 5), np.inf)], [np.zeros((3, 5))], "y_true[0] contains infinity"),
        ([np.zeros((0, 5))], [np.zeros((0, 5))], "y_true[0] is empty"),
        (np.zeros(5), np.zeros(5), "wrap it in a list"),
        ([], [], "at least one utterance is required"),
    ],
)
def test_what_does_not_fit_is_named(y_true, y_pred, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        shape_mse(y_true, y_pred)


@pytest.mark.parametrize("mean", [np.zeros(4), np.full(5, np.nan), np.zeros((5, 1))])
def test_a_mean_that_does_not_fit_is_refused(parameters, mean):
    y = parameters([3])
    with pytest.raises(ValueError, match=r"mean (has|must)|y_true\[0\] must have shape"):
        mean_face_ratio(y, y, mean)


def test_a_mean_that_is_the_truth_is_refused():
    with pytest.raises(ValueError, match="mean equals y_true in every frame"):
        mean_face_ratio([np.ones((3, 5))], [np.zeros((3, 5))], np.ones(5))
