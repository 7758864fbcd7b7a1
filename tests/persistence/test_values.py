"""Plain values come back with their types and their bits."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from skaffect.persistence._values import ValueReader, ValueWriter

TEXT = st.text(max_size=5)
DTYPES = st.sampled_from(["?", "i1", "u2", "i4", "u8", "f2", "f4", "f8", "U3"])
ARRAYS = arrays.arrays(DTYPES, arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | TEXT
VALUES = st.recursive(
    PLAIN | ARRAYS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(PLAIN, inner, max_size=3)
    ),
    max_leaves=8,
)


def travel(value):
    writer = ValueWriter()
    node = json.loads(json.dumps(writer.value(value, "value"), allow_nan=False))
    reader = ValueReader(dict(writer.arrays))
    loaded = reader.value(node, "value")
    assert reader.arrays == {}
    return loaded


def assert_same(loaded, value):
    assert type(loaded) is type(value)
    if isinstance(value, np.ndarray):
        assert loaded.dtype == value.dtype
        assert loaded.shape == value.shape
        if value.dtype == object:
            for a, b in zip(loaded.flat, value.flat, strict=True):
                assert_same(a, b)
        else:
            assert loaded.tobytes() == value.tobytes()
    elif isinstance(value, list | tuple):
        assert len(loaded) == len(value)
        for a, b in zip(loaded, value, strict=True):
            assert_same(a, b)
    elif isinstance(value, dict):
        assert_same(list(loaded), list(value))
        assert_same(list(loaded.values()), list(value.values()))
    elif isinstance(value, float) and math.isnan(value):
        assert math.isnan(loaded)
    else:
        assert loaded == value
        assert math.copysign(1, loaded) == math.copysign(1, value) if value == 0.0 else True


@given(VALUES)
def test_round_trip(value):
    assert_same(travel(value), value)


@pytest.mark.parametrize(
    "value",
    [
        np.float32(0.1),
        np.float64("nan"),
        np.int64(-3),
        np.bool_(True),
        np.str_("wütend"),
        {np.int64(1): 0.5, np.int64(2): 0.25},
        np.array(["happy", None, 3], dtype=object),
        np.array([["a", "b"]], dtype=object),
        np.array(["happy", "sad"]),
        np.array(["a"], dtype="U12"),
        np.array([], dtype=object),
        2**100,
    ],
)
def test_special_values(value):
    assert_same(travel(value), value)


def test_memory_order_comes_back():
    columns = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    loaded = travel(columns)
    assert loaded.flags.f_contiguous
    np.testing.assert_array_equal(loaded, columns)
    np.testing.assert_array_equal(travel(np.arange(6)[::-2]), [5, 3, 1])


def test_other_byte_order_and_paths():
    np.testing.assert_array_equal(travel(np.array([1.5, 2], dtype=">f4")), [1.5, 2])
    assert travel(Path("a") / "b") == str(Path("a") / "b")


@pytest.mark.parametrize(
    "value",
    [
        {1, 2},
        1j,
        b"bytes",
        np.array([1j]),
        np.array([b"s"]),
        np.ma.masked_array([1.0], [True]),
        np.array(["2020-01-01"], dtype="datetime64[D]"),
        np.zeros(1, dtype=[("a", "f4")]),
        len,
        [object()],
        np.array([len], dtype=object),
    ],
)
def test_what_cannot_travel_is_named(value):
    with pytest.raises(TypeError, match=r"(?s)^thing.* cannot travel: .* Set it to one"):
        ValueWriter().value(value, "thing")


@pytest.mark.parametrize(
    "node",
    [
        {},
        {"pickle": "gASVAAA="},
        {"tuple": [], "dict": []},
        {"tuple": {}},
        {"float": "1e5"},
        {"float": ["nan"]},
        {"dict": [[1]]},
        {"dict": [[[], 1]]},
        {"array": "missing"},
        {"array": ["a"]},
        {"scalar": {"array": "a"}},
        {"scalar": 3},
        {"text": "a"},
        {"text": "wild"},
        {"objects": [[3], [1, 2]]},
        {"objects": [[-1, -2], [1, 2]]},
        {"objects": [["2"], [1, 2]]},
        {"objects": [[0, 2**70], []]},
        [{"array": "a"}, {"array": "a"}],
    ],
)
def test_malformed_json_is_refused(node):
    arrays = {"a": np.zeros(3), "wild": np.full((1, 1), 0x110000, dtype=np.uint32)}
    with pytest.raises((ValueError, OverflowError)):
        ValueReader(arrays).value(node, "thing")
