"""What is one array and what is entries, and the form of an answer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from skaffect import Windows
from skaffect._entries import collect, count_axes, list_entries, numeric_block, object_array


@pytest.mark.parametrize(
    ("X", "n_axes"),
    [
        (np.zeros((3, 4)), 2),
        (np.zeros((3, 4), object), 2),
        (np.zeros((2, 3, 4)), 3),
        ([[1.0, 2.0], [3.0, 4.0]], 2),
        (((1, 2),), 2),
    ],
)
def test_one_array(X: Any, n_axes: int) -> None:
    block = numeric_block(X)
    assert count_axes(block) == n_axes
    np.testing.assert_array_equal(block, X)


@pytest.mark.parametrize(
    "X",
    [
        [np.zeros(3), np.zeros(3)],
        [[1.0, 2.0], [3.0]],
        ["a.wav"],
        np.array(["a.wav", "b.wav"]),
        object_array([np.zeros((2, 3)), np.zeros((2, 3))]),
        [],
    ],
)
def test_entries(X: Any) -> None:
    assert numeric_block(X) is None


def test_entries_are_at_least_one() -> None:
    assert list_entries(("a", "b")) == ["a", "b"]
    with pytest.raises(ValueError, match="at least one utterance is required"):
        list_entries([])


def test_answers_are_entries_or_one_array() -> None:
    entries = [np.zeros(3), np.zeros(3)]
    assert collect(entries, stacked=True).shape == (2, 3)
    ragged = collect(iter(entries), stacked=False)
    assert (ragged.shape, ragged.dtype) == ((2,), object)
    assert ragged[0] is entries[0]
    views = object_array([Windows(np.zeros((7, 3)), 3)] * 2)
    assert views.shape == (2,)
    assert isinstance(views[np.array([1])][0], Windows)
