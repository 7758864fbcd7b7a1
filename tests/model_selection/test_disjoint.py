"""DisjointKFold: no group of any column on both sides, and every item tested once."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import GroupKFold, cross_validate

from skaffect import DisjointKFold, GroupTable, LeakageGuard

BOTH = ("speaker", "sentence")


def crossed(n_speakers: int = 4, n_sentences: int = 2, repeats: int = 1) -> GroupTable:
    pairs = list(itertools.product(range(n_speakers), range(n_sentences))) * repeats
    speakers, sentences = zip(*pairs, strict=True)
    return GroupTable(speaker=speakers, sentence=sentences)


def folds_of(splitter, table):
    return list(splitter.split(np.zeros((len(table), 1)), groups=table))


@given(st.data())
def test_a_crossed_table_never_leaks_and_each_item_is_tested_once(data):
    shape = data.draw(st.tuples(st.integers(2, 5), st.integers(2, 4)))
    parts = {
        "speaker": data.draw(st.integers(2, shape[0])),
        "sentence": data.draw(st.integers(2, shape[1])),
    }
    whole = crossed(*shape)
    more = data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=10))
    rows = data.draw(st.permutations([*range(len(whole)), *more]))
    table, shuffle = whole[rows], data.draw(st.booleans())
    folds = DisjointKFold(parts, shuffle=shuffle, random_state=0 if shuffle else None)
    splits = folds_of(LeakageGuard(folds, by=BOTH, forbid=BOTH), table)
    assert len(splits) == parts["speaker"] * parts["sentence"]
    assert sorted(np.concatenate([test for _, test in splits])) == list(range(len(table)))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=14))
def test_any_table_is_split_without_leaks_or_refused_for_want_of_training(pairs):
    speakers, sentences = map(np.array, zip(*pairs, strict=True))
    assume(min(len(set(speakers)), len(set(sentences))) >= 2)
    table = GroupTable(speaker=speakers, sentence=sentences)
    part = {}
    for name, column in zip(BOTH, (speakers, sentences), strict=True):
        part[name] = np.zeros(len(pairs), int)
        part[name][list(GroupKFold(2).split(column, groups=column))[1][1]] = 1
    apart = [
        (part["speaker"] != part["speaker"][i]) & (part["sentence"] != part["sentence"][i])
        for i in range(len(pairs))
    ]
    guard = LeakageGuard(DisjointKFold(dict.fromkeys(BOTH, 2)), by=BOTH, forbid=BOTH)
    if not all(items.any() for items in apart):
        with pytest.raises(ValueError, match="Nothing is left to train fold"):
            folds_of(guard, table)
        return
    splits = folds_of(guard, table)
    assert guard.get_n_splits(groups=table) == len(splits)
    assert sorted(np.concatenate([test for _, test in splits])) == list(range(len(pairs)))
    for train, test in splits:
        np.testing.assert_array_equal(train, np.flatnonzero(apart[test[0]]))


def test_one_column_is_group_k_fold():
    speakers = np.repeat(["a", "b", "c", "d"], [1, 5, 2, 3])
    x = np.zeros((len(speakers), 1))
    mine = list(DisjointKFold({"speaker": 3}).split(x, groups=speakers))
    for (train, test), theirs in zip(mine, GroupKFold(3).split(x, groups=speakers), strict=True):
        np.testing.assert_array_equal(train, theirs[0])
        np.testing.assert_array_equal(test, theirs[1])


def test_items_are_balanced_as_group_k_fold_balances_them():
    table = crossed(4, 2, repeats=3)
    sizes = {
        (len(train), len(test))
        for train, test in folds_of(DisjointKFold({"speaker": 4, "sentence": 2}), table)
    }
    assert sizes == {(9, 3)}


def test_seeds():
    table = crossed(6, 4)

    def tested(seed):
        folds = DisjointKFold({"speaker": 3, "sentence": 2}, shuffle=True, random_state=seed)
        return [test.tolist() for _, test in folds_of(folds, table)]

    assert tested(0) == tested(0)
    assert tested(0) != tested(1)


def test_cells_without_items_are_left_out():
    table = GroupTable(speaker=["a", "a", "b", "b"], sentence=[1, 2, 3, 4])
    folds = DisjointKFold({"speaker": 2, "sentence": 4})
    assert len(folds_of(folds, table)) == 4
    assert folds.get_n_splits(np.zeros((4, 1)), groups=table) == 4


def test_cross_validation_and_groups_are_routed():
    assert DisjointKFold({"speaker": 2}).get_metadata_routing().split.requests == {"groups": True}
    table = crossed()
    result = cross_validate(
        DummyClassifier(),
        np.zeros((8, 1)),
        np.arange(8) % 2,
        groups=table,
        cv=DisjointKFold({"speaker": 2, "sentence": 2}),
    )
    assert len(result["test_score"]) == 4
    assert repr(DisjointKFold({"speaker": 2})) == (
        "DisjointKFold(n_parts={'speaker': 2}, random_state=None, shuffle=False)"
    )


def test_too_few_groups():
    message = (
        "n_parts['sentence'] is 3, but groups['sentence'] holds only 2 distinct: 0, 1. "
        "Record more, or set 2 or lower."
    )
    with pytest.raises(ValueError, match=re.escape(message)):
        folds_of(DisjointKFold({"speaker": 2, "sentence": 3}), crossed())


@pytest.mark.parametrize(
    ("n_parts", "parameters", "error", "message"),
    [
        (5, {}, TypeError, "n_parts must be a dict of columns and numbers of parts"),
        ({}, {}, TypeError, "n_parts must be a dict"),
        ({"speaker": 1}, {}, ValueError, r"n_parts\['speaker'\] must be at least 2, got 1"),
        ({"speaker": 2.0}, {}, TypeError, "must be an integer"),
        ({"speaker": 2}, {"shuffle": 1}, ValueError, "shuffle must be one of False, True"),
        ({"speaker": 2}, {"random_state": 0}, ValueError, "changes nothing without shuffle"),
    ],
)
def test_bad_parameters_are_named(n_parts, parameters, error, message):
    with pytest.raises(error, match=message):
        DisjointKFold(n_parts, **parameters)


def test_bad_groups_are_named():
    folds = DisjointKFold({"speaker": 2, "sentence": 2})
    with pytest.raises(ValueError, match="groups is one column, but which one is not known"):
        folds_of(folds, ["a", "b"])
    with pytest.raises(ValueError, match="groups has no column 'sentence'; it has 'speaker'"):
        folds_of(folds, GroupTable(speaker=["a", "b"]))
    with pytest.raises(ValueError, match="groups must be given"):
        folds.get_n_splits()
