"""Estimators to JSON and arrays, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn import config_context
from sklearn.base import BaseEstimator

from skaffect.persistence._attributes import check_attributes
from skaffect.persistence._container import Arrays
from skaffect.persistence._travellers import TRAVELLERS, Traveller
from skaffect.persistence._values import ValueReader, ValueWriter

# Parameters that stay behind, and why: the file has None for them.
_STAYING = {
    "callbacks": "callbacks are code, which only training needs",
    "cache": "a cache is a folder on this machine",
    "memory": "a cache is a folder of pickles on this machine",
}
# So does this one without a word; earlier files have it.
_CORES = "n_jobs"
_METHODS = (
    "fit",
    "partial_fit",
    "predict",
    "predict_proba",
    "predict_log_proba",
    "decision_function",
    "score",
    "transform",
    "inverse_transform",
)


class ModelWriter(ValueWriter):
    """Turn a model into JSON and arrays, noting its `classes` and what is `left_behind`."""

    def __init__(self) -> None:
        super().__init__()
        self.classes: list[str] = []
        self.left_behind: list[str] = []

    def other(self, value: Any, place: str) -> Any:
        """Return the JSON of an estimator, or raise."""
        if not isinstance(value, BaseEstimator):
            return super().other(value, place)
        traveller = check_traveller(value, place)
        name = type(value).__name__
        if name not in self.classes:
            self.classes.append(name)
        node = {
            "class": name,
            "params": self._params(value, place),
            "fitted": self._fitted(value, traveller, place),
            "requests": _requests(value),
        }
        if "model_" in vars(value):
            value._check_parameters()  # it could not be built again
            node["weights"] = {
                name: self.value(weights, f"{place}.model_.{name}")
                for name, weights in _weights(value.model_).items()
            }
        return {"estimator": {key: content for key, content in node.items() if content}}

    def _params(self, estimator: Any, place: str) -> dict[str, Any]:
        params = {}
        for name, value in estimator.get_params(deep=False).items():
            reason = _STAYING.get(name) if value else None
            if name == "random_state" and isinstance(value, np.random.RandomState):
                reason = "training has used its state up"
            if reason is not None:
                self.left_behind.append(f"{place}.{name} ({reason})")
            staying = reason is not None or name in _STAYING or name == _CORES
            travelling = None if staying else value
            params[name] = self.value(travelling, f"{place}.{name}")
        return params

    def _fitted(self, estimator: Any, traveller: Traveller, place: str) -> dict[str, Any]:
        apart = {"model_", "_metadata_request", *traveller.rebuilt}
        apart |= estimator.get_params(deep=False).keys()
        own = {name: value for name, value in vars(estimator).items() if name not in apart}
        architecture = own.pop("architecture_", None)
        _check_fitted(place, own, traveller)
        if architecture is not None:
            own["architecture_"] = architecture
        return {name: self.value(value, f"{place}.{name}") for name, value in own.items()}


class ModelReader(ValueReader):
    """Turn JSON and arrays back into a model."""

    def __init__(self, arrays: Arrays) -> None:
        super().__init__(arrays)
        self._kinds["estimator"] = self._estimator

    def _estimator(self, node: Any, place: str) -> Any:
        node = {"class": None} | _mapping(node, place)
        name = node.pop("class")
        if not isinstance(name, str) or name not in TRAVELLERS:
            raise ValueError(f"{place} is of class {name!r}, which no model file may hold.")
        traveller = TRAVELLERS[name]
        estimator = traveller.kind(**self._params(node.pop("params", {}), traveller, place))
        fitted = self._mapped(node.pop("fitted", {}), place)
        architecture = fitted.pop("architecture_", None)
        _check_fitted(place, fitted, traveller)
        for attribute, value in fitted.items():
            setattr(estimator, attribute, value)
        _request(estimator, node.pop("requests", {}), place)
        weights = self._mapped(node.pop("weights", {}), f"{place}.model_")
        if traveller.network is not None and fitted:
            _check_agreement(estimator, architecture, traveller, place)
            traveller.network.check(place, architecture, weights)
            _build(estimator, architecture, weights)
            for attribute, new in traveller.rebuilt.items():
                setattr(estimator, attribute, new())
        elif architecture is not None or weights:
            raise ValueError(f"{place} has parts of a network, which this {name} has not.")
        if node:
            raise ValueError(f"{place} has an unknown part: {', '.join(node)}.")
        return estimator

    def _params(self, node: Any, traveller: Traveller, place: str) -> dict[str, Any]:
        params = self._mapped(node, place)
        known = traveller.kind._get_param_names()  # type: ignore[attr-defined]
        for name, value in params.items():
            if name not in known:
                raise ValueError(f"{place} has no parameter {name!r}.")
            if name in _STAYING and value is not None:
                raise ValueError(f"{place}.{name} must be None in a model file.")
            if name in traveller.checked and not traveller.checked[name].fits(value):
                raise ValueError(f"{place}.{name} must be {traveller.checked[name].name}.")
        if _CORES in params:
            params[_CORES] = None
        return params

    def _mapped(self, node: Any, place: str) -> dict[str, Any]:
        items = _mapping(node, place).items()
        return {name: self.value(item, f"{place}.{name}") for name, item in items}


def check_traveller(estimator: Any, place: str) -> Traveller:
    """Return what travels of an estimator, or raise if its class cannot."""
    name = type(estimator).__name__
    traveller = TRAVELLERS.get(name)
    # A class derived from a known one may compute anything.
    if traveller is None or traveller.kind is not type(estimator):
        raise TypeError(
            f"{place} is of class {name}, which cannot travel: a model file holds only "
            f"{', '.join(TRAVELLERS)}. Leave it out and save the rest, or keep all of it in a "
            "pickle for those who trust you."
        )
    return traveller


def _check_fitted(place: str, fitted: Mapping[str, Any], traveller: Traveller) -> None:
    """Raise unless these are attributes that a class has once it is fitted, or none."""
    check_attributes(place, fitted, traveller.fitted)
    missing = traveller.fitted.keys() - traveller.optional - fitted.keys()
    if fitted and missing:
        raise ValueError(f"{place} lacks {', '.join(sorted(missing))}, which fit sets.")


def _check_agreement(estimator: Any, architecture: Any, traveller: Traveller, place: str) -> None:
    for name, learnt in traveller.agreeing.items():
        if _mapping(architecture, f"{place}.architecture_").get(name) != learnt(estimator):
            raise ValueError(
                f"{place}.architecture_ has {name}={architecture.get(name)!r}, but what it has "
                f"learnt says {learnt(estimator)!r}."
            )


def _build(estimator: Any, architecture: dict[str, Any], weights: Arrays) -> None:
    """Give an estimator its network, as unpickling does, with a new state of the optimiser."""
    estimator._check_parameters()
    estimator.architecture_ = architecture
    network = estimator._keras_build_fn()
    network.optimizer.build(network.trainable_variables)
    for layer in network.layers:
        names = [f"{layer.name}/{variable.name}" for variable in layer.weights]
        layer.set_weights([weights[name] for name in names])
    estimator.model_ = network


def _weights(network: Any) -> Arrays:
    """Return a network's weights by layer and variable, in whatever order Keras keeps them."""
    return {
        f"{layer.name}/{variable.name}": _native(array)
        for layer in network.layers
        for variable, array in zip(layer.weights, layer.get_weights(), strict=True)
    }


def _native(array: Any) -> Any:
    """Return floats that NumPy knows by itself; bfloat16, which it does not, fits in float32."""
    return array if array.dtype.kind == "f" else array.astype(np.float32)


def _requests(estimator: Any) -> dict[str, Any]:
    """Return the metadata that an estimator's methods ask for, by method, where it was set."""
    own = vars(estimator).get("_metadata_request")
    if own is None:
        return {}
    requests = {method: dict(getattr(own, method).requests) for method in _METHODS}
    return {
        method: asked
        for method, asked in requests.items()
        if any(value is not None for value in asked.values())
    }


def _request(estimator: Any, requests: Any, place: str) -> None:
    """Ask for metadata as `_requests` noted it."""
    for method, asked in _mapping(requests, place).items():
        values = _mapping(asked, place).values()
        plain = all(value is None or type(value) in (bool, str) for value in values)
        ask = getattr(estimator, f"set_{method}_request", None)
        if method not in _METHODS or ask is None or not plain:
            raise ValueError(f"{place} asks for metadata in {method!r}, where it takes none.")
        with config_context(enable_metadata_routing=True):
            ask(**asked)


def _mapping(node: Any, place: str) -> dict[str, Any]:
    if not isinstance(node, dict):
        raise ValueError(f"{place} is no object with named parts.")
    return node
