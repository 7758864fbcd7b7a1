"""LeakageGuard: a planted leak of each kind raises, and the same split without it passes."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import (
    BaseCrossValidator,
    GridSearchCV,
    GroupKFold,
    GroupShuffleSplit,
    KFold,
    LeaveOneGroupOut,
    StratifiedGroupKFold,
    StratifiedKFold,
    cross_validate,
)

from skaffect import DisjointKFold, GroupTable, LeakageError, LeakageGuard, recording_hashes

SPEAKERS = np.repeat(["ann", "bob", "cid", "dan"], 2)
SENTENCES = np.arange(8)
X = np.zeros((8, 1))
Y = np.array([0, 1] * 4)


def guarded(speaker=SPEAKERS, sentence=SENTENCES, recordings=None, splitter=None) -> int:
    """Split by speaker, everything else forbidden too; return the number of folds."""
    rng = np.random.default_rng(0)
    recordings = [rng.normal(size=50) for _ in range(8)] if recordings is None else recordings
    table = GroupTable(speaker=speaker, sentence=sentence, recording=recording_hashes(recordings))
    guard = LeakageGuard(
        GroupKFold(2) if splitter is None else splitter,
        by="speaker",
        forbid=("speaker", "sentence", "recording"),
    )
    return len(list(guard.split(recordings, Y, table)))


class Careless(BaseCrossValidator):
    """Tests the first four items, whatever their groups."""

    def split(self, X, y=None, groups=None):
        yield np.arange(4, 8), np.arange(4)

    def get_n_splits(self, X=None, y=None, groups=None):
        return 1


def test_without_a_leak_it_splits_as_the_splitter_does():
    assert guarded() == 2
    assert guarded(splitter=Careless()) == 1
    folds = LeakageGuard(GroupKFold(3)).split(X, Y, SPEAKERS)
    for mine, theirs in zip(folds, GroupKFold(3).split(X, Y, SPEAKERS), strict=True):
        np.testing.assert_array_equal(mine[0], theirs[0])
        np.testing.assert_array_equal(mine[1], theirs[1])


def test_a_planted_speaker():
    speakers = np.array(["ann", "ann", "bob", "ann", "cid", "ann", "dan", "dan"])
    with pytest.raises(
        LeakageError,
        match="Fold 0 of Careless leaks: 1 value of the column 'speaker' .*'ann'",
    ):
        guarded(speaker=speakers, splitter=Careless())


def test_a_planted_sentence():
    sentences = SENTENCES.copy()
    sentences[7] = sentences[2]
    with pytest.raises(LeakageError, match=r"'sentence' .*: 2 \(test item 2, training item 7\)"):
        guarded(sentence=sentences, splitter=Careless())


def test_a_planted_copy_of_a_recording():
    rng = np.random.default_rng(0)
    recordings = [rng.normal(size=50) for _ in range(8)]
    recordings[7] = recordings[2].copy()
    with pytest.raises(LeakageError, match="of the column 'recording' is in training and in test"):
        guarded(recordings=recordings, splitter=Careless())


def test_paths_are_named():
    paths = [f"{speaker}/{i}.wav" for i, speaker in enumerate(SPEAKERS)]
    guard = LeakageGuard(KFold(8), by=None)
    with pytest.raises(LeakageError, match="test item 0 'ann/0.wav', training item 1 'ann/1.wav'"):
        guard.split(paths, groups=GroupTable(speaker=SPEAKERS))


def test_all_folds_are_checked_before_the_first_is_given_out():
    # Fold 0 tests ann alone and is clean; bob is on both sides of fold 1 and of fold 2.
    speakers = ["ann", "ann", "bob", "cid", "bob", "dan"]
    with pytest.raises(LeakageError, match="Fold 1 of KFold leaks"):
        LeakageGuard(KFold(3), by=None).split(X[:6], groups=GroupTable(speaker=speakers))


def test_a_splitter_that_ignores_groups_is_caught():
    guard = LeakageGuard(StratifiedKFold(2), by=None)
    with pytest.raises(LeakageError, match="Fold 0 of StratifiedKFold leaks"):
        guard.split(X, Y, GroupTable(speaker=np.tile(SPEAKERS[::2], 2)))


groups_of_items = st.lists(st.sampled_from("abcdef"), min_size=4, max_size=20)


@given(groups_of_items)
def test_splits_by_group_never_raise(groups):
    assume(len(set(groups)) >= 2)
    x = np.zeros((len(groups), 1))
    folds = list(LeakageGuard(GroupKFold(2)).split(x, groups=groups))
    tested = np.concatenate([test for _, test in folds])
    assert sorted(tested) == list(range(len(groups)))


@given(groups_of_items, st.data())
def test_a_planted_group_always_raises(groups, data):
    assume(len(set(groups)) >= 2)
    x = np.zeros((len(groups), 1))
    train, test = next(GroupKFold(2).split(x, groups=groups))
    recording = [str(i) for i in range(len(groups))]
    i, j = data.draw(st.sampled_from(train.tolist())), data.draw(st.sampled_from(test.tolist()))
    guard = LeakageGuard(GroupKFold(2), forbid=("speaker", "recording"))
    assert len(list(guard.split(x, groups=GroupTable(speaker=groups, recording=recording)))) == 2
    recording[i] = recording[j]
    with pytest.raises(LeakageError, match=re.escape(repr(recording[j]))):
        guard.split(x, groups=GroupTable(speaker=groups, recording=recording))


def test_an_absent_column_is_warned_of_once():
    guard = LeakageGuard(GroupKFold(4), forbid=("speaker", "device", "sentence"))
    with pytest.warns(
        UserWarning, match="lacks 'device', 'sentence' of.* has 'speaker'"
    ) as caught:
        guard.split(X, groups=SPEAKERS)
    assert len(caught) == 1
    assert caught[0].filename == __file__


@pytest.mark.parametrize("splitter", [GroupKFold(5), StratifiedGroupKFold(5)])
def test_too_few_groups(splitter):
    message = (
        "needs at least 5 groups, one a fold, but groups['speaker'] holds 4: 'ann', 'bob', 'cid', "
        "'dan'. Record more, or set n_splits=4 or lower."
    )
    with pytest.raises(ValueError, match=re.escape(message)):
        LeakageGuard(splitter).split(X, Y, SPEAKERS)


def test_one_group_is_too_few_for_any_splitter():
    for splitter in (GroupKFold(2), LeaveOneGroupOut(), GroupShuffleSplit(9)):
        with pytest.raises(ValueError, match="holds 1: 'ann'. Record more, or give more groups"):
            LeakageGuard(splitter).split(X, Y, ["ann"] * 8)


def test_more_draws_than_groups_are_no_fault():
    assert len(list(LeakageGuard(GroupShuffleSplit(9, random_state=0)).split(X, Y, SPEAKERS))) == 9


class Empty(Careless):
    def split(self, X, y=None, groups=None):
        yield np.arange(8), np.arange(0)


def test_an_empty_part():
    with pytest.raises(ValueError, match="Fold 0 of Empty has no test items; make fewer folds"):
        LeakageGuard(Empty()).split(X, Y, SPEAKERS)


@pytest.mark.parametrize(
    ("guard", "groups", "error", "message"),
    [
        (LeakageGuard(GroupKFold(2)), None, ValueError, "groups must be given"),
        (LeakageGuard(KFold(2), by=None), SPEAKERS, ValueError, "which one is not known"),
        (LeakageGuard(5), SPEAKERS, TypeError, "splitter must be a cross-validation splitter"),
        (
            LeakageGuard(GroupKFold(2), by="speeker"),
            GroupTable(speaker=SPEAKERS),
            ValueError,
            "by='speeker', but groups has no column 'speeker'; it has 'speaker'",
        ),
        (LeakageGuard(GroupKFold(2), forbid=[]), SPEAKERS, ValueError, "at least one column"),
        (LeakageGuard(GroupKFold(2), by=3), SPEAKERS, ValueError, "which one is not known"),
    ],
)
def test_bad_input_is_named(guard, groups, error, message):
    with pytest.raises(error, match=message):
        guard.split(X, Y, groups)


def test_the_table_of_several_columns_reaches_the_splitter():
    table = GroupTable(speaker=SPEAKERS, sentence=np.tile([1, 2], 4))
    both = ("speaker", "sentence")
    guard = LeakageGuard(DisjointKFold({"speaker": 2, "sentence": 2}), by=both, forbid=both)
    assert guard.get_n_splits(X, Y, table) == len(list(guard.split(X, Y, table))) == 4


def test_it_is_a_splitter():
    guard = LeakageGuard(GroupKFold(2), forbid=["speaker", "recording"])
    assert guard.get_n_splits() == 2
    assert LeakageGuard(LeaveOneGroupOut()).get_n_splits(groups=SPEAKERS) == 4
    assert repr(guard) == (
        "LeakageGuard(by='speaker', forbid=['speaker', 'recording'],\n"
        "       splitter=GroupKFold(n_splits=2, random_state=None, shuffle=False))"
    )
    requests = guard.get_metadata_routing().split.requests
    assert requests == GroupKFold(2).get_metadata_routing().split.requests == {"groups": True}
    copied = clone(GridSearchCV(DummyClassifier(), {}, cv=guard)).cv
    assert copied is not guard
    assert (copied.by, copied.forbid, copied.splitter.n_splits) == (guard.by, guard.forbid, 2)


def test_groups_given_the_old_way_are_taken():
    result = cross_validate(
        DummyClassifier(),
        X,
        Y,
        groups=GroupTable(speaker=SPEAKERS),
        cv=LeakageGuard(GroupKFold(4)),
    )
    assert len(result["test_score"]) == 4
