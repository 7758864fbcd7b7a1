"""check_leakage: what a split shares is found, and named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaffect import GroupTable, LeakageError, check_leakage

TABLE = GroupTable(speaker=["ann", "ann", "bob", "bob"], sentence=[1, 2, 1, 3])
PATHS = ["a/1.wav", Path("a/2.wav"), "b/1.wav", "b/3.wav"]


def test_a_clean_split_passes():
    check_leakage([0, 1], [2, 3], TABLE)
    check_leakage([1], [2, 3], TABLE, forbid=("speaker", "sentence"))
    check_leakage(np.array([0]), np.array([3], np.uint8), ["x", "x", "x", "y"])


def test_column_values_items_and_paths_are_named():
    with pytest.raises(LeakageError) as caught:
        check_leakage([0, 1], [2, 3], TABLE, forbid=["speaker", "sentence"], X=PATHS)
    assert str(caught.value) == (
        "The split leaks: 1 value of the column 'sentence' is in training and in test: 1 (test "
        "item 2 'b/1.wav', training item 0 'a/1.wav'). Split by 'sentence', by several columns "
        "at once with DisjointKFold, or leave the items of one side out."
    )


def test_of_many_culprits_the_first_are_named():
    groups = np.tile(["e", "d", "c", "b", "a"], 2)
    with pytest.raises(LeakageError, match="5 values .*'a' .*'b' .*'c' .*, and 2 more values. S"):
        check_leakage(range(5), range(5, 10), groups)


def test_an_item_on_both_sides():
    with pytest.raises(LeakageError, match="same items are in training and in test: 1 'a/2.wav'."):
        check_leakage([0, 1], [1, 2], ["a", "b", "c", "d"], X=PATHS)


def test_an_absent_column_is_warned_of():
    with pytest.warns(UserWarning, match="lacks 'device' of forbid.*it has 'speaker', 'sentence'"):
        check_leakage([0, 1], [2, 3], TABLE, forbid=("speaker", "device"))


@given(st.lists(st.integers(0, 3), min_size=2, max_size=12), st.data())
def test_raises_exactly_where_the_parts_share_a_value(groups, data):
    cut = data.draw(st.integers(1, len(groups) - 1))
    order = data.draw(st.permutations(range(len(groups))))
    train, test = order[:cut], order[cut:]
    if {groups[i] for i in train} & {groups[i] for i in test}:
        with pytest.raises(LeakageError):
            check_leakage(train, test, groups)
    else:
        check_leakage(train, test, groups)


@pytest.mark.parametrize(
    ("train", "test", "parameters", "error", "message"),
    [
        ([], [1], {}, ValueError, "train is empty"),
        ([0], [4], {}, ValueError, "test must hold indices from 0 to 3, got some from 4 to 4"),
        ([-1], [1], {}, ValueError, "train must hold indices from 0 to 3"),
        ([True, False], [1], {}, TypeError, r"np.flatnonzero\(mask\)"),
        ([0], [2], {"forbid": ()}, ValueError, "forbid must name at least one column"),
        ([0], [2], {"forbid": 3}, TypeError, "forbid must be a column's name or a sequence"),
        ([0], [2], {"X": PATHS[:3]}, ValueError, "X holds 3 utterances, but groups has 4"),
        ([0], [2], {"groups": None}, ValueError, "groups must be given"),
        (
            [0],
            [2],
            {"groups": ["a"] * 4, "forbid": ("speaker", "sentence")},
            ValueError,
            "groups is one column, but which one is not known",
        ),
    ],
)
def test_bad_input_is_named(train, test, parameters, error, message):
    with pytest.raises(error, match=message):
        check_leakage(train, test, **{"groups": TABLE, **parameters})
