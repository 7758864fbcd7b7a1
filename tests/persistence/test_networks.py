"""The sizes of weights by arithmetic are those of the networks that are built."""

from __future__ import annotations

import numpy as np
import pytest

from skaffect import (
    build_dern,
    build_dft_cnn,
    build_dsrn,
    build_dual_attention,
    build_single_attention,
)
from skaffect.persistence import _networks as networks
from skaffect.persistence._estimators import _weights

COMMON = {"dropout": 0.5, "seed": 3, "dtype": "float32"}
ATTENTION = {"attention": "softmax", "score_scale": 5.0, **COMMON}
DERN = {"window_shape": (8, 3), "n_classes": 2, "filters": (2,), "dense_units": 4, **COMMON}
DSRN = {"output_context": 5, "output_mean": (0.0,) * 3, "output_scale": (1.0,) * 3, **COMMON}


def sizes(**values):
    names = ("n_bands", "n_classes", "filters", "lstm_units", "dense_units")
    return dict(zip(names, values.pop("sizes"), strict=True)) | values | ATTENTION


CASES = [
    (networks.DERN, build_dern, DERN),
    (networks.DERN, build_dern, DERN | {"window_shape": (41, 16), "filters": (2, 3, 1, 2)}),
    (
        networks.DSRN,
        build_dsrn,
        {"n_bands": 40, "context": 5, "n_outputs": 3, "filters": (2, 3, 4, 1)}
        | {"dense_units": (4, 6), **DSRN},
    ),
    (
        networks.DSRN,
        build_dsrn,
        {"n_bands": 1, "context": 1, "n_outputs": 3, "filters": (2,), "dense_units": (4,), **DSRN},
    ),
    (
        networks.DFT_CNN,
        build_dft_cnn,
        {"n_bins": 101, "n_classes": 3, "filters": (2, 3), "dense_units": 4, **COMMON},
    ),
    (
        networks.SINGLE_ATTENTION,
        build_single_attention,
        sizes(sizes=(23, 3, (2, 3, 4), 2, 5), averaged_bands=5),
    ),
    (
        networks.DUAL_ATTENTION,
        build_dual_attention,
        sizes(sizes=(7, 3, (2, 3, 4), 2, 5), band_pooling="keep"),
    ),
    (
        networks.DUAL_ATTENTION,
        build_dual_attention,
        sizes(sizes=(7, 3, (2, 3, 4), 2, 5), band_pooling="sum"),
    ),
]


@pytest.mark.parametrize(("network", "build", "architecture"), CASES)
def test_shapes_are_those_of_the_network(network, build, architecture):
    weights = _weights(build(**architecture))
    network.check("model", architecture, weights)
    assert network.shapes(**architecture) == {k: array.shape for k, array in weights.items()}


def weights_of(network, architecture):
    shapes = network.shapes(**architecture)
    return {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dropout": 1.5}, "architecture_.dropout must be a float in [0.0, 0.99]; got 1.5"),
        ({"filters": (0,)}, "filters must be a tuple of positive integers"),
        ({"filters": [2]}, "filters must be a tuple"),
        ({"dense_units": True}, "dense_units must be an integer"),
        ({"dtype": "int8_from_float32"}, "dtype must be one of"),
        ({"seed": -1}, "seed must be an integer from 0"),
        ({"layers": 3}, "layers is not an attribute that fit sets"),
        ({"dense_units": 10**9}, "dense/bias has shape (4,) where (1000000000,) is meant"),
        ({"window_shape": (10**6, 10**6)}, "dense/kernel has shape"),
        ({"filters": (2,) * 1000}, "conv10/bias has shape None where (2,) is meant"),
    ],
)
def test_an_architecture_out_of_range_is_refused(change, message):
    weights = weights_of(networks.DERN, DERN)
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # compared as text below
        networks.DERN.check("model", DERN | change, weights)
    assert message in str(caught.value)


def test_missing_and_foreign_parts_are_named():
    weights = weights_of(networks.DERN, DERN)
    short = {name: value for name, value in DERN.items() if name != "seed"}
    with pytest.raises(ValueError, match="architecture_ lacks seed"):
        networks.DERN.check("model", short, weights)
    with pytest.raises(ValueError, match="must be a dictionary"):
        networks.DERN.check("model", None, weights)
    with pytest.raises(ValueError, match=r"extra/kernel has shape \(2,\) where None is meant"):
        networks.DERN.check("model", DERN, weights | {"extra/kernel": np.zeros(2)})
    whole = {name: array.astype(int) for name, array in weights.items()}
    with pytest.raises(ValueError, match="model_ must have floats for conv1/kernel"):
        networks.DERN.check("model", DERN, whole)
