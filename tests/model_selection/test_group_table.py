"""GroupTable: cut into rows by scikit-learn, refused where one column is wanted."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from sklearn.utils import _safe_indexing, column_or_1d, indexable

from skaffect import GroupTable
from skaffect.model_selection._group_table import column_codes, read_columns

X = np.zeros((4, 1))


def table() -> GroupTable:
    return GroupTable(speaker=["a", "a", "b", "b"], sentence=[1, 2, 1, 2])


@pytest.mark.parametrize("rows", [np.array([3, 0]), [3, 0], np.array([True, False, False, True])])
def test_scikit_learn_cuts_rows(rows):
    part = _safe_indexing(indexable(X, table())[1], rows)
    expected = np.arange(4)[rows]
    assert part.shape == (2, 2)
    assert part.columns == ("speaker", "sentence")
    assert part["speaker"].tolist() == np.array(["a", "a", "b", "b"])[expected].tolist()
    assert part["sentence"].tolist() == np.array([1, 2, 1, 2])[expected].tolist()


def test_slices_copies_and_pickles():
    assert table()[1:3]["speaker"].tolist() == ["a", "b"]
    for again in (copy.deepcopy(table()), pickle.loads(pickle.dumps(table()))):
        assert again["sentence"].tolist() == [1, 2, 1, 2]


def test_a_table_is_no_column():
    with pytest.raises(ValueError, match=r'set_fit_request\(groups="speaker"\)'):
        column_or_1d(table())
    assert column_or_1d(GroupTable(speaker=["a", "b"])).tolist() == ["a", "b"]


@pytest.mark.parametrize("key", [0, np.int64(0), (0, 1), [[0]]])
def test_other_keys_are_refused(key):
    with pytest.raises(TypeError, match="takes a column's name, a slice, or an array of rows"):
        table()[key]


def test_an_unknown_column_is_named():
    with pytest.raises(KeyError, match="No column 'device'; there are speaker, sentence"):
        table()["device"]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({}, "at least one column"),
        ({"a": [1, 2], "b": [1]}, "but a has 2 items and b 1"),
        ({"a": [[1], [2]]}, r"a must have one value for each item, shape \(n,\), got shape"),
        ({"a": "ann"}, r"got shape \(\)"),
    ],
)
def test_columns_that_make_no_table(columns, message):
    with pytest.raises(ValueError, match=message):
        GroupTable(**columns)


class Frame:
    """What a DataFrame is to a splitter: columns by name, and rows by position."""

    columns = ("speaker", "sentence")

    def __len__(self):
        return 4

    def __getitem__(self, name):
        return table()[name]


def test_frames_are_read_like_tables():
    for groups in (table(), Frame()):
        columns = read_columns(groups, X, single=None)
        assert {name: column.tolist() for name, column in columns.items()} == {
            "speaker": ["a", "a", "b", "b"],
            "sentence": [1, 2, 1, 2],
        }


def test_pandas_frames_are_read_and_their_missing_values_found():
    pandas = pytest.importorskip("pandas", reason="pandas is optional: it comes with `report`")
    frame = pandas.DataFrame({"speaker": ["a", "b"]})
    frame["session"] = pandas.array([1, None], "Int64")
    frame["room"] = pandas.array(["hall", None], "string")
    columns = read_columns(frame, X[:2], single=None)
    assert column_codes(columns, "speaker")[1].tolist() == [0, 1]
    for name in ("session", "room"):
        with pytest.raises(ValueError, match=rf"groups\['{name}'\]\[1\] is (<NA>|nan)"):
            column_codes(columns, name)
    assert _safe_indexing(frame, np.array([1]))["speaker"].tolist() == ["b"]


@pytest.mark.parametrize(
    "groups",
    [
        {"speaker": ["a", "a", "b", "b"]},
        np.array([("a", 1)] * 4, dtype=[("speaker", "U1"), ("sentence", int)]),
    ],
)
def test_what_would_be_cut_wrongly_is_refused(groups):
    with pytest.raises(TypeError, match=r"Make it a table: GroupTable\(speaker"):
        read_columns(groups, X, single="speaker")


@pytest.mark.parametrize("missing", [None, np.nan])
def test_missing_values_are_named(missing):
    columns = read_columns(np.array(["a", missing, "b", "b"], object), X, single="speaker")
    with pytest.raises(ValueError, match=r"groups\['speaker'\]\[1\] is (None|nan); every item"):
        column_codes(columns, "speaker")


def test_mixed_types_and_other_lengths():
    with pytest.raises(TypeError, match=r"groups\['speaker'\] mixes types .*; make all of them"):
        column_codes({"speaker": np.array(["a", 1], object)}, "speaker")
    with pytest.raises(ValueError, match="X holds 4 utterances, but groups has 2 entries"):
        read_columns(["a", "b"], X, single="speaker")
