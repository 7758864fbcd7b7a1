"""The baseline on half seconds of recording."""

from __future__ import annotations

import pickle
import re
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from skaffect import DFTCNNBaseline

LABELS = np.array(["phone", "recorder"] * 8)
SPEAKERS = np.repeat(["ann", "bob", "cid", "dan"], 4)
# 64 samples a piece, 33 DFT values.
SR, PIECE_SECONDS, PIECE = 640, 0.1, 64


def _recordings(labels: np.ndarray = LABELS, seed: int = 0) -> list[np.ndarray]:
    """Make noise whose recorder has the higher frequencies, the phone the lower ones."""
    rng = np.random.default_rng(seed)
    recordings = []
    for label in labels:
        noise = 0.1 * rng.normal(size=int(rng.integers(20, 400)))
        sign = 1 if label == "phone" else -1
        recordings.append((noise + sign * np.roll(noise, 1)).astype(np.float32))
    return recordings


X = _recordings()


def _small(**parameters: Any) -> DFTCNNBaseline:
    defaults = {
        "filters": (4, 4),
        "dense_units": 8,
        "sr": SR,
        "piece_seconds": PIECE_SECONDS,
        "epochs": 15,
        "batch_size": 8,
        "learning_rate": 0.02,
        "random_state": 0,
    }
    return DFTCNNBaseline(**{**defaults, **parameters})


@pytest.fixture(scope="module")
def fitted() -> DFTCNNBaseline:
    return _small().fit(X, LABELS)


@pytest.fixture
def unbuilt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail when a network is built: what is refused must be refused before."""
    monkeypatch.setattr(DFTCNNBaseline, "_build_network", lambda self: pytest.fail("built"))


def test_it_learns_what_can_be_learnt(fitted: DFTCNNBaseline) -> None:
    assert fitted.score(X, LABELS) == 1.0
    assert fitted.score(_recordings(seed=1), LABELS) >= 0.9
    assert fitted.history_["loss"][-1] < 0.5 * fitted.history_["loss"][0]


def test_fitted_attributes(fitted: DFTCNNBaseline) -> None:
    assert fitted.classes_.tolist() == ["phone", "recorder"]
    assert fitted.piece_length_ == PIECE
    assert fitted.n_epochs_ == 15
    assert not hasattr(fitted, "n_features_in_")
    assert fitted.architecture_ == {
        "n_bins": 33,
        "n_classes": 2,
        "filters": (4, 4),
        "dense_units": 8,
        "dropout": 0.0,
        "dtype": "float32",
        "seed": fitted.architecture_["seed"],
    }


def test_half_a_second_at_16_khz_has_the_papers_4001_values() -> None:
    estimator = DFTCNNBaseline()
    estimator.classes_ = np.array(["phone", "recorder"])
    assert estimator._describe(None)["n_bins"] == 4001
    assert estimator.patience == 1


def test_scale_is_the_level_of_every_dft_value(fitted: DFTCNNBaseline) -> None:
    pieces = [
        np.pad(x, (0, max(0, PIECE - len(x))))[i : i + PIECE]
        for x in X
        for i in range(0, max(1, len(x) - PIECE + 1), PIECE)
    ]
    levels = np.sqrt(np.mean(np.abs(np.fft.rfft(pieces)) ** 2, axis=0))
    np.testing.assert_allclose(fitted.scale_, levels, rtol=1e-5)


def test_what_training_never_has_is_not_scaled_up() -> None:
    tone = np.cos(2 * np.pi * 4 * np.arange(PIECE) / PIECE)  # nothing but one DFT value
    estimator = _small(epochs=1).fit([tone, -0.5 * tone], ["phone", "recorder"])
    assert (estimator.scale_ == 1).sum() == 32
    assert np.isfinite(estimator.predict_proba(X)).all()


def test_an_utterance_is_the_mean_of_its_pieces(fitted: DFTCNNBaseline) -> None:
    recording = np.concatenate([X[0], X[1]])[: 3 * PIECE + 20]
    pieces = [recording[i * PIECE :][:PIECE] for i in range(3)]
    np.testing.assert_allclose(
        fitted.predict_proba([recording])[0], fitted.predict_proba(pieces).mean(axis=0), rtol=1e-6
    )


def test_a_short_recording_is_padded_with_zeros(fitted: DFTCNNBaseline) -> None:
    short = X[0][:15]
    np.testing.assert_array_equal(
        fitted.predict_proba([short]), fitted.predict_proba([np.pad(short, (0, PIECE - 15))])
    )


def test_an_answer_depends_on_its_recording_alone(fitted: DFTCNNBaseline) -> None:
    together = fitted.predict_proba(X)
    np.testing.assert_allclose(together.sum(axis=1), 1, rtol=1e-6)
    for i in (0, 7, 15):
        np.testing.assert_array_equal(fitted.predict_proba(X[i : i + 1])[0], together[i])


def test_rows_are_waveforms() -> None:
    rows = np.array([x[:20] for x in X])
    estimator = _small(epochs=1).fit(rows, LABELS)
    assert estimator.n_features_in_ == 20
    np.testing.assert_array_equal(
        estimator.predict_proba(list(rows)), estimator.predict_proba(rows)
    )


def test_pieces_are_those_of_fit(fitted: DFTCNNBaseline) -> None:
    changed = pickle.loads(pickle.dumps(fitted)).set_params(piece_seconds=0.2)
    np.testing.assert_array_equal(changed.predict_proba(X), fitted.predict_proba(X))
    with pytest.raises(ValueError, match="n_bins is now 65, but the network .* built with 33"):
        changed.partial_fit(X, LABELS)


def test_going_on_keeps_the_scale(fitted: DFTCNNBaseline) -> None:
    again = pickle.loads(pickle.dumps(fitted)).partial_fit([3 * x for x in X], LABELS)
    np.testing.assert_array_equal(again.scale_, fitted.scale_)
    assert again.n_epochs_ == 16


def test_same_seed_same_bits_other_seed_others(fitted: DFTCNNBaseline) -> None:
    again = clone(fitted).fit(X, LABELS)
    assert again.history_ == fitted.history_
    np.testing.assert_array_equal(again.predict_proba(X), fitted.predict_proba(X))
    other = clone(fitted).set_params(random_state=1, epochs=1).fit(X, LABELS)
    assert other.history_["loss"][0] != fitted.history_["loss"][0]


def test_weight_zero_leaves_a_recording_out() -> None:
    kept = np.arange(len(X)) % 5 > 0
    weighted = _small(epochs=1).fit(X, LABELS, sample_weight=kept.astype(float))
    removed = _small(epochs=1).fit([X[i] for i in np.flatnonzero(kept)], LABELS[kept])
    np.testing.assert_array_equal(weighted.predict_proba(X), removed.predict_proba(X))


def test_training_stops_when_the_validation_error_increases() -> None:
    labels = np.random.default_rng(1).permutation(LABELS)  # nothing to learn
    estimator = _small(epochs=40, early_stopping=True, validation_fraction=0.5)
    curve = estimator.fit(X, labels, groups=SPEAKERS).history_["val_loss"]
    assert 2 <= len(curve) < 40
    assert curve[-1] >= curve[-2]


def test_nothing_before_fit() -> None:
    with pytest.raises(NotFittedError, match="DFTCNNBaseline instance is not fitted"):
        _small().predict(X)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (np.array([0.1, np.nan]), "X[1] contains NaN or infinity"),
        (np.ones((3, 24)), "X[1] must be a mono waveform of shape (n_times,)"),
        (np.array([1, 2, 3]), "X[1] holds int64 samples"),
    ],
)
def test_entries_that_are_no_waveforms(fitted: Any, entry: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        fitted.predict([X[0], entry])


@pytest.mark.usefixtures("unbuilt")
@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"filters": 16}, "filters must be a sequence of integers, one a layer; got 16"),
        ({"filters": ()}, "filters must be a sequence of integers, one a layer; got ()"),
        ({"filters": (4, 0)}, "filters[1] must be at least 1, got 0"),
        ({"dense_units": 0}, "dense_units must be at least 1, got 0"),
        ({"sr": 16000.0}, "sr must be an integer, got 16000.0"),
        ({"piece_seconds": 0}, "piece_seconds must be above 0.0, got 0"),
        ({"piece_seconds": 0.001}, "piece_seconds=0.001 is 1 sample at sr=640; a piece needs"),
        ({"dropout": -1.0}, "dropout must lie in [0.0, 0.99], got -1.0"),
        ({"batch_size": 0}, "batch_size must be at least 1, got 0"),
    ],
)
def test_bad_parameters(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=re.escape(message)):
        _small(**parameters).fit(X, LABELS)


@pytest.mark.usefixtures("unbuilt")
def test_one_device_is_no_choice() -> None:
    with pytest.raises(ValueError, match="needs at least two classes, y has one class: 'phone'"):
        _small().fit(X, ["phone"] * 16)
