"""ProcrustesPCAShape: blind to pose, exact where it can be, and near to it elsewhere."""

from __future__ import annotations

import pickle
import time
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.utils.estimator_checks import check_estimator
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

from skaffect import LOWER_FACE, ProcrustesPCAShape

N_POINTS, N_MODES = 12, 3


def faces(n: int, seed: int = 0, noise: float = 0.0) -> np.ndarray:
    """Shapes of about 100 pixels that move in three directions, in poses of their own."""
    rng = np.random.RandomState(7)  # the same face and directions whatever the seed
    base, modes = 40 * rng.randn(N_POINTS, 2), rng.randn(N_MODES, N_POINTS, 2)
    rng = np.random.RandomState(seed)
    weights = rng.randn(n, N_MODES) * [3.0, 2.0, 1.0]
    shapes = base + np.tensordot(weights, modes, axes=1) + noise * rng.randn(n, N_POINTS, 2)
    return posed(shapes, rng)


def posed(shapes: np.ndarray, rng: np.random.RandomState, turn: float = 0.3) -> np.ndarray:
    """Turn, scale and move every shape anew."""
    n = len(shapes)
    angle, size = rng.uniform(-turn, turn, n), rng.uniform(0.7, 1.4, n)
    numbers = shapes @ [1, 1j] * (size * np.exp(1j * angle))[:, np.newaxis]
    numbers += (rng.uniform(-300, 900, n) + 1j * rng.uniform(-300, 900, n))[:, np.newaxis]
    return np.stack([numbers.real, numbers.imag], axis=-1)


@pytest.fixture(scope="module")
def fitted() -> ProcrustesPCAShape:
    return ProcrustesPCAShape(n_components=5).fit(faces(200, noise=0.3))


@pytest.fixture(scope="module")
def grid(data_root) -> list[np.ndarray]:
    with np.load(data_root / "grid_s1" / "landmarks68.npz") as tracks:
        return [tracks[name][:, LOWER_FACE] for name in tracks.files]


@settings(max_examples=25)
@given(st.integers(0, 2**31), st.floats(0.0, 3.2))
def test_parameters_are_blind_to_any_similarity(fitted, seed, turn):
    shapes = faces(20, seed=1, noise=0.3)
    parameters = fitted.transform(shapes)
    moved = fitted.transform(posed(shapes, np.random.RandomState(seed), turn))
    assert np.abs(moved - parameters).max() < 1e-4 * parameters.std(axis=0).min()


def test_fitting_is_blind_to_turns_and_shifts():
    shapes = faces(100, noise=0.3)
    turned = shapes @ np.array([[0.0, -1.0], [1.0, 0.0]]) + [500.0, -20.0]
    one, other = (ProcrustesPCAShape(n_components=5).fit_transform(s) for s in (shapes, turned))
    np.testing.assert_allclose(one, other, atol=1e-4 * one.std())
    np.testing.assert_allclose(
        ProcrustesPCAShape(n_components=5).fit_transform(10 * shapes),
        10 * one,
        rtol=1e-3,
        atol=0.01,
    )


def test_reconstruction_errs_by_the_discarded_variance(fitted):
    shapes = faces(200, noise=0.3)
    aligned = fitted.align(shapes)
    back = fitted.inverse_transform(fitted.transform(shapes))
    lost = np.sum((back - aligned) ** 2) / (len(shapes) - 1)
    variance = aligned.reshape(len(shapes), -1).var(axis=0, ddof=1).sum()
    discarded = variance - fitted.explained_variance_.sum()
    assert lost == pytest.approx(discarded, rel=1e-4)
    assert 1 - fitted.explained_variance_ratio_.sum() == pytest.approx(discarded / variance, 1e-4)


def test_all_components_lose_nothing():
    shapes = faces(200, noise=0.3)
    model = ProcrustesPCAShape(n_components=2 * N_POINTS - 4).fit(shapes)
    assert model.explained_variance_ratio_.sum() == pytest.approx(1.0)
    back = model.inverse_transform(model.transform(shapes), pose=model.pose(shapes))
    np.testing.assert_allclose(back, shapes, atol=1e-3)


def test_parameters_survive_the_way_through_landmarks(fitted):
    parameters = np.random.RandomState(0).randn(50, 5) * fitted.explained_variance_**0.5
    again = fitted.transform(fitted.inverse_transform(parameters))
    np.testing.assert_allclose(again, parameters, atol=1e-4)


def test_pose_puts_shapes_back(fitted):
    shapes = faces(30, seed=3, noise=0.3)
    back = fitted.inverse_transform(fitted.transform(shapes), pose=fitted.pose(shapes))
    scale = fitted.pose(shapes)[:, 0]
    in_video = np.linalg.norm(back - shapes, axis=(1, 2))
    in_frame = np.linalg.norm(
        fitted.inverse_transform(fitted.transform(shapes)) - fitted.align(shapes), axis=(1, 2)
    )
    np.testing.assert_allclose(in_video, scale * in_frame, rtol=1e-2)


def test_pose_is_what_was_done_to_the_mean(fitted):
    moved = 2.0 * fitted.mean_shape_ @ np.array([[0.0, 1.0], [-1.0, 0.0]]) + [30.0, 40.0]
    (pose,) = fitted.pose(moved[np.newaxis])
    np.testing.assert_allclose(pose, [2.0, np.pi / 2, 30.0, 40.0], atol=1e-6)
    assert np.abs(fitted.transform(moved[np.newaxis])).max() < 1e-3


def test_aligned_frame_is_centred_upright_and_of_the_mean_size(fitted):
    shapes = faces(200, noise=0.3)
    sizes = np.linalg.norm(shapes - shapes.mean(axis=1, keepdims=True), axis=(1, 2))
    assert np.linalg.norm(fitted.mean_shape_) == pytest.approx(sizes.mean(), rel=1e-3)
    np.testing.assert_allclose(fitted.align(shapes).mean(axis=1), 0.0, atol=1e-3)
    np.testing.assert_allclose(fitted.align(shapes).mean(axis=0), fitted.mean_shape_, atol=1e-3)
    assert abs(fitted.pose(shapes)[:, 1].mean()) < 0.05


def test_components_are_orthonormal_uncorrelated_and_in_order(fitted):
    np.testing.assert_allclose(fitted.components_ @ fitted.components_.T, np.eye(5), atol=1e-12)
    parameters = fitted.transform(faces(200, noise=0.3))
    covariance = np.cov(parameters.T)
    np.testing.assert_allclose(covariance, np.diag(fitted.explained_variance_), atol=1e-3)
    assert (np.diff(fitted.explained_variance_) < 0).all()
    assert (parameters[np.abs(parameters).argmax(axis=0), range(5)] > 0).all()


def test_fraction_keeps_the_least_number():
    shapes = faces(300, noise=0.1)
    everything = ProcrustesPCAShape(n_components=20).fit(shapes)
    explained = np.cumsum(everything.explained_variance_ratio_)
    for fraction in (0.5, 0.9, 0.99, 0.9999):
        model = ProcrustesPCAShape(n_components=fraction).fit(shapes)
        assert model.explained_variance_ratio_.sum() >= fraction
        assert model.n_components_ == 1 + np.sum(explained < fraction)


@pytest.mark.parametrize(("n", "rank"), [(2, 1), (4, 3), (10, 9), (200, 2 * N_POINTS - 4)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_lower_rank_keeps_what_there_is_and_warns(n, rank, dtype):
    shapes = faces(n, noise=0.3).astype(dtype)
    message = f"The shapes in X have {rank} degrees of freedom, fewer than n_components=25"
    with pytest.warns(UserWarning, match=message):
        model = ProcrustesPCAShape(n_components=25).fit(shapes)
    assert model.n_components_ == len(model.components_) == rank
    assert model.transform(shapes).shape == (n, rank)
    np.testing.assert_allclose(
        model.inverse_transform(model.transform(shapes), model.pose(shapes)), shapes, atol=2e-3
    )


def test_answers_have_the_form_of_what_came():
    shapes = faces(24).astype(np.float32)
    entries = [shapes[:10], shapes[10:]]
    model = ProcrustesPCAShape(n_components=2).fit(entries)
    expected = model.transform(shapes)
    assert expected.dtype == np.float32

    answer = model.transform(entries)
    assert answer.dtype == object
    assert [a.shape for a in answer] == [(10, 2), (14, 2)]
    np.testing.assert_array_equal(np.concatenate(answer), expected)
    assert [a.shape for a in model.inverse_transform(answer)] == [(10, 12, 2), (14, 12, 2)]
    assert [a.shape for a in model.align(entries)] == [(10, 12, 2), (14, 12, 2)]
    assert [a.shape for a in model.pose(entries)] == [(10, 4), (14, 4)]

    np.testing.assert_array_equal(model.transform(shapes.reshape(24, 24)), expected)
    assert model.align(shapes.reshape(24, 24)).shape == (24, 24)
    assert model.inverse_transform(expected).shape == (24, 12, 2)

    utterances = shapes.reshape(4, 6, 12, 2)
    answer = model.transform(utterances)
    np.testing.assert_array_equal(answer, expected.reshape(4, 6, 2))
    back = model.inverse_transform(answer, pose=model.pose(utterances))
    assert back.shape == utterances.shape
    assert back.dtype == np.float32


def test_flat_rows_come_back_flat():
    rows = faces(24).reshape(24, 24)
    model = ProcrustesPCAShape(n_components=3).fit(rows)
    assert model.n_features_in_ == 24
    back = model.inverse_transform(model.transform(rows), model.pose(rows))
    assert back.shape == (24, 24)
    np.testing.assert_allclose(back, rows, rtol=0, atol=3.0)


def test_fewer_than_two_shapes():
    for X in ([faces(1)], faces(1), faces(1).reshape(1, -1)):
        with pytest.raises(ValueError, match=r"Found 1 sample of .* at least two shapes"):
            ProcrustesPCAShape().fit(X)


def test_fewer_than_three_points():
    with pytest.raises(ValueError, match=r"X has 2 points in a frame .* at least three"):
        ProcrustesPCAShape().fit(faces(10)[:, :2])


def test_odd_column_count():
    with pytest.raises(ValueError, match=r"X has an odd number of columns \(n_features = 7\)"):
        ProcrustesPCAShape().fit(np.random.RandomState(0).rand(10, 7))


def test_degenerate_shapes_are_named(fitted):
    entries = [faces(5), faces(7)]
    entries[1][4] = 123.4
    with pytest.raises(ValueError, match=r"X\[1\] at frame 4 is degenerate: all its points"):
        ProcrustesPCAShape().fit(entries)
    with pytest.raises(ValueError, match=r"X\[1\] at frame 4 is degenerate"):
        fitted.transform(entries)
    with pytest.raises(ValueError, match=r"X\[4\] is degenerate"):
        fitted.align(entries[1])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_equal_shapes_have_nothing_to_learn(dtype):
    same = posed(np.stack([faces(1)[0]] * 10), np.random.RandomState(0)).astype(dtype)
    with pytest.raises(ValueError, match="All shapes in X are equal once aligned"):
        ProcrustesPCAShape(n_components=1).fit(same)


def test_nan_is_named(fitted):
    entries = [faces(5), faces(7)]
    entries[1][4, 2, 1] = np.nan
    with pytest.raises(ValueError, match=r"X\[1\] contains NaN or infinity, .* \(4, 2, 1\)"):
        fitted.transform(entries)


def test_another_point_count_is_named(fitted):
    with pytest.raises(ValueError, match=r"X\[0\] has 11 points .* was fitted on 12"):
        fitted.transform([faces(5)[:, :11]])


@pytest.mark.parametrize(
    ("n_components", "error", "message"),
    [
        (0, ValueError, "n_components must be at least 1, got 0"),
        (1.0, ValueError, "a fraction of the variance between 0 and 1, exclusive; got 1.0"),
        (-0.5, ValueError, "n_components must be above 0"),
        ("all", TypeError, "n_components must be a real number, got 'all'"),
        (True, TypeError, "n_components must be an integer, got True"),
    ],
)
def test_bad_n_components(n_components, error, message):
    with pytest.raises(error, match=message):
        ProcrustesPCAShape(n_components=n_components).fit(faces(10))


def test_bad_parameters_and_poses_are_named(fitted):
    parameters = [np.zeros((3, 5)), np.zeros((4, 5))]
    with pytest.raises(ValueError, match=r"X\[1\] must have 5 columns, the parameters that this"):
        fitted.inverse_transform([np.zeros((3, 5)), np.zeros((4, 6))])
    with pytest.raises(ValueError, match=r"X must have 5 columns, .* got shape \(3, 6\)"):
        fitted.inverse_transform(np.zeros((3, 6)))
    with pytest.raises(ValueError, match=r"X\[0\] contains NaN"):
        fitted.inverse_transform([np.full((3, 5), np.nan)])
    with pytest.raises(ValueError, match=r"pose\[0\] must have 4 columns, size factor, rotation"):
        fitted.inverse_transform(parameters, pose=parameters)
    with pytest.raises(ValueError, match="pose must have the frames of X, .* got 6 frames in 2"):
        fitted.inverse_transform(parameters, pose=[np.ones((3, 4)), np.ones((3, 4))])


def test_clones_and_pickles(fitted):
    shapes = faces(10)
    copy = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(copy.transform(shapes), fitted.transform(shapes))
    again = clone(fitted).fit(faces(200, noise=0.3))
    np.testing.assert_array_equal(again.transform(shapes), fitted.transform(shapes))


def test_eighteen_components_explain_99_percent_of_grid(grid):
    model = ProcrustesPCAShape().fit(grid)
    assert model.explained_variance_ratio_.sum() >= 0.99
    back = model.inverse_transform(model.transform(grid), pose=model.pose(grid))
    errors = [
        np.hypot(*(b - g).transpose(2, 0, 1)).mean() for b, g in zip(back, grid, strict=True)
    ]
    assert np.mean(errors) < 0.1  # pixels
    moved = model.transform([posed(g, np.random.RandomState(0), turn=3.0) for g in grid])
    parameters = np.concatenate(model.transform(grid))
    assert np.abs(np.concatenate(moved) - parameters).max() < 1e-4 * parameters.std(axis=0).min()


def test_fraction_on_grid(grid):
    model = ProcrustesPCAShape(n_components=0.99).fit(grid[:100])
    assert 5 <= model.n_components_ <= 18


def test_200_000_shapes_in_under_5_seconds():
    rng = np.random.RandomState(0)
    base = 40 * rng.randn(36, 2)
    shapes = (base + rng.randn(200_000, 36, 2)).astype(np.float32)
    with threadpool_limits(1):
        start = time.process_time()
        parameters = ProcrustesPCAShape().fit_transform(shapes)
        seconds = time.process_time() - start  # of this process: the machine may be busy
    assert parameters.shape == (200_000, 18)
    assert seconds < 5.0


class EvenColumns(TransformerMixin, BaseEstimator):
    """ProcrustesPCAShape for any number of columns: doubled, with fixed points for two to bend."""

    def __init__(self, n_components: int | float = 1) -> None:
        self.n_components = n_components

    def fit(self, X, y=None):
        self.shape_ = ProcrustesPCAShape(self.n_components).fit(self._doubled(X, reset=True))
        return self

    def transform(self, X):
        check_is_fitted(self)
        return self.shape_.transform(self._doubled(X, reset=False))

    def _doubled(self, X, *, reset):
        X = validate_data(self, X, reset=reset, dtype=(np.float64, np.float32))
        fixed = np.tile([-100.0, 0.0, 100.0, 0.0], (len(X), 1)).astype(X.dtype)
        return np.hstack([X, X[:, ::-1], fixed])

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags


def test_common_checks_on_doubled_columns():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # checks that skip warn so
        results = check_estimator(EvenColumns(), on_fail=None)
    failed = [(r["check_name"], r["exception"]) for r in results if r["status"] == "failed"]
    assert failed == []
    assert sum(r["status"] == "passed" for r in results) >= 40
