"""What counts as landmarks, and what the errors call what does not."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import BaseEstimator

from skaffect._utterances import check_landmarks


class Anything(BaseEstimator):
    """An estimator that remembers what the check sets."""


def tracks(*lengths: int, n_points: int = 5) -> list[np.ndarray]:
    rng = np.random.RandomState(0)
    return [rng.rand(length, n_points, 2).astype(np.float32) for length in lengths]


def test_entries_come_back_as_they_are():
    given = tracks(3, 7)
    entries, stacked = check_landmarks(estimator := Anything(), given, reset=True)
    assert not stacked
    assert entries[0] is given[0]
    assert entries[1] is given[1]
    assert estimator.n_features_in_ == 10


@pytest.mark.parametrize("container", [tuple, list, "object"])
def test_any_sequence_of_tracks(container):
    given = tracks(3, 7)
    if container == "object":
        X = np.empty(2, dtype=object)
        X[:] = given
    else:
        X = container(given)
    entries, stacked = check_landmarks(Anything(), X, reset=True)
    assert [entry.shape for entry in entries] == [(3, 5, 2), (7, 5, 2)]
    assert not stacked


@pytest.mark.parametrize(
    ("shape", "entry"), [((6, 10), (1, 5, 2)), ((6, 5, 2), (1, 5, 2)), ((6, 3, 5, 2), (3, 5, 2))]
)
def test_numeric_arrays(shape, entry):
    X = np.arange(np.prod(shape), dtype=np.float64).reshape(shape)
    entries, stacked = check_landmarks(estimator := Anything(), X, reset=True)
    assert stacked
    assert [e.shape for e in entries] == [entry] * 6
    np.testing.assert_array_equal(np.concatenate(entries).ravel(), X.ravel())
    assert estimator.n_features_in_ == 10


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_precision_is_kept(dtype):
    expected = np.float32 if dtype == np.float32 else np.float64
    for X in ([np.zeros((2, 5, 2), dtype)], np.zeros((2, 5, 2), dtype), np.zeros((2, 10), dtype)):
        entries, _ = check_landmarks(Anything(), X, reset=True)
        assert entries[0].dtype == expected


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_is_named(bad):
    X = tracks(3, 4)
    X[1][2, 4, 0] = bad
    with pytest.raises(ValueError, match=r"X\[1\] contains NaN or infinity, .* \(2, 4, 0\)"):
        check_landmarks(Anything(), X, reset=True)
    with pytest.raises(ValueError, match=r"X\[2\] contains NaN or infinity"):
        check_landmarks(Anything(), X[1], reset=True)
    with pytest.raises(ValueError, match=r"X\[2\] contains NaN or infinity"):
        check_landmarks(Anything(), X[1].reshape(4, 10), reset=True)


def test_another_point_count_is_named():
    with pytest.raises(ValueError, match=r"X\[1\] has 6 points .* Anything was given 5"):
        check_landmarks(Anything(), tracks(2) + tracks(2, n_points=6), reset=True)
    check_landmarks(estimator := Anything(), tracks(2, 3), reset=True)
    for X in (tracks(2, n_points=6), np.zeros((2, 6, 2)), np.zeros((2, 3, 6, 2))):
        with pytest.raises(ValueError, match=r"X\[0\] has 6 points .* Anything was fitted on 5"):
            check_landmarks(estimator, X, reset=False)
    with pytest.raises(ValueError, match="X has 12 features, but Anything is expecting 10"):
        check_landmarks(estimator, np.zeros((2, 12)), reset=False)


@pytest.mark.parametrize("n_columns", [1, 7])
def test_odd_column_counts_are_refused(n_columns):
    with pytest.raises(ValueError, match=rf"odd number .*n_features = {n_columns}\)"):
        check_landmarks(Anything(), np.zeros((3, n_columns)), reset=True)


def test_other_entries_are_refused():
    with pytest.raises(TypeError, match=r"X\[1\] is a path, 'talk.mp4'; put a LandmarkExtractor"):
        check_landmarks(Anything(), [*tracks(2), "talk.mp4"], reset=True)
    with pytest.raises(ValueError, match=r"X\[0\] must be a track .* got shape \(5, 2\)"):
        check_landmarks(Anything(), [np.zeros((5, 2))], reset=True)
    with pytest.raises(ValueError, match=r"X\[0\] is empty, shape \(0, 5, 2\)"):
        check_landmarks(Anything(), [np.zeros((0, 5, 2))], reset=True)
    with pytest.raises(ValueError, match=r"Expected landmarks, .* got shape \(2, 5, 3\)"):
        check_landmarks(Anything(), np.zeros((2, 5, 3)), reset=True)
    with pytest.raises(TypeError, match="Wrap it in a list"):
        check_landmarks(Anything(), "talk.mp4", reset=True)
    with pytest.raises(ValueError, match=r"Found array with 0 samples"):
        check_landmarks(Anything(), [], reset=True)


def test_refit_on_entries_forgets_column_names():
    estimator = Anything()
    estimator.feature_names_in_ = np.array(list("abcd"), dtype=object)  # as a data frame leaves
    check_landmarks(estimator, tracks(2), reset=True)
    assert not hasattr(estimator, "feature_names_in_")
