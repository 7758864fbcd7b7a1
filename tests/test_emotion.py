"""DERN: training on frames, their votes and the top two emotions."""

from __future__ import annotations

import copy
import re
from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import softmax
from sklearn.exceptions import NotFittedError

from skaffect import DERNClassifier, Windows
from skaffect.emotion import _PREDICTION_BATCH, _soft_vote, hard_vote

LABELS = np.array(["angry", "calm", "sad"] * 5)
N_BANDS, CONTEXT = 8, 5


def _utterances(labels: np.ndarray = LABELS, seed: int = 0) -> list[Windows]:
    """Make utterances whose loudest bands tell the label, with a silent frame at each end."""
    rng = np.random.default_rng(seed)
    utterances = []
    for label in labels:
        n_frames = int(rng.integers(6, 16))
        frames = rng.normal(0, 1, (n_frames, N_BANDS))
        frames[:, 2 * np.flatnonzero(np.unique(LABELS) == label)[0] :][:, :2] += 2
        active = np.ones(n_frames, dtype=bool)
        active[[0, -1]] = False
        utterances.append(Windows(frames, CONTEXT, active))
    return utterances


X = _utterances()


def _small(**parameters: Any) -> DERNClassifier:
    defaults = {
        "filters": (4, 8),
        "dense_units": 16,
        "dropout": 0.2,
        "augmentation": 0.0,
        "frame_stride": 1,
        "epochs": 12,
        "batch_size": 16,
        "learning_rate": 0.01,
        "random_state": 0,
    }
    return DERNClassifier(**{**defaults, **parameters})


@pytest.fixture(scope="module")
def fitted() -> DERNClassifier:
    return _small().fit(X, LABELS)


@pytest.fixture
def unbuilt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail when a network is built: what is refused must be refused before."""
    monkeypatch.setattr(DERNClassifier, "_build_network", lambda self: pytest.fail("built"))


def _voting(votes: list[list[int]], monkeypatch: pytest.MonkeyPatch) -> DERNClassifier:
    """Return a classifier whose frames vote as told: `votes[i][k]` frames for class k."""
    estimator = _small()
    estimator.classes_ = np.array(["angry", "calm", "happy", "sad"])
    rng = np.random.default_rng(0)
    posteriors = [
        softmax(rng.normal(size=(sum(counts), 4)) + 9 * np.repeat(np.eye(4), counts, axis=0), 1)
        for counts in votes
    ]
    monkeypatch.setattr(estimator, "_voting_posteriors", lambda X: posteriors)
    monkeypatch.setattr(estimator, "model_", None, raising=False)
    return estimator


# What it learns


def test_it_learns_what_can_be_learnt(fitted: DERNClassifier) -> None:
    others = _utterances(seed=1)
    assert fitted.score(X, LABELS) == 1.0
    assert fitted.score(others, LABELS) >= 0.9
    assert fitted.history_["loss"][-1] < 0.5 * fitted.history_["loss"][0]


def test_fitted_attributes(fitted: DERNClassifier) -> None:
    assert fitted.classes_.tolist() == ["angry", "calm", "sad"]
    assert fitted.window_shape_in_ == (N_BANDS, CONTEXT)
    assert fitted.n_features_in_ == N_BANDS
    assert fitted.n_epochs_ == 12
    assert fitted.architecture_ == {
        "window_shape": (N_BANDS, CONTEXT),
        "n_classes": 3,
        "filters": (4, 8),
        "dense_units": 16,
        "dropout": 0.2,
        "dtype": "float32",
        "seed": fitted.architecture_["seed"],
    }
    assert fitted.model_.count_params() == (25 * 4 + 4) + (100 * 8 + 8) + (32 * 16 + 16) + 51


# Votes


@given(
    arrays(
        np.float32,
        st.tuples(st.integers(1, 30), st.integers(2, 5)),
        elements=st.floats(-9, 9, width=32),
    )
)
def test_votes_equal_numpy(scores: np.ndarray) -> None:
    posteriors = softmax(scores.astype(np.float32), axis=1)
    n_frames, n_classes = posteriors.shape
    winners = posteriors.argmax(axis=1)
    shares = [np.mean(winners == i) for i in range(n_classes)]
    np.testing.assert_allclose(hard_vote(posteriors), shares)
    product = np.prod(posteriors.astype(np.longdouble) ** (1 / np.longdouble(n_frames)), axis=0)
    np.testing.assert_allclose(
        _soft_vote(posteriors), (product / product.sum()).astype(float), rtol=1e-5
    )


def test_soft_votes_survive_certain_frames() -> None:
    posteriors = np.array([[1, 0, 0], [0, 1, 0], [1, 0, 0]], np.float32)
    answer = _soft_vote(posteriors)
    assert np.isfinite(answer).all()
    assert answer.sum() == pytest.approx(1)
    assert answer.argmax() == 0


def test_posteriors_of_many_frames_do_not_vanish() -> None:
    posteriors = np.tile(np.array([[0.5, 0.3, 0.2]], np.float32), (100_000, 1))
    np.testing.assert_allclose(_soft_vote(posteriors), [0.5, 0.3, 0.2], rtol=1e-4)


@pytest.mark.parametrize("vote", ["hard", "soft"])
def test_probabilities_follow_the_active_frames(
    fitted: DERNClassifier, vote: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitted, "vote", vote)
    count = {"hard": hard_vote, "soft": _soft_vote}[vote]
    frames = fitted.predict_frames(X)
    answers = fitted.predict_proba(X)
    expected = [count(frames[i][x.active]) for i, x in enumerate(X)]
    np.testing.assert_array_equal(answers, expected)
    np.testing.assert_allclose(answers.sum(axis=1), 1)


def test_predict_is_the_argmax_of_the_probabilities(fitted: DERNClassifier) -> None:
    expected = fitted.classes_[fitted.predict_proba(X).argmax(axis=1)]
    np.testing.assert_array_equal(fitted.predict(X), expected)


def test_ties_go_to_the_first_class(monkeypatch: pytest.MonkeyPatch) -> None:
    estimator = _voting([[0, 3, 3, 1], [2, 2, 2, 2]], monkeypatch).set_params(vote="hard")
    np.testing.assert_allclose(estimator.predict_proba(None)[0], [0, 3 / 7, 3 / 7, 1 / 7])
    assert estimator.predict(None).tolist() == ["calm", "angry"]


def test_frames_include_silent_ones(fitted: DERNClassifier) -> None:
    frames = fitted.predict_frames(X)
    assert frames.shape == (len(X),)
    assert frames.dtype == object
    for posteriors, x in zip(frames, X, strict=True):
        assert posteriors.shape == (len(x), 3)
        assert posteriors.dtype == np.float32
        np.testing.assert_allclose(posteriors.sum(axis=1), 1, rtol=1e-5)


# The top two emotions, by hand after equations 1 to 4


@pytest.mark.parametrize(
    ("votes", "labels", "weights"),
    [
        # p = 0.4 and 0.3 of 10 frames: both count, 4 / 7 and 3 / 7.
        ([4, 1, 2, 3], ["angry", "sad"], [4 / 7, 3 / 7]),
        # p* = 0.7 is confident: the second counts nothing.
        ([2, 0, 7, 1], ["happy", "angry"], [1, 0]),
        # p* = 13 / 20 = 0.65 is not above 0.65.
        ([0, 13, 7, 0], ["calm", "happy"], [0.65, 0.35]),
        # 131 / 200 is.
        ([0, 131, 69, 0], ["calm", "happy"], [1, 0]),
        # Equal ones: the first in classes_ leads, in both places.
        ([0, 3, 0, 3], ["calm", "sad"], [0.5, 0.5]),
        ([2, 4, 2, 2], ["calm", "angry"], [4 / 6, 2 / 6]),
        ([1, 1, 1, 1], ["angry", "calm"], [0.5, 0.5]),
        # All frames agree: the second is the first of those without votes.
        ([0, 0, 5, 0], ["happy", "angry"], [1, 0]),
    ],
)
@pytest.mark.parametrize("vote", ["hard", "soft"])
def test_top_two(
    votes: list[int],
    labels: list[str],
    weights: list[float],
    vote: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Always equation 1's votes, whatever `predict_proba` is told to answer.
    estimator = _voting([votes, [1, 0, 0, 0]], monkeypatch).set_params(vote=vote)
    top_labels, top_weights = estimator.top_two(None)
    assert top_labels.shape == top_weights.shape == (2, 2)
    assert top_labels[0].tolist() == labels
    np.testing.assert_allclose(top_weights[0], weights, rtol=1e-12)


def test_confidence_is_a_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    estimator = _voting([[6, 4, 0, 0]], monkeypatch)
    assert estimator.top_two(None)[1].tolist() == [[0.6, 0.4]]
    assert estimator.top_two(None, confident=0.5)[1].tolist() == [[1, 0]]
    assert estimator.top_two(None, confident=1)[1].tolist() == [[0.6, 0.4]]
    with pytest.raises(ValueError, match=r"confident must lie in \[0.0, 1.0\], got 65"):
        estimator.top_two(None, confident=65)


def test_top_two_of_real_votes(fitted: DERNClassifier, monkeypatch: pytest.MonkeyPatch) -> None:
    labels, weights = fitted.top_two(X)
    assert labels.shape == weights.shape == (len(X), 2)
    np.testing.assert_allclose(weights.sum(axis=1), 1)
    assert (weights[:, 0] >= weights[:, 1]).all()
    assert (labels[:, 0] != labels[:, 1]).all()
    monkeypatch.setattr(fitted, "vote", "hard")
    np.testing.assert_array_equal(labels[:, 0], fitted.predict(X))


# What an answer depends on


@pytest.fixture(scope="module")
def full_size() -> DERNClassifier:
    """Return Table I's network on 40x15 images, as it was built."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DERNClassifier, "_train", lambda self, batches, validation, epochs: None)
        entries = [Windows(np.ones((2, 40))), Windows(np.zeros((2, 40)))]
        return DERNClassifier(random_state=0).fit(entries, ["angry", "calm"])


def test_an_answer_depends_on_its_utterance_alone(full_size: DERNClassifier) -> None:
    rng = np.random.default_rng(0)
    lengths = [1, 2, 30, 100, 63, 7, 200, 97]
    entries = [Windows(rng.normal(size=(n, 40))) for n in lengths]
    assert sum(lengths) > 1.5 * _PREDICTION_BATCH
    together = full_size.predict_frames(entries)
    backwards = full_size.predict_frames(entries[::-1])[::-1]
    for i, entry in enumerate(entries):
        np.testing.assert_array_equal(together[i], backwards[i])
        np.testing.assert_array_equal(together[i], full_size.predict_frames([entry])[0])
    np.testing.assert_array_equal(
        full_size.predict_proba(entries)[[3]], full_size.predict_proba(entries[3:4])
    )


def test_windows_may_be_a_view_or_ready_made(fitted: DERNClassifier) -> None:
    views = [Windows(x.frames, CONTEXT) for x in X]
    expected = fitted.predict_proba(views)
    mixed = [np.asarray(x) if i % 2 else x for i, x in enumerate(views)]
    objects = np.empty(len(X), dtype=object)
    objects[:] = views
    for same in (mixed, tuple(views), objects):
        np.testing.assert_array_equal(fitted.predict_proba(same), expected)


def test_a_block_of_rows_is_one_frame_each() -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(12) % 2
    rows = rng.normal(labels[:, None], 0.1, (12, 6))
    estimator = _small(epochs=30).fit(rows, labels)
    assert estimator.window_shape_in_ == (6, 1)
    assert estimator.score(rows, labels) == 1.0
    lists = [[row] for row in rows.astype(np.float32)]
    np.testing.assert_array_equal(estimator.predict_proba(lists), estimator.predict_proba(rows))


# Bad input


@pytest.mark.parametrize("method", ["predict", "predict_proba", "predict_frames", "top_two"])
def test_nothing_before_fit(method: str) -> None:
    with pytest.raises(NotFittedError, match="DERNClassifier instance is not fitted"):
        getattr(_small(), method)(X)


@pytest.mark.parametrize("method", ["predict", "predict_proba", "predict_frames", "top_two"])
@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            Windows(np.ones((3, 7)), CONTEXT),
            "X[1] has windows of shape (n_bands, context) = (7, 5), "
            "but DERNClassifier was fitted on (8, 5)",
        ),
        (
            Windows(np.ones((3, N_BANDS)), 3),
            "X[1] has windows of shape (n_bands, context) = (8, 3), "
            "but DERNClassifier was fitted on (8, 5)",
        ),
        (Windows(np.full((3, N_BANDS), np.nan), CONTEXT), "X[1] contains NaN or infinity"),
        (np.full((3, N_BANDS, CONTEXT), np.inf), "X[1] contains NaN or infinity"),
    ],
)
def test_entries_unlike_those_of_fit(
    fitted: DERNClassifier, method: str, entry: Any, message: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        getattr(fitted, method)([X[0], entry])


@pytest.mark.usefixtures("unbuilt")
@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"filters": 32}, "filters must be a sequence of integers, one a layer; got 32"),
        ({"filters": ()}, "filters must be a sequence of integers, one a layer; got ()"),
        ({"filters": "32"}, "filters must be a sequence of integers, one a layer; got '32'"),
        ({"filters": (4, 0)}, "filters[1] must be at least 1, got 0"),
        ({"filters": (4.5,)}, "filters[0] must be an integer, got 4.5"),
        ({"dense_units": 0}, "dense_units must be at least 1, got 0"),
        ({"dropout": 1.0}, "dropout must lie in [0.0, 0.99], got 1.0"),
        ({"vote": "mean"}, "vote must be one of 'soft', 'hard'; got 'mean'"),
        ({"epochs": 0}, "epochs must be at least 1, got 0"),
        ({"epochs": 1.5}, "epochs must be an integer, got 1.5"),
        ({"batch_size": 0}, "batch_size must be at least 1, got 0"),
        ({"learning_rate": 0.0}, "learning_rate must be above 0.0, got 0.0"),
        ({"learning_rate_schedule": "step"}, "learning_rate_schedule must be one of 'constant'"),
        ({"weight_decay": -0.1}, "weight_decay must lie in [0.0, 1.0], got -0.1"),
        ({"frame_stride": 0}, "frame_stride must be at least 1, got 0"),
        ({"augmentation": -1.0}, "augmentation must lie in [0.0, 2.0], got -1.0"),
        ({"patience": 0}, "patience must be at least 1, got 0"),
        ({"random_state": "x"}, "'x' cannot be used to seed"),
    ],
)
def test_bad_parameters(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=re.escape(message)):
        _small(**parameters).fit(X, LABELS)


@pytest.mark.usefixtures("unbuilt")
@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (Windows(np.ones((3, 9)), CONTEXT), "but DERNClassifier was given (8, 5) before it"),
        (Windows(np.full((3, N_BANDS), np.nan), CONTEXT), "X[15] contains NaN or infinity"),
        (np.empty((0, N_BANDS, CONTEXT)), "X[15] is empty"),
        ("speech.wav", "X[15] is a path, 'speech.wav'; put an AudioReader"),
    ],
)
def test_bad_entries_of_fit(entry: Any, message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=re.escape(message)):
        _small().fit([*X, entry], [*LABELS, "sad"])


def test_an_option_changed_after_fit_is_checked(
    fitted: DERNClassifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitted, "vote", "mean")
    with pytest.raises(ValueError, match="vote must be one of 'soft', 'hard'; got 'mean'"):
        fitted.predict(X)


def test_a_copy_computes_alike_under_another_precision() -> None:
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        reduced = _small().fit(X, LABELS)
    finally:
        keras.config.set_dtype_policy("float32")
    answers = reduced.predict_proba(X)
    np.testing.assert_array_equal(copy.deepcopy(reduced).predict_proba(X), answers)
    assert reduced.predict_frames(X)[0].dtype == np.float32
