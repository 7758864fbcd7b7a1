"""The Keras base: seeds, copies, going on, callbacks, interruptions.

A tiny DERN stands for every estimator built on it.
"""

from __future__ import annotations

import copy
import inspect
import io
import pickle
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import joblib
import keras
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from skaffect import DERNClassifier, Windows
from skaffect._batches import FrameBatches
from skaffect._keras import KerasEstimator, _joined


def _utterances() -> tuple[list[Windows], np.ndarray]:
    rng = np.random.default_rng(0)
    labels = np.array(["calm", "angry"] * 5)
    return [
        Windows(rng.normal(label == "angry", 1, (rng.integers(4, 9), 6)), context=3)
        for label in labels
    ], labels


X, Y = _utterances()


def _tiny(**parameters: Any) -> DERNClassifier:
    """Return a small network with everything random switched on."""
    defaults = {
        "filters": (2,),
        "dense_units": 4,
        "dropout": 0.5,
        "augmentation": 1.0,
        "frame_stride": 2,
        "epochs": 2,
        "batch_size": 16,
        "learning_rate": 0.02,
        "random_state": 0,
    }
    return DERNClassifier(**{**defaults, **parameters})


def _arrays(estimator: DERNClassifier) -> list[np.ndarray]:
    optimizer = [np.asarray(variable) for variable in estimator.model_.optimizer.variables]
    return [*estimator.model_.get_weights(), *optimizer]


def _same_bits(one: DERNClassifier, other: DERNClassifier) -> bool:
    return (
        one.history_ == other.history_
        and all(map(np.array_equal, _arrays(one), _arrays(other)))
        and np.array_equal(one.predict_proba(X), other.predict_proba(X))
    )


def _pickled(estimator: DERNClassifier) -> DERNClassifier:
    return pickle.loads(pickle.dumps(estimator))


def _dumped(estimator: DERNClassifier) -> DERNClassifier:
    file = io.BytesIO()
    joblib.dump(estimator, file)
    file.seek(0)
    return joblib.load(file)


@contextmanager
def _noise() -> Iterator[None]:
    """Draw from and reseed every process-wide generator in another thread meanwhile."""
    stop = threading.Event()

    def draw() -> None:
        seed = 0
        while not stop.wait(0.001):
            seed += 1
            random.random()
            np.random.random(3)  # noqa: NPY002
            keras.utils.set_random_seed(seed)
            keras.random.normal((2,))

    before = random.getstate(), np.random.get_state()  # noqa: NPY002
    thread = threading.Thread(target=draw)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        random.setstate(before[0])
        np.random.set_state(before[1])  # noqa: NPY002


class _Interrupt(keras.callbacks.Callback):
    """Stand for a user who presses Ctrl-C in the middle of an epoch."""

    def __init__(self, epoch: int) -> None:
        super().__init__()
        self._left = epoch

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._left -= 1

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if self._left < 0:
            raise KeyboardInterrupt


class _Rates(keras.callbacks.Callback):
    """Write down the learning rate of every batch."""

    def __init__(self, rates: list[float]) -> None:
        super().__init__()
        self._rates = rates

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._rates.append(float(self.model.optimizer.learning_rate.numpy()))


@pytest.fixture(scope="module")
def fitted() -> DERNClassifier:
    return _tiny().fit(X, Y)


# Seeds


def test_same_seed_same_bits_while_another_thread_draws(fitted: DERNClassifier) -> None:
    with _noise():
        noisy = _tiny().fit(X, Y)
    assert _same_bits(noisy, fitted)


def test_another_seed_gives_other_bits(fitted: DERNClassifier) -> None:
    other = _tiny(random_state=1).fit(X, Y)
    for one, another in zip(
        fitted.model_.trainable_variables, other.model_.trainable_variables, strict=True
    ):
        assert not np.array_equal(np.asarray(one), np.asarray(another))
    assert not np.array_equal(fitted.predict_proba(X), other.predict_proba(X))


def test_a_random_state_gives_its_draws_and_process_wide_generators_stay(
    fitted: DERNClassifier,
) -> None:
    before = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
    instance = np.random.RandomState(0)
    estimator = _tiny(random_state=instance).fit(X, Y)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before  # noqa: NPY002
    assert _same_bits(estimator, fitted)
    # The instance has moved on, as everywhere in scikit-learn: the next fit differs.
    assert estimator.random_state is instance
    estimator._draw_seed()
    assert estimator._seed != fitted._seed


def test_no_random_state_draws_anew() -> None:
    seeds = set()
    for _ in range(5):
        estimator = _tiny(random_state=None)
        estimator._draw_seed()
        seeds.add(estimator._seed)
    assert len(seeds) == 5


# Copies


@pytest.mark.parametrize("duplicate", [_pickled, _dumped, copy.deepcopy])
def test_a_fitted_copy_is_the_same(
    fitted: DERNClassifier, duplicate: Callable[[DERNClassifier], DERNClassifier]
) -> None:
    before = fitted.predict_proba(X)
    copied = duplicate(fitted)
    assert copied.model_ is not fitted.model_
    assert _same_bits(copied, fitted)
    np.testing.assert_array_equal(fitted.predict_proba(X), before)


@pytest.mark.parametrize("duplicate", [_pickled, _dumped, copy.deepcopy])
def test_an_unfitted_copy_is_the_same(
    duplicate: Callable[[DERNClassifier], DERNClassifier],
) -> None:
    copied = duplicate(_tiny(epochs=7))
    assert copied.get_params() == _tiny(epochs=7).get_params()
    assert not hasattr(copied, "model_")


def test_a_clone_is_unfitted_and_the_original_stays(fitted: DERNClassifier) -> None:
    copied = clone(fitted)
    assert copied.get_params() == fitted.get_params()
    assert [name for name in vars(copied) if name.endswith("_")] == []
    assert hasattr(fitted, "model_")
    with pytest.raises(NotFittedError):
        copied.predict(X)


def test_a_pickle_holds_plain_arrays(fitted: DERNClassifier) -> None:
    state = fitted.__getstate__()
    assert set(state["model_"]) == {"weights", "optimizer"}
    pickled = pickle.dumps(fitted)
    assert b"keras" not in pickled.replace(b"skaffect._keras", b"")
    assert b"tensorflow" not in pickled


# Going on


def test_training_resumed_from_a_pickle_equals_training_that_never_stopped() -> None:
    rates: list[float] = []
    whole = _tiny(epochs=4, callbacks=[lambda: _Rates(rates)]).fit(X, Y)
    parts = _tiny(epochs=4)
    for _ in range(2):
        parts.partial_fit(X, Y)
    resumed = _pickled(parts)
    with _noise():
        for _ in range(2):
            resumed.partial_fit(X, Y)
    assert _same_bits(resumed, whole)
    assert resumed.n_epochs_ == 4
    assert parts.n_epochs_ == 2
    # Half a cosine over the epochs, each batch of an epoch at one rate.
    expected = 0.02 * 0.5 * (1 + np.cos(np.pi * np.arange(4) / 4))
    np.testing.assert_allclose(np.unique(rates)[::-1], expected, rtol=1e-6)


def test_warm_start_goes_on_and_follows_changed_parameters() -> None:
    options = {"learning_rate_schedule": "constant", "warm_start": True}
    whole = _tiny(epochs=4, **options).fit(X, Y)
    warm = _tiny(epochs=1, **options).fit(X, Y).set_params(epochs=3).fit(X, Y)
    assert _same_bits(warm, whole)

    # The live network and its copy obey a parameter that Keras compiles into its step.
    warm.set_params(weight_decay=0.5)
    copied = _pickled(warm)
    assert _same_bits(copied.fit(X, Y), warm.fit(X, Y))
    whole.set_params(epochs=3).fit(X, Y)
    assert not np.array_equal(whole.predict_proba(X), warm.predict_proba(X))
    assert whole.n_epochs_ == warm.n_epochs_ == 7


def test_every_epoch_trains_on_the_batches_of_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def draw(batches: FrameBatches, number: int) -> Any:
        drawn.add((batches._epoch, number))
        return drawing(batches, number)

    drawing, drawn = FrameBatches.__getitem__, set[tuple[int, int]]()
    monkeypatch.setattr(FrameBatches, "__getitem__", draw)
    model = _tiny(warm_start=True)
    for n_epochs in (2, 4):
        model.fit(X, Y)
        assert drawn == {(epoch, number) for epoch in range(n_epochs) for number in (0, 1)}


def test_training_beyond_the_schedule_starts_its_next_half_cosine() -> None:
    estimator = _tiny(epochs=4, learning_rate=0.1)
    rates = [estimator._rate(epoch) for epoch in range(8)]
    assert rates[:4] == rates[4:]
    assert rates[0] == 0.1
    assert min(rates) > 0
    assert _tiny(learning_rate_schedule="constant")._rate(99) == 0.02


@pytest.mark.parametrize("going_on", ["warm_start", "partial_fit"])
def test_a_network_of_another_shape_cannot_go_on(fitted: DERNClassifier, going_on: str) -> None:
    estimator = _pickled(fitted).set_params(dense_units=5, warm_start=True)
    go_on = estimator.fit if going_on == "warm_start" else estimator.partial_fit
    with pytest.raises(ValueError, match="dense_units is now 5.*was built with 4.*Set it back"):
        go_on(X, Y)
    assert _same_bits(estimator, fitted)


# Learning curves


def test_learning_curves_are_plain(fitted: DERNClassifier) -> None:
    assert type(fitted.history_) is dict
    assert list(fitted.history_) == ["loss"]
    assert [type(value) for value in fitted.history_["loss"]] == [float, float]
    assert fitted.n_epochs_ == 2


def test_learning_curves_stay_aligned() -> None:
    joined = _joined({"loss": [3.0, 2.0]}, {"loss": [1.0], "val_loss": [np.float32(4)]})
    np.testing.assert_equal(joined, {"loss": [3.0, 2.0, 1.0], "val_loss": [np.nan, np.nan, 4.0]})
    joined = _joined(joined, {"loss": [0.5]})
    np.testing.assert_equal(joined["val_loss"], [np.nan, np.nan, 4.0, np.nan])


# Callbacks and output


class _Counter(keras.callbacks.Callback):
    """Count epochs where all copies of the callback can see it, and in itself."""

    total = 0

    def __init__(self) -> None:
        super().__init__()
        self.own = 0

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        type(self).total += 1
        self.own += 1


def test_callbacks_are_called_and_progress_is_shown(capfd: pytest.CaptureFixture[str]) -> None:
    given, made = _Counter(), _Counter()
    before = _Counter.total
    estimator = _tiny(callbacks=[given, lambda: made], verbose=1).fit(X, Y)
    assert _Counter.total - before == 4
    assert (given.own, made.own) == (0, 2)
    assert given.model is None
    assert estimator.callbacks[0] is given
    shown = capfd.readouterr().out
    assert "Epoch 1/2" in shown
    assert "Epoch 2/2" in shown
    assert "loss" in shown


def test_training_is_silent_by_default(
    fitted: DERNClassifier, capfd: pytest.CaptureFixture[str]
) -> None:
    _pickled(fitted).partial_fit(X, Y).predict(X)
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize(
    ("callbacks", "message"),
    [
        ([3], "callbacks must be a list of Keras callbacks.*callbacks[0] is 3"),
        ("x", "callbacks must be a list of Keras callbacks.*got 'x'"),
        (_Counter(), "callbacks must be a list of Keras callbacks.*got <.*_Counter"),
        ([dict], "callbacks must make Keras callbacks, but <class 'dict'> made {}"),
    ],
)
def test_what_is_no_callback_is_refused(callbacks: Any, message: str) -> None:
    pattern = message.replace("[0]", r"\[0\]").replace("{}", r"\{\}")
    with pytest.raises(TypeError, match=pattern):
        _tiny(callbacks=callbacks).fit(X, Y)


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("early_stopping", "True, False"),
        ("warm_start", "True, False"),
        ("verbose", "0, 1, 2, False, True"),
    ],
)
def test_switches_have_their_positions(name: str, allowed: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be one of {allowed}; got 'no'"):
        _tiny(**{name: "no"}).fit(X, Y)


# Interruptions


def test_an_interrupted_first_fit_leaves_it_unfitted() -> None:
    estimator = _tiny(callbacks=[_Interrupt(1)])
    before = dict(vars(estimator))
    with pytest.raises(KeyboardInterrupt):
        estimator.fit(X, Y)
    assert vars(estimator) == before
    with pytest.raises(NotFittedError):
        estimator.predict(X)


def test_an_interrupted_continuation_leaves_it_as_it_was(fitted: DERNClassifier) -> None:
    live, undisturbed = _pickled(fitted), _pickled(fitted).partial_fit(X, Y)
    live.set_params(callbacks=[_Interrupt(1)], warm_start=True)
    with pytest.raises(KeyboardInterrupt):
        live.fit(X, Y)
    assert _same_bits(live, fitted)
    live.set_params(callbacks=None)
    assert _same_bits(live.partial_fit(X, Y), undisturbed)


def test_an_interrupted_new_fit_keeps_the_former_one(fitted: DERNClassifier) -> None:
    estimator = _pickled(fitted).set_params(callbacks=[_Interrupt(0)], filters=(3,))
    with pytest.raises(KeyboardInterrupt):
        estimator.fit(X, np.where(Y == "calm", "happy", "sad"))
    assert estimator.classes_.tolist() == ["angry", "calm"]
    assert _same_bits(estimator, fitted)


def test_bad_input_keeps_the_former_fit(fitted: DERNClassifier) -> None:
    estimator = _pickled(fitted)
    with pytest.raises(ValueError, match="at least two classes"):
        estimator.fit(X[:1] * 4, ["happy"] * 4)
    with pytest.raises(ValueError, match="at least two classes"):
        estimator.fit([Windows(np.ones((3, 9)))], ["happy"])
    assert estimator.window_shape_in_ == (6, 3)
    assert _same_bits(estimator, fitted)


# The interface is scikit-learn's, not SciKeras'


def test_parameters_are_those_of_the_constructor() -> None:
    names = set(inspect.signature(DERNClassifier).parameters)
    estimator = _tiny()
    assert set(estimator.get_params()) == names
    assert set(vars(estimator)) == names
    with pytest.raises(ValueError, match="Invalid parameter 'model'"):
        estimator.set_params(model__filters=3)


@pytest.mark.parametrize("method", ["fit", "partial_fit", "predict", "predict_proba", "score"])
def test_methods_name_their_arguments(method: str) -> None:
    # Metadata routing reads the names, and a **kwargs would swallow a misspelt one.
    kinds = {p.kind for p in inspect.signature(getattr(_tiny(), method)).parameters.values()}
    assert kinds == {inspect.Parameter.POSITIONAL_OR_KEYWORD}


@pytest.mark.parametrize("name", ["initialize", "feature_encoder", "target_encoder"])
def test_what_means_nothing_here_is_hidden(name: str) -> None:
    assert not hasattr(_tiny(), name)


def test_the_base_alone_builds_nothing() -> None:
    with pytest.raises(NotImplementedError, match="KerasEstimator builds no network"):
        KerasEstimator()._build_network()
