"""SciKeras, held in one place: networks that train on utterances, reproducibly.

Nothing else imports SciKeras. What it gives: building, compiling and fitting a Keras
model behind scikit-learn's interface. What is ours: explicit parameters, explicit
seeds, batches drawn from utterances, and a state that pickles to plain arrays.
"""

from __future__ import annotations

import copy
import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import keras
import numpy as np
from scikeras.wrappers import BaseWrapper
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state

from skaffect._optimizer import Adam
from skaffect._parameters import check_integer, check_option, check_real
from skaffect._stream import as_stream

# SciKeras 0.13 still defines scikit-learn's old `_more_tags`, which the common checks
# refuse unless the same class also has the new method; this hands on to the parent's.
BaseWrapper.__sklearn_tags__ = lambda self: super(BaseWrapper, self).__sklearn_tags__()

_MANY_WEIGHTS = 1_000_000

CallbackLike: TypeAlias = keras.callbacks.Callback | Callable[[], keras.callbacks.Callback]


class KerasEstimator(BaseWrapper):
    """Base of the estimators whose model is a Keras network.

    A subclass stores its parameters in ``__init__``, sets ``architecture_`` (plain
    values) in ``fit``, builds the network from that alone in ``_build_network`` and
    trains through ``_train``.
    """

    # SciKeras reads these as parameters; here they are settled.
    model = build_fn = metrics = None
    run_eagerly = False
    validation_split = 0.0
    _routing_prefixes: frozenset[str] = frozenset()
    _fit_kwargs = frozenset({"verbose"})
    # None keeps SciKeras from seeding and restoring process-wide generators around fit.
    _random_state = None
    # Public there, and without meaning for utterances.
    initialize = feature_encoder = target_encoder = property()

    loss: str
    epochs: int
    learning_rate: float
    learning_rate_schedule: str
    weight_decay: float
    early_stopping: bool
    patience: int
    callbacks: Sequence[CallbackLike] | None
    warm_start: bool
    verbose: int
    random_state: Any
    architecture_: dict[str, Any]

    # SciKeras finds parameters in __dict__ and accepts any `model__x`; scikit-learn's
    # own rules are the ones that clone, grids and typing errors need.
    _get_param_names: Any = classmethod(BaseEstimator._get_param_names.__func__)
    set_params = BaseEstimator.set_params
    __repr__ = BaseEstimator.__repr__

    @property
    def n_epochs_(self) -> int:
        """Number of epochs trained so far."""
        return len(self.history_["loss"])

    def _build_network(self) -> keras.Model:
        """Return the uncompiled network that ``architecture_`` describes."""
        raise NotImplementedError(f"{type(self).__name__} builds no network.")

    def _check_parameters(self) -> None:
        """Raise on a training parameter outside its set."""
        check_integer("epochs", self.epochs, at_least=1)
        check_real("learning_rate", self.learning_rate, above=0.0)
        check_option("learning_rate_schedule", self.learning_rate_schedule, ("constant", "cosine"))
        check_real("weight_decay", self.weight_decay, within=(0.0, 1.0))
        check_integer("patience", self.patience, at_least=1)
        check_option("early_stopping", self.early_stopping, (True, False))
        check_option("warm_start", self.warm_start, (True, False))
        check_option("verbose", self.verbose, (0, 1, 2, False, True))
        _check_callbacks(self.callbacks)

    def _keras_build_fn(self) -> keras.Model:
        network = self._build_network()
        optimizer = Adam(self.learning_rate, weight_decay=self.weight_decay or None)
        network.compile(optimizer=optimizer, loss=self.loss)
        return network

    def _start(self) -> None:
        """Draw the seed and build a new network from ``architecture_``."""
        self.architecture_["seed"] = self._seed
        # Kept, so that a copy computes alike where the global policy is another.
        self.architecture_["dtype"] = keras.config.dtype_policy().name
        self.history_: dict[str, list[float]] = {"loss": []}
        self.model_ = self._build_keras_model()
        # Earlier networks live on in cycles until Python looks. A worker that keeps DSRNs, of
        # 75 MB each with Adam's moments, grows until joblib puts a new one in its place.
        if self.model_.count_params() > _MANY_WEIGHTS:
            gc.collect()

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """Leave the estimator as it was when training fails or is interrupted."""
        before = self.__dict__.copy()
        arrays = _model_arrays(self.model_) if "model_" in before else None
        try:
            yield
        except BaseException:
            self.__dict__ = before
            if arrays is not None:
                _assign_arrays(self.model_, arrays)
            raise

    def _draw_seed(self) -> None:
        # SciKeras would make every RandomState seed 0.
        self._seed = int(check_random_state(self.random_state).randint(2**31 - 1))

    def _train(
        self,
        batches: keras.utils.PyDataset,
        validation: keras.utils.PyDataset | None,
        *,
        epochs: int,
    ) -> None:
        """Train for some more epochs, adding to ``history_``."""
        first, curves = self.n_epochs_, self.history_
        self._follow_weight_decay()
        self._fit_callbacks = self._new_callbacks(batches, validation is not None)
        self._fit_keras_model(
            as_stream(batches, self.model_),
            None,
            sample_weight=None,
            warm_start=False,
            epochs=epochs,
            initial_epoch=first,
            validation_data=None if validation is None else as_stream(validation, self.model_),
            shuffle=False,
        )
        del self._fit_callbacks
        # What SciKeras has put there is the new epochs alone.
        self.history_ = _joined(curves, self.history_)

    def _follow_weight_decay(self) -> None:
        """Give a changed parameter to the optimiser, whose compiled step knows the old one."""
        if self.model_.optimizer.weight_decay != (self.weight_decay or None):
            self.model_.optimizer.weight_decay = self.weight_decay or None
            self.model_.make_train_function(force=True)

    def _new_callbacks(
        self, batches: keras.utils.PyDataset, validating: bool
    ) -> list[keras.callbacks.Callback]:
        start = _EpochStart(batches, self._rate, self._seed)
        callbacks: list[keras.callbacks.Callback] = [start]
        if validating:
            callbacks.append(
                keras.callbacks.EarlyStopping(
                    monitor="val_loss", patience=self.patience, restore_best_weights=True
                )
            )
        return callbacks + [_new_callback(callback) for callback in self.callbacks or ()]

    def _rate(self, epoch: int) -> float:
        """Return the learning rate of an epoch, which depends on nothing but its number."""
        if self.learning_rate_schedule == "constant":
            return self.learning_rate
        done = epoch % self.epochs / self.epochs
        return self.learning_rate * 0.5 * (1.0 + np.cos(np.pi * done))

    def __getstate__(self) -> dict[str, Any]:
        state = dict(super().__getstate__())
        if "model_" in state:
            state["model_"] = _model_arrays(state["model_"])
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if "model_" in state:
            self.model_ = self._keras_build_fn()
            self.model_.optimizer.build(self.model_.trainable_variables)
            _assign_arrays(self.model_, state["model_"])


class _EpochStart(keras.callbacks.Callback):
    """Make every epoch a function of its number: its batches, its rate and its dropout.

    Keras tells batches when an epoch has ended, but before the first one as well, or not,
    depending on the backend.
    """

    def __init__(
        self, batches: keras.utils.PyDataset, rate: Callable[[int], float], seed: int
    ) -> None:
        super().__init__()
        self._batches = batches
        self._rate = rate
        self._seed = seed

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Draw the batches, set the rate and reseed every layer that draws random numbers."""
        self._batches.start_epoch(epoch)
        self.model.optimizer.learning_rate = self._rate(epoch)
        for i, layer in enumerate(self.model.layers):
            if (generator := getattr(layer, "seed_generator", None)) is not None:
                stream = np.random.SeedSequence([self._seed, epoch, i])
                generator.state.assign(stream.generate_state(2))


def _model_arrays(model: keras.Model) -> dict[str, list[Any]]:
    """Copy what training changes."""
    return {
        "weights": model.get_weights(),
        "optimizer": [variable.numpy() for variable in model.optimizer.variables],
    }


def _assign_arrays(model: keras.Model, arrays: dict[str, list[Any]]) -> None:
    """Set what training changes to copied values."""
    model.set_weights(arrays["weights"])
    for variable, value in zip(model.optimizer.variables, arrays["optimizer"], strict=True):
        variable.assign(value)


def _joined(curves: dict[str, list[float]], new: dict[str, list[Any]]) -> dict[str, list[float]]:
    """Append learning curves; epochs that did not measure one have NaN there."""
    n_before, n_new = len(curves["loss"]), len(new["loss"])
    return {
        name: [
            *curves.get(name, [np.nan] * n_before),
            *map(float, new.get(name, [np.nan] * n_new)),
        ]
        for name in {**curves, **new}
    }


def _check_callbacks(callbacks: Any) -> None:
    """Raise unless `callbacks` is None or a sequence of callbacks or of what makes them."""
    wanted = "callbacks must be a list of Keras callbacks, or of what makes them"
    if callbacks is None:
        return
    if not isinstance(callbacks, Sequence) or isinstance(callbacks, str):
        raise TypeError(f"{wanted}; got {callbacks!r}.")
    for i, callback in enumerate(callbacks):
        if not (isinstance(callback, keras.callbacks.Callback) or callable(callback)):
            raise TypeError(f"{wanted}; callbacks[{i}] is {callback!r}.")


def _new_callback(callback: CallbackLike) -> keras.callbacks.Callback:
    """Return a callback of this fit's own: the given one is a parameter and stays as it is."""
    if isinstance(callback, keras.callbacks.Callback):
        return copy.deepcopy(callback)
    made = callback()
    if not isinstance(made, keras.callbacks.Callback):
        raise TypeError(f"callbacks must make Keras callbacks, but {callback!r} made {made!r}.")
    return made
