"""What is one array and what is entries, and the form of an answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from skaffect import Windows
from skaffect._entries import (
    check_entries,
    collect,
    count_axes,
    list_entries,
    numeric_block,
    object_array,
)


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


def refuse(entry: Any, i: int) -> Any:
    """Refuse what is called bad, and negative numbers."""
    if "bad" in str(entry):
        raise FileNotFoundError(f"X[{i}] is {entry!r}, which is bad.")
    if not isinstance(entry, str | Path) and entry < 0:
        raise ValueError(f"X[{i}] is negative.")
    return entry, i


def test_checked_entries_are_those_that_the_check_returns() -> None:
    assert check_entries(["a", 3.0], refuse) == [("a", 0), (3.0, 1)]


@pytest.mark.parametrize(
    ("entries", "more"),
    [
        (["a", "bad1", "b"], ""),
        (["a", "bad1", "b", "bad2"], " 1 other file cannot be used either: 'bad2'."),
        (
            ["a", "bad1", -1.0, Path("bad2"), "b", "bad3", "bad4", "bad5", "bad6"],
            " 5 other files cannot be used either: 'bad2', 'bad3', 'bad4' and 2 more.",
        ),
    ],
)
def test_the_first_bad_path_is_named_with_its_reason_and_the_next_with_it(
    entries: list[Any], more: str
) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        check_entries(entries, refuse)
    assert str(caught.value) == f"X[1] is 'bad1', which is bad.{more}"


def test_what_is_no_path_is_named_alone() -> None:
    with pytest.raises(ValueError, match=r"^X\[0\] is negative\.$"):
        check_entries([-1.0, "bad1", -2.0], refuse)
