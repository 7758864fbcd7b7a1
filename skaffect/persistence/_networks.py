"""What each network may be built from, and which weights it then has.

A network is built only when the file's own weights have exactly the shapes that its
architecture means, computed here by arithmetic: an architecture of a few bytes could
otherwise ask for terabytes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from skaffect.nets._dft_cnn import KERNEL, POOL
from skaffect.nets._dsrn import KERNELS
from skaffect.nets._single_attention import POOLS
from skaffect.persistence._attributes import (
    FLOATS,
    Attribute,
    check_attributes,
    integer,
    integers,
    one_of,
    real_within,
)

Shapes = dict[str, tuple[int, ...]]

_POLICIES = ("float16", "float32", "float64", "bfloat16", "mixed_float16", "mixed_bfloat16")
_SIZE = integer(at_least=1)
_ALL = {"dropout": real_within(0.0, 0.99), "seed": integer(), "dtype": one_of(*_POLICIES)}
_ATTENTION = {
    "n_bands": _SIZE,
    "n_classes": _SIZE,
    "filters": integers(exactly=3),
    "lstm_units": _SIZE,
    "dense_units": _SIZE,
    "attention": one_of("softmax", "sigmoid"),
    "score_scale": real_within(sys.float_info.min, sys.float_info.max),
    **_ALL,
}


class Network(NamedTuple):
    """The values that describe a network, and the shapes of the weights that they mean."""

    values: Mapping[str, Attribute]
    shapes: Callable[..., Shapes]

    def check(self, owner: str, architecture: Any, weights: Mapping[str, Any]) -> None:
        """Raise unless `weights` are those of the network that `architecture` describes.

        Parameters
        ----------
        owner : str
            The estimator, for errors.
        architecture : dict
            What the network is to be built from.
        weights : dict of str to object
            What the file has for weights, by layer and variable.

        Raises
        ------
        ValueError
            If a value is missing, unknown or out of its range, or a weight is missing, of
            another shape or more than there should be.
        """
        if not isinstance(architecture, dict):
            raise ValueError(f"{owner}.architecture_ must be a dictionary.")
        check_attributes(f"{owner}.architecture_", architecture, self.values)
        if missing := self.values.keys() - architecture.keys():
            raise ValueError(f"{owner}.architecture_ lacks {', '.join(sorted(missing))}.")
        for name, array in weights.items():
            if not isinstance(array, np.ndarray) or array.dtype.kind != "f":
                raise ValueError(f"{owner}.model_ must have floats for {name}.")
        wanted = self.shapes(**architecture)
        found = {name: array.shape for name, array in weights.items()}
        for name in sorted(wanted | found):
            if found.get(name) != wanted.get(name):
                raise ValueError(
                    f"{owner}.model_ does not belong to its architecture_: {name} has shape "
                    f"{found.get(name)} where {wanted.get(name)} is meant."
                )


def _dern(
    window_shape: tuple[int, int],
    n_classes: int,
    filters: Sequence[int],
    dense_units: int,
    **_others: Any,
) -> Shapes:
    shapes, channels = _convolutions((5, 5), 1, filters)
    n_bands, context = window_shape
    for _ in filters:
        n_bands, context = _pooled(n_bands, 2), _pooled(context, 2)
    features = n_bands * context * channels
    return shapes | _classifier(features, dense_units, n_classes, "emotion")


def _dsrn(
    n_bands: int,
    context: int,
    n_outputs: int,
    output_context: int,
    filters: Sequence[int],
    dense_units: Sequence[int],
    **_others: Any,
) -> Shapes:
    shapes: Shapes = {}
    channels = 1
    for i, (width, kernel) in enumerate(zip(filters, KERNELS, strict=False), start=1):
        shapes |= _dense(f"conv{i}", (kernel, 1, channels), width)
        n_bands, channels = _pooled(n_bands, 2), width
    features = context * n_bands * channels
    for i, width in enumerate(dense_units, start=1):
        shapes |= _dense(f"dense{i}", (features,), width)
        features = width
    return shapes | _dense("shape", (features,), output_context * n_outputs)


def _dft_cnn(
    n_bins: int, n_classes: int, filters: Sequence[int], dense_units: int, **_others: Any
) -> Shapes:
    shapes, channels = _convolutions((KERNEL,), 1, filters)
    for _ in filters:
        n_bins = _pooled(n_bins, POOL)
    return shapes | _classifier(n_bins * channels, dense_units, n_classes, "device")


def _single_attention(
    n_bands: int,
    n_classes: int,
    filters: Sequence[int],
    lstm_units: int,
    dense_units: int,
    averaged_bands: int,
    **_others: Any,
) -> Shapes:
    shapes, channels = _convolutions((3, 3), 1, filters)
    shapes |= _scores("attention1", n_bands, lstm_units, 1)
    for _, pool in POOLS:
        n_bands = _pooled(n_bands, pool)
    features = _pooled(n_bands, averaged_bands) * channels
    return shapes | _classifier(features, dense_units, n_classes, "device")


def _dual_attention(
    n_bands: int,
    n_classes: int,
    filters: Sequence[int],
    lstm_units: int,
    dense_units: int,
    band_pooling: str,
    **_others: Any,
) -> Shapes:
    shapes, channels = _convolutions((3, 3), 1, filters)
    shapes |= _scores("attention1", n_bands, lstm_units, 1)
    shapes |= _scores("attention2", n_bands, lstm_units, n_bands)
    features = channels if band_pooling == "sum" else n_bands * channels
    return shapes | _classifier(features, dense_units, n_classes, "device")


def _convolutions(
    kernel: tuple[int, ...], channels: int, filters: Sequence[int]
) -> tuple[Shapes, int]:
    """Return the weights of convolutions one after the other, and the last one's channels."""
    shapes: Shapes = {}
    for i, width in enumerate(filters, start=1):
        shapes |= _dense(f"conv{i}", (*kernel, channels), width)
        channels = width
    return shapes, channels


def _scores(name: str, n_bands: int, first: int, second: int) -> Shapes:
    """Return the weights of the two LSTMs of an attention."""
    return _lstm(f"{name}_lstm1", n_bands, first) | _lstm(f"{name}_lstm2", first, second)


def _lstm(name: str, n_inputs: int, units: int) -> Shapes:
    return {
        f"attention_lstms/{name}_kernel": (n_inputs, 4 * units),
        f"attention_lstms/{name}_recurrent_kernel": (units, 4 * units),
        f"attention_lstms/{name}_bias": (4 * units,),
    }


def _classifier(features: int, dense_units: int, n_classes: int, name: str) -> Shapes:
    return _dense("dense", (features,), dense_units) | _dense(name, (dense_units,), n_classes)


def _dense(name: str, inputs: tuple[int, ...], units: int) -> Shapes:
    return {f"{name}/kernel": (*inputs, units), f"{name}/bias": (units,)}


def _pooled(n: int, width: int) -> int:
    """Return what "same" pooling of so many values leaves."""
    return -(-n // width)


DERN = Network(
    {
        "window_shape": integers(exactly=2),
        "n_classes": _SIZE,
        "filters": integers(),
        "dense_units": _SIZE,
        **_ALL,
    },
    _dern,
)
DSRN = Network(
    {
        "n_bands": _SIZE,
        "context": _SIZE,
        "n_outputs": _SIZE,
        "output_context": _SIZE,
        "filters": integers(),
        "dense_units": integers(),
        "output_mean": FLOATS,
        "output_scale": FLOATS,
        **_ALL,
    },
    _dsrn,
)
DFT_CNN = Network(
    {"n_bins": _SIZE, "n_classes": _SIZE, "filters": integers(), "dense_units": _SIZE, **_ALL},
    _dft_cnn,
)
SINGLE_ATTENTION = Network({"averaged_bands": _SIZE, **_ATTENTION}, _single_attention)
DUAL_ATTENTION = Network({"band_pooling": one_of("keep", "sum"), **_ATTENTION}, _dual_attention)
