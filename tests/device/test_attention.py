"""The attention classifiers on utterances of any length."""

from __future__ import annotations

import pickle
import re
from typing import Any

import keras
import numpy as np
import pytest
import sklearn
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GroupKFold, cross_validate
from sklearn.pipeline import make_pipeline

from skaffect import (
    DualAttentionDeviceClassifier,
    LogFilterbank,
    SingleAttentionDeviceClassifier,
    Windows,
)
from skaffect.device._attention import AttentionDeviceClassifier

SINGLE, DUAL = SingleAttentionDeviceClassifier, DualAttentionDeviceClassifier
LABELS = np.array(["phone", "recorder"] * 8)
SPEAKERS = np.repeat(["ann", "bob", "cid", "dan"], 4)
N_BANDS = 6


def _utterances(labels: np.ndarray = LABELS, seed: int = 0) -> list[np.ndarray]:
    """Make frames whose loud bands tell the device, as a frequency response does."""
    rng = np.random.default_rng(seed)
    utterances = []
    for label in labels:
        frames = rng.normal(size=(int(rng.integers(3, 30)), N_BANDS))
        frames[:, slice(0, 3) if label == "phone" else slice(3, 6)] += 1.5
        utterances.append(frames.astype(np.float32))
    return utterances


X = _utterances()


def _small(kind: type[AttentionDeviceClassifier] = SINGLE, **parameters: Any) -> Any:
    defaults = {
        "filters": (4, 4, 4),
        "lstm_units": 3,
        "dense_units": 8,
        "dropout": 0.0,
        "epochs": 15,
        "batch_size": 4,
        "learning_rate": 0.02,
        "random_state": 0,
    }
    return kind(**{**defaults, **parameters})


@pytest.fixture(scope="module", params=[SINGLE, DUAL], ids=["single", "dual"])
def fitted(request: pytest.FixtureRequest) -> Any:
    return _small(request.param).fit(X, LABELS)


@pytest.fixture
def untrained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave every network as it was built: what is tested happens around the training."""
    monkeypatch.setattr(
        AttentionDeviceClassifier, "_train", lambda self, batches, validation, epochs: None
    )


@pytest.fixture
def unbuilt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail when a network is built: what is refused must be refused before."""
    for kind in (SINGLE, DUAL):
        monkeypatch.setattr(kind, "_build_network", lambda self: pytest.fail("built"))


def _weights(estimator: Any) -> list[np.ndarray]:
    return estimator.model_.get_weights()


# What it learns


def test_it_learns_what_can_be_learnt(fitted: Any) -> None:
    assert fitted.score(X, LABELS) == 1.0
    assert fitted.score(_utterances(seed=1), LABELS) >= 0.9
    assert fitted.history_["loss"][-1] < 0.5 * fitted.history_["loss"][0]


def test_fitted_attributes(fitted: Any) -> None:
    assert fitted.classes_.tolist() == ["phone", "recorder"]
    assert fitted.n_features_in_ == N_BANDS
    assert fitted.n_epochs_ == 15
    own = {"averaged_bands": 1} if type(fitted) is SINGLE else {"band_pooling": "keep"}
    assert fitted.architecture_ == {
        "n_bands": N_BANDS,
        "n_classes": 2,
        "filters": (4, 4, 4),
        "lstm_units": 3,
        "dense_units": 8,
        "attention": "softmax",
        "score_scale": 5.0,
        "dropout": 0.0,
        "dtype": "float32",
        "seed": fitted.architecture_["seed"],
        **own,
    }


@pytest.mark.usefixtures("untrained")
def test_parameters_reach_the_network() -> None:
    single = _small(averaged_bands=3, attention="sigmoid", score_scale=2, dropout=0.3)
    network = single.fit(X, LABELS).model_
    assert network.get_layer("average").output.shape == (None, 1, 4)
    assert network.get_layer("frame_weights").normalization == "sigmoid"
    assert network.get_layer("frame_weights").scale == 2
    assert network.get_layer("dropout").rate == 0.3
    network = _small(DUAL, band_pooling="sum", weight_decay=0.01).fit(X, LABELS).model_
    assert network.get_layer("weighted_bands").output.shape == (None, 4)
    assert network.optimizer.weight_decay == 0.01


def test_training_on_stretches_differs_from_whole_utterances() -> None:
    whole = _small(epochs=1).fit(X, LABELS)
    longest = max(map(len, X))
    same, cropped, in_one = (
        _small(epochs=1, crop_frames=n, crop_pieces=pieces).fit(X, LABELS)
        for n, pieces in ((longest, 3), (5, 3), (5, 1))
    )
    models = map(_weights, (whole, same, cropped, in_one))
    for ours, unchanged, other, another in zip(*models, strict=True):
        np.testing.assert_array_equal(ours, unchanged)
        assert (ours != other).any()
        assert (other != another).any()


def test_the_layers_are_the_papers_by_default() -> None:
    for kind, filters, dense_units in ((SINGLE, (20,) * 3, 60), (DUAL, (40,) * 3, 120)):
        estimator = kind()
        assert estimator.filters == filters
        assert estimator.lstm_units == 24
        assert estimator.dense_units == dense_units
        assert estimator.weight_decay == 0
        assert estimator.patience == 1  # "until the validation error increases"


# Utterances of any length


def test_an_answer_depends_on_its_utterance_alone(fitted: Any) -> None:
    rng = np.random.default_rng(0)
    entries = [rng.normal(size=(n, N_BANDS)) for n in (1, 2, 3, 5, 31, 90, 60, 91, 92, 93)]
    together = fitted.predict_proba(entries)
    np.testing.assert_allclose(together.sum(axis=1), 1, rtol=1e-12)
    for i, entry in enumerate(entries):
        np.testing.assert_allclose(fitted.predict_proba([entry])[0], together[i], atol=1e-5)


def test_the_order_of_utterances_does_not_move_a_bit(fitted: Any) -> None:
    order = np.random.default_rng(0).permutation(len(X))
    moved = fitted.predict_proba([X[i] for i in order])
    np.testing.assert_array_equal(moved, fitted.predict_proba(X)[order])


def test_many_lengths_do_not_compile_a_network_each(fitted: Any) -> None:
    if keras.backend.backend() != "tensorflow":
        pytest.skip("counts TensorFlow's traces")
    fitted.predict_proba([X[0], np.ones((40, N_BANDS)), np.ones((80, N_BANDS))])
    traces = fitted.model_.predict_function.experimental_get_tracing_count()
    fitted.predict_proba([np.ones((n, N_BANDS)) for n in range(1, 120)])
    assert fitted.model_.predict_function.experimental_get_tracing_count() == traces


def test_the_network_gets_little_at_a_time(fitted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shapes: list[tuple[int, ...]] = []

    def spy(inputs: dict[str, Any]) -> Any:
        shapes.append(inputs["frames"].shape)
        return np.full((len(inputs["frames"]), 2), 0.5)

    monkeypatch.setattr(fitted.model_, "predict_on_batch", spy)
    monkeypatch.setattr("skaffect.device._attention._PREDICTION_FRAMES", 100)
    fitted.predict_proba([np.ones((n, N_BANDS)) for n in [8] * 30 + [200]])
    assert shapes == [(12, 8, N_BANDS)] * 2 + [(6, 8, N_BANDS), (1, 208, N_BANDS)]


@pytest.mark.usefixtures("untrained")
def test_rows_are_utterances_of_one_frame() -> None:
    rows = np.random.default_rng(0).normal(size=(16, N_BANDS))
    estimator = _small().fit(rows, LABELS)
    assert estimator.n_features_in_ == N_BANDS
    expected = estimator.predict_proba(rows)
    np.testing.assert_array_equal(estimator.predict_proba([row[None] for row in rows]), expected)
    np.testing.assert_array_equal(estimator.predict_proba(rows[:, None]), expected)


def test_first_batches_of_one_length_and_others_later_train_and_validate() -> None:
    # Keras would infer the input's shape from the first two batches.
    lengths = np.tile([8, 8, 8, 40], 4)
    entries = [np.ones((n, N_BANDS)) for n in lengths]
    estimator = _small(epochs=2, batch_size=1, early_stopping=True, validation_fraction=0.5)
    estimator.fit(entries, LABELS, groups=SPEAKERS)
    assert np.isfinite(estimator.history_["loss"]).all()
    assert np.isfinite(estimator.history_["val_loss"]).all()


# Seeds and copies


@pytest.mark.parametrize("fitted", [SINGLE], indirect=True)
def test_same_seed_same_bits_other_seed_others(fitted: Any) -> None:
    again = clone(fitted).fit(X, LABELS)
    assert again.history_ == fitted.history_
    for one, same in zip(_weights(again), _weights(fitted), strict=True):
        np.testing.assert_array_equal(one, same)
    other = clone(fitted).set_params(random_state=1, epochs=1).fit(X, LABELS)
    assert other.history_["loss"][0] != fitted.history_["loss"][0]


def test_a_pickle_answers_alike(fitted: Any) -> None:
    copied = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(copied.predict_proba(X), fitted.predict_proba(X))
    assert copied.history_ == fitted.history_


# Weights, validation and routing


def test_loss_is_the_weighted_mean_of_the_utterances() -> None:
    # One batch, so that the loss of the first epoch is that of the untrained network.
    weight = np.linspace(0, 2, len(X))
    estimator = _small(epochs=1, batch_size=100).fit(X, LABELS, sample_weight=weight)
    before = _small(epochs=1)
    before.__dict__.update(estimator.__dict__)
    before.model_ = estimator._keras_build_fn()
    posteriors = before.predict_proba(X)
    true = posteriors[np.arange(len(X)), (LABELS == "recorder").astype(int)]
    # The first has weight zero and is left out.
    expected = np.mean((-weight * np.log(true))[1:])
    np.testing.assert_allclose(estimator.history_["loss"], expected, rtol=1e-4)


@pytest.mark.usefixtures("untrained")
def test_without_groups_utterances_are_held_out_with_a_warning() -> None:
    with pytest.warns(UserWarning, match="may share speakers.*Pass groups=speakers"):
        _small(early_stopping=True, validation_fraction=0.25).fit(X, LABELS)


@pytest.mark.usefixtures("untrained")
def test_groups_reach_fit_through_a_pipeline(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[set[str]] = []
    original = AttentionDeviceClassifier._split

    def spy(self: Any, training: Any, groups: Any) -> Any:
        seen.append(set(groups))
        return original(self, training, groups)

    monkeypatch.setattr(AttentionDeviceClassifier, "_split", spy)
    rng = np.random.default_rng(0)
    waveforms = [0.1 * rng.normal(size=2000) for _ in LABELS]
    with sklearn.config_context(enable_metadata_routing=True):
        estimator = _small(early_stopping=True).set_fit_request(groups=True)
        cross_validate(
            make_pipeline(LogFilterbank(n_mels=N_BANDS), estimator),
            waveforms,
            LABELS,
            params={"groups": SPEAKERS},
            cv=GroupKFold(4),
            error_score="raise",
        )
    assert sorted(map(sorted, seen)) == sorted(sorted(set(SPEAKERS) - {s}) for s in set(SPEAKERS))


# Bad input


@pytest.mark.parametrize("kind", [SINGLE, DUAL])
def test_nothing_before_fit(kind: Any) -> None:
    for method in ("predict", "predict_proba"):
        with pytest.raises(NotFittedError, match=f"{kind.__name__} instance is not fitted"):
            getattr(kind(), method)(X)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (np.ones((3, 7)), "X[1] has 7 bands, but {} was fitted on 6; use one filter bank"),
        (np.full((3, N_BANDS), np.nan), "X[1] contains NaN or infinity"),
        (np.ones(900), "If it is a waveform, put a LogFilterbank before this step"),
    ],
)
def test_entries_unlike_those_of_fit(fitted: Any, entry: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message.format(type(fitted).__name__))):
        fitted.predict([X[0], entry])


@pytest.mark.usefixtures("unbuilt")
@pytest.mark.parametrize(
    ("kind", "parameters", "message"),
    [
        (SINGLE, {"filters": 20}, "filters must be a sequence of 3 integers, one a layer"),
        (DUAL, {"filters": (4, 4)}, "filters must be a sequence of 3 integers, one a layer"),
        (DUAL, {"filters": (4, 0, 4)}, "filters[1] must be at least 1, got 0"),
        (SINGLE, {"lstm_units": 0}, "lstm_units must be at least 1, got 0"),
        (SINGLE, {"dense_units": 1.5}, "dense_units must be an integer, got 1.5"),
        (SINGLE, {"averaged_bands": 0}, "averaged_bands must be at least 1, got 0"),
        (DUAL, {"band_pooling": "mean"}, "band_pooling must be one of 'keep', 'sum'; got 'mean'"),
        (DUAL, {"attention": "none"}, "attention must be one of 'softmax', 'sigmoid'; got 'none'"),
        (SINGLE, {"score_scale": 0}, "score_scale must be above 0.0, got 0"),
        (DUAL, {"dropout": 1.0}, "dropout must lie in [0.0, 0.99], got 1.0"),
        (DUAL, {"crop_frames": 0}, "crop_frames must be at least 1, got 0"),
        (DUAL, {"crop_pieces": 0}, "crop_pieces must be at least 1, got 0"),
        (SINGLE, {"batch_size": 0}, "batch_size must be at least 1, got 0"),
        (SINGLE, {"patience": 0}, "patience must be at least 1, got 0"),
    ],
)
def test_bad_parameters(kind: Any, parameters: dict[str, Any], message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=re.escape(message)):
        _small(kind, **parameters).fit(X, LABELS)


@pytest.mark.usefixtures("unbuilt")
@pytest.mark.parametrize(
    ("entries", "labels", "message"),
    [
        (X, ["phone"] * 16, "needs at least two classes, y has one class: 'phone'"),
        ([*X[:15], np.ones((3, 7))], LABELS, "X[15] has 7 bands, but SingleAttentionDeviceClass"),
        ([*X[:15], np.full((3, 6), np.inf)], LABELS, "X[15] contains NaN or infinity"),
        ([*X[:15], Windows(X[15])], LABELS, "X[15] is Windows, which the emotion networks take"),
        (X, LABELS[:15], "X holds 16 utterances, but y has 15 entries"),
    ],
)
def test_bad_input_of_fit(entries: Any, labels: Any, message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=re.escape(message)):
        _small().fit(entries, labels)
