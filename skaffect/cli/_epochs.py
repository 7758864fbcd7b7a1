"""Progress of training, a line for some of the epochs."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Any

import keras
from sklearn.base import BaseEstimator

from skaffect.cli._progress import say

_SECONDS_BETWEEN_LINES = 2.0


class EpochLines(keras.callbacks.Callback):
    """Say on the standard error stream which epoch is done, at most every two seconds.

    The class itself is given to a network as one of its `callbacks`, so that each of several
    networks has lines of its own.
    """

    def __init__(self) -> None:
        super().__init__()
        self._said = self._started = time.monotonic()

    def on_train_begin(self, logs: Any = None) -> None:
        """Start the clock."""
        self._started = self._said = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Say it, of the last epoch always."""
        now, n_epochs = time.monotonic(), self.params["epochs"]
        if epoch + 1 < n_epochs and now - self._said < _SECONDS_BETWEEN_LINES:
            return
        self._said = now
        loss = (logs or {}).get("loss", float("nan"))
        say(
            f"  {self.model.name}: epoch {epoch + 1} of {n_epochs}, loss {loss:#.4g}, "
            f"{now - self._started:.1f} s"
        )


def epochs_of(model: Any) -> int | dict[str, int]:
    """Return what a model's network trained for, or that of each class where there are several."""
    epochs = dict(_trained(model))
    return next(iter(epochs.values())) if len(epochs) == 1 else epochs


def _trained(model: Any) -> Iterator[tuple[str, int]]:
    """Yield class and epochs of each network in a fitted model."""
    if isinstance(model, BaseEstimator):
        if hasattr(model, "history_"):
            yield type(model).__name__, model.n_epochs_
        model = vars(model)
    for part in _parts(model):
        yield from _trained(part)


def _parts(container: Any) -> Iterable[Any]:
    if isinstance(container, dict):
        return container.values()
    return container if isinstance(container, list | tuple) else ()


def drop_callbacks(model: Any) -> Any:
    """Return a model after taking the callbacks, which no model file holds, from all its parts."""
    if isinstance(model, BaseEstimator):
        if hasattr(model, "callbacks"):
            model.set_params(callbacks=None)
        drop_callbacks(vars(model))
    for part in _parts(model):
        drop_callbacks(part)
    return model
