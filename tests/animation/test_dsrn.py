"""DSRN as an estimator: what it learns, answers and refuses."""

from __future__ import annotations

import pickle
import re
import warnings
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone, is_regressor
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_score

from skaffect import DSRNRegressor, Windows, shape_mse
from skaffect._chunks import ChunkBatches
from skaffect._targets import overlap_average

N_BANDS, CONTEXT, N_OUTPUTS = 8, 5, 3


def _speech(lengths: list[int], seed: int = 0) -> tuple[list[Windows], list[np.ndarray]]:
    """Make frames, and targets that depend on the frames before and after."""
    rng = np.random.default_rng(seed)
    X, y = [], []
    for n in lengths:
        frames = rng.normal(size=(n, N_BANDS)).astype(np.float32)
        around = np.pad(frames[:, :N_OUTPUTS], ((1, 1), (0, 0)), mode="edge")
        X.append(Windows(frames, CONTEXT))
        y.append(10 * (around[:-2] + around[2:]) + [5.0, 0.0, -100.0])
    return X, y


X, Y = _speech([40, 25, 60, 33, 48, 52])
GROUPS = np.array(["anna", "anna", "ben", "ben", "cleo", "cleo"])


def _small(**parameters: Any) -> DSRNRegressor:
    defaults = {
        "filters": (8,),
        "dense_units": (32,),
        "dropout": 0.0,
        "output_context": 3,
        "epochs": 30,
        "batch_size": 32,
        "learning_rate": 0.01,
        "frame_stride": 1,
        "random_state": 0,
    }
    return DSRNRegressor(**{**defaults, **parameters})


@pytest.fixture(scope="module")
def fitted() -> DSRNRegressor:
    return _small().fit(X, Y)


@pytest.fixture
def unbuilt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail when a network is built: what is refused must be refused before."""
    monkeypatch.setattr(DSRNRegressor, "_build_network", lambda self: pytest.fail("built"))


def test_learns_what_depends_on_neighbouring_frames(fitted: DSRNRegressor) -> None:
    unseen_X, unseen_y = _speech([50, 70], seed=1)
    assert fitted.score(unseen_X, unseen_y) > 0.3
    assert fitted.history_["loss"][-1] < 0.6 * fitted.history_["loss"][0]


def test_loss_is_in_the_targets_units(fitted: DSRNRegressor) -> None:
    # The mean of three overlapping estimates is at least as good as each of them.
    assert shape_mse(Y, fitted.predict(X)) <= fitted.history_["loss"][-1] * 1.1
    spread = np.concatenate(Y).var(axis=0).mean()
    assert 0.3 * spread < fitted.history_["loss"][0] < 2 * spread


def test_answers_have_the_utterances_lengths(fitted: DSRNRegressor) -> None:
    answers = fitted.predict(X)
    assert answers.shape == (len(X),)
    assert [answer.shape for answer in answers] == [(len(x), N_OUTPUTS) for x in X]
    assert answers[0].dtype == np.float32


@pytest.mark.parametrize("length", [1, 2, 59, 60, 61, 130])
def test_an_answer_is_the_average_of_the_windows_estimates(
    fitted: DSRNRegressor, length: int
) -> None:
    [utterance], _ = _speech([length], seed=length)
    # As arrays, every window runs through the network alone.
    [alone] = fitted._estimates([np.asarray(utterance)])
    np.testing.assert_allclose(
        fitted.predict([utterance])[0], overlap_average(alone), rtol=1e-5, atol=1e-4
    )


def test_an_answer_does_not_depend_on_what_else_is_asked(fitted: DSRNRegressor) -> None:
    together = fitted.predict(X)
    for i in (0, 3):
        # But for rounding: the place in a batch decides how products are added up.
        np.testing.assert_allclose(fitted.predict([X[i]])[0], together[i], rtol=1e-5, atol=1e-4)


def test_many_frames_are_answered_as_few_are(fitted: DSRNRegressor) -> None:
    rng = np.random.default_rng(0)
    lengths = [300, 1, 1900, 7, 40, 2100]  # two large batches, and small ones for the rest
    n_bands, context = fitted.window_shape_in_
    entries = [Windows(rng.normal(size=(n, n_bands)), context) for n in lengths]
    together = fitted.predict(entries)
    sizes: list[int] = []
    network = fitted._fast_network(fitted._chunk_frames)
    real = network.predict_on_batch
    network.predict_on_batch = lambda rows: (sizes.append(len(rows)), real(rows))[1]
    try:
        again = fitted.predict(entries)
    finally:
        del network.predict_on_batch
    few, many = 256 // fitted._chunk_frames, 2048 // fitted._chunk_frames
    assert sizes.count(many) == 2
    assert set(sizes) == {many, few}
    for entry, answer, same in zip(entries, together, again, strict=True):
        np.testing.assert_array_equal(answer, same)
        np.testing.assert_allclose(answer, fitted.predict([entry])[0], atol=1e-4)


def test_unobserved_frames_train_nothing_and_are_not_scored() -> None:
    hidden = [target.copy() for target in Y]
    garbled = [x.frames.copy() for x in X]
    for i in range(len(Y)):
        # Windows reach two frames, and targets one: what only the hidden ones see is frame 9.
        hidden[i][6:13] = np.nan
        garbled[i][9] = 1e3
    one = _small(epochs=2).fit(X, hidden)
    other = _small(epochs=2).fit([Windows(frames, CONTEXT) for frames in garbled], hidden)
    assert np.array_equal(one.predict(X)[0], other.predict(X)[0])
    full = _small(epochs=2).fit(X, Y)
    assert not np.array_equal(one.predict(X)[0], full.predict(X)[0])
    known = [~np.isnan(target[:, 0]) for target in hidden]
    true = np.concatenate([t[k] for t, k in zip(Y, known, strict=True)])
    given = np.concatenate([a[k] for a, k in zip(one.predict(X), known, strict=True)])
    expected = 1 - np.sum((true - given) ** 2) / np.sum((true - true.mean(axis=0)) ** 2)
    assert one.score(X, hidden) == pytest.approx(expected, abs=1e-5)


def test_score_is_the_coefficient_of_determination(fitted: DSRNRegressor) -> None:
    true, answered = np.concatenate(Y), np.concatenate(list(fitted.predict(X)))
    spread = np.sum((true - true.mean(axis=0)) ** 2)
    assert fitted.score(X, Y) == pytest.approx(1 - np.sum((true - answered) ** 2) / spread)


def test_one_frame_rows() -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(120, 6))
    flat = _small(epochs=60).fit(rows, rows[:, 0] * 3 + 1)
    assert flat.predict(rows).shape == (120,)
    assert flat.score(rows, rows[:, 0] * 3 + 1) > 0.8
    assert _small(epochs=1).fit(rows, rows[:, :2]).predict(rows[:4]).shape == (4, 2)


def test_equal_lengths_come_back_as_a_block() -> None:
    block = np.random.default_rng(0).normal(size=(4, 9, 6))
    assert _small(epochs=1).fit(block, block[:, :, :2]).predict(block).shape == (4, 9, 2)


def test_same_seed_same_bits_other_seed_other_bits() -> None:
    def answer(seed: int) -> np.ndarray:
        dsrn = _small(epochs=2, dropout=0.5, frame_stride=2, random_state=seed)
        return dsrn.fit(X, Y).predict(X)[0]

    assert np.array_equal(answer(1), answer(1))
    assert not np.array_equal(answer(1), answer(2))


def test_pickled_and_going_on_equals_never_stopping() -> None:
    parameters = {"dropout": 0.5, "frame_stride": 2, "learning_rate_schedule": "constant"}
    whole = _small(epochs=4, **parameters).fit(X, Y)
    half = _small(epochs=2, warm_start=True, **parameters).fit(X, Y)
    reloaded = pickle.loads(pickle.dumps(half))
    assert np.array_equal(reloaded.predict(X)[0], half.predict(X)[0])
    assert np.array_equal(reloaded.fit(X, Y).predict(X)[0], whole.predict(X)[0])
    assert reloaded.history_["loss"] == whole.history_["loss"]


def test_partial_fit_trains_for_one_epoch_and_keeps_the_scaling() -> None:
    dsrn = _small().partial_fit(X[:3], Y[:3])
    scale = dsrn.target_scale_.copy()
    dsrn.partial_fit(X[3:], Y[3:])
    assert dsrn.n_epochs_ == 2
    assert np.array_equal(dsrn.target_scale_, scale)
    with pytest.raises(ValueError, match="y has 2 outputs, but the network"):
        dsrn.partial_fit(X, [target[:, :2] for target in Y])


def test_answers_follow_further_training() -> None:
    dsrn = _small(epochs=1, warm_start=True).fit(X, Y)
    before = dsrn.predict(X)[0]
    after = dsrn.fit(X, Y).predict(X)[0]
    assert not np.array_equal(before, after)
    reloaded = pickle.loads(pickle.dumps(dsrn))
    assert np.array_equal(reloaded.predict(X)[0], after)


def test_early_stopping_holds_out_whole_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    split = DSRNRegressor._split
    monkeypatch.setattr(
        DSRNRegressor, "_split", lambda *given: seen.append(split(*given)) or seen[-1]
    )
    dsrn = _small(epochs=3, early_stopping=True, validation_fraction=0.3, patience=2)
    dsrn.fit(X, Y, groups=GROUPS)
    training, validation = seen[0]
    held_out = {
        g for x in validation.entries for g, own in zip(GROUPS, X, strict=True) if own is x
    }
    assert len(held_out) == 1
    assert len(validation.entries) == 2
    assert len(training.entries) == 4
    assert len(dsrn.history_["val_loss"]) == dsrn.n_epochs_


def test_early_stopping_without_groups_warns_the_caller() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        _small(epochs=1, early_stopping=True, validation_fraction=0.3).fit(X, Y)
    [warning] = [w for w in caught if "may share speakers" in str(w.message)]
    assert warning.filename == __file__


def test_weights() -> None:
    weighted = _small(epochs=2).fit(X, Y, sample_weight=[1, 1, 1, 1, 0, 0])
    left_out = _small(epochs=2).fit(X[:4], Y[:4])
    assert np.array_equal(weighted.predict(X)[0], left_out.predict(X)[0])
    heavier = _small(epochs=2).fit(X, Y, sample_weight=[9, 1, 1, 1, 1, 1])
    assert not np.array_equal(heavier.predict(X)[0], _small(epochs=2).fit(X, Y).predict(X)[0])


def test_in_scikit_learn() -> None:
    assert is_regressor(_small())
    scores = cross_val_score(_small(epochs=1), X, Y, groups=GROUPS, cv=GroupKFold(3))
    assert scores.shape == (3,)
    assert np.isfinite(scores).all()
    search = GridSearchCV(_small(epochs=1), {"filters": [(2,), (4,)]}, cv=2).fit(X, Y)
    assert search.best_estimator_.architecture_["filters"] == search.best_params_["filters"]


def test_clone_is_unfitted(fitted: DSRNRegressor) -> None:
    with pytest.raises(NotFittedError):
        clone(fitted).predict(X)


def test_score_refuses_other_outputs(fitted: DSRNRegressor) -> None:
    with pytest.raises(ValueError, match=re.escape("y[0] has 1 columns, but the answers have 3")):
        fitted.score(X, [target[:, :1] for target in Y])


def test_a_small_batch_is_small() -> None:
    batches = _small(batch_size=8)
    batches.fit(X, Y)
    inputs, _, _ = ChunkBatches(
        X, Y, np.ones(len(X)), batch_size=8, output_context=3, chunk_frames=8
    )[0]
    assert inputs["first"].size == 8


@pytest.mark.usefixtures("unbuilt")
@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"filters": (2, 2, 2, 2, 2)}, "filters must have at most 4 values"),
        ({"filters": 8}, "filters must be a sequence of integers"),
        ({"dense_units": ()}, "dense_units must be a sequence of integers"),
        ({"dense_units": (0,)}, "dense_units[0] must be at least 1"),
        ({"output_context": 4}, "output_context is a total width in frames and must be odd"),
        ({"dropout": 1.0}, "dropout must lie in [0.0, 0.99]"),
        ({"frame_stride": 0}, "frame_stride must be at least 1"),
        ({"batch_size": 0.5}, "batch_size must be an integer"),
    ],
)
def test_bad_parameters(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=re.escape(message)):
        _small(**parameters).fit(X, Y)


@pytest.mark.usefixtures("unbuilt")
@pytest.mark.parametrize(
    ("y", "more", "message"),
    [
        (None, {}, "requires y to be passed"),
        (Y[:5], {}, "X holds 6 utterances, but y has 5 entries"),
        (Y, {"groups": GROUPS[:2]}, "but groups has 2 entries"),
        (Y, {"sample_weight": [0.0] * 6}, "at least one non-zero"),
        ([target[1:] for target in Y], {}, "y[0] has 39 frames, but X[0] has 40"),
    ],
)
def test_bad_input(y: Any, more: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        _small().fit(X, y, **more)


def test_another_band_count_at_predict(fitted: DSRNRegressor) -> None:
    with pytest.raises(ValueError, match="but DSRNRegressor was fitted on"):
        fitted.predict([Windows(np.zeros((5, N_BANDS + 1)), CONTEXT)])
