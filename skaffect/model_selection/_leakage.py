"""Whether a split leaks: test items that share a group with training."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skaffect._words import counted
from skaffect.model_selection._group_table import column_codes, names_of, read_columns

_MOST_SHOWN = 3


class LeakageError(ValueError):
    """A test item shares with training what it must not share.

    Its message names the column, the first values on both sides, and items that have them.

    See Also
    --------
    check_leakage : Raises it for one split.
    LeakageGuard : Raises it for any fold of a splitter.

    Examples
    --------
    >>> from skaffect import LeakageError, check_leakage
    >>> try:
    ...     check_leakage([0, 1], [2], ["ann", "bob", "ann"])
    ... except LeakageError as error:
    ...     print("refused:", "'ann'" in str(error))
    refused: True
    """


def check_leakage(
    train: ArrayLike,
    test: ArrayLike,
    groups: Any,
    *,
    forbid: str | Sequence[str] = ("speaker",),
    X: Any = None,
) -> None:
    """Raise if items of a split's two parts share a group, or an item is in both.

    For splits that no :class:`LeakageGuard` makes: a published list of training and test
    files, a validation part set aside by hand.

    Parameters
    ----------
    train : array-like of shape (n_train,), int
        Indices of the training items.
    test : array-like of shape (n_test,), int
        Indices of the items that they are tested, or stopped early, on.
    groups : GroupTable, DataFrame or array-like of shape (n,)
        The groupings of all items. One column alone is the one that `forbid` names.
    forbid : str or sequence of str, default=("speaker",)
        Columns of which no value may be on both sides.
    X : sequence of length n, default=None
        The items; where they are paths, messages name them.

    Raises
    ------
    LeakageError
        If the parts share a value of a forbidden column, or an item.
    TypeError, ValueError
        If a part is empty or holds no indices of items, `groups` is no table, or a value of
        it is missing.

    Warns
    -----
    UserWarning
        If `groups` lacks a forbidden column, which then is not checked.

    See Also
    --------
    LeakageGuard : The same for all folds of a splitter.

    Examples
    --------
    Speakers are apart, but both parts hold the first sentence:

    >>> from skaffect import GroupTable, check_leakage
    >>> groups = GroupTable(speaker=["ann", "ann", "bob"], sentence=[1, 2, 1])
    >>> check_leakage([0, 1], [2], groups)
    >>> check_leakage([0, 1], [2], groups, forbid=["speaker", "sentence"])
    Traceback (most recent call last):
    ...
    skaffect.model_selection._leakage.LeakageError: The split leaks: 1 value of the column
    'sentence' is in training and in test: 1 (test item 2, training item 0). ...
    """
    names = checked_names("forbid", forbid)
    single = names[0] if len(names) == 1 else None
    items = groups if X is None else X
    columns = read_columns(groups, items, single=single)
    n_items = len(next(iter(columns.values())))
    parts = _indices("train", train, n_items), _indices("test", test, n_items)
    leak = find_leak(*parts, forbidden_columns(columns, names), X)
    if leak is not None:
        raise LeakageError(f"The split leaks: {leak}")


class Forbidden(NamedTuple):
    """A column of which no value may be on both sides."""

    name: str
    values: NDArray[Any]
    codes: NDArray[np.intp]


def checked_names(parameter: str, names: Any) -> tuple[str, ...]:
    """Return the names of columns, at least one."""
    names = (names,) if isinstance(names, str) else names
    if not isinstance(names, Sequence) or not all(isinstance(name, str) for name in names):
        raise TypeError(
            f"{parameter} must be a column's name or a sequence of names, got {names!r}."
        )
    if not names:
        raise ValueError(f"{parameter} must name at least one column, as in ('speaker',).")
    return tuple(names)


def forbidden_columns(
    columns: Mapping[str, NDArray[Any]], forbid: Sequence[str]
) -> list[Forbidden]:
    """Return the forbidden columns that there are, and warn of the others."""
    if absent := [name for name in forbid if name not in columns]:
        warnings.warn(
            f"groups lacks {', '.join(repr(name) for name in absent)} of forbid={tuple(forbid)}, "
            f"so leaks of that kind are not seen; it has {names_of(columns)}. Add the column, or "
            "take it out of forbid.",
            UserWarning,
            stacklevel=3,
        )
    return [Forbidden(name, *column_codes(columns, name)) for name in forbid if name in columns]


def find_leak(
    train: NDArray[np.intp], test: NDArray[np.intp], forbidden: Sequence[Forbidden], X: Any
) -> str | None:
    """Return what a split leaks, in words, or None."""
    both = np.intersect1d(train, test)
    if len(both):
        items = _listed([_item(i, X) for i in both[:_MOST_SHOWN]], len(both), "item")
        return f"the same items are in training and in test: {items}."
    for column in forbidden:
        shared = np.intersect1d(column.codes[train], column.codes[test])
        if len(shared):
            return _in_words(column, shared, train, test, X)
    return None


def _in_words(
    column: Forbidden,
    shared: NDArray[np.intp],
    train: NDArray[np.intp],
    test: NDArray[np.intp],
    X: Any,
) -> str:
    culprits = []
    for code in shared[:_MOST_SHOWN]:
        tested = test[column.codes[test] == code][0]
        trained = train[column.codes[train] == code][0]
        culprits.append(
            f"{column.values[code : code + 1].tolist()[0]!r} (test item {_item(tested, X)}, "
            f"training item {_item(trained, X)})"
        )
    verb = "is" if len(shared) == 1 else "are"
    return (
        f"{counted(len(shared), 'value')} of the column {column.name!r} {verb} in training and in "
        f"test: {_listed(culprits, len(shared), 'value')}. Split by {column.name!r}, by several "
        "columns at once with DisjointKFold, or leave the items of one side out."
    )


def _listed(shown: Sequence[str], n_all: int, what: str) -> str:
    n_more = n_all - len(shown)
    return ", ".join(shown) + (f", and {counted(n_more, f'more {what}')}" if n_more else "")


def _item(i: np.intp, X: Any) -> str:
    """Return an item's number, and its path if it is one."""
    listed = isinstance(X, list | tuple) or (isinstance(X, np.ndarray) and X.ndim == 1)
    if listed and isinstance(X[i], str | os.PathLike):
        return f"{i} {os.fsdecode(X[i])!r}"
    return str(i)


def _indices(name: str, part: ArrayLike, n_items: int) -> NDArray[np.intp]:
    indices = np.asarray(part)
    if indices.size == 0:
        raise ValueError(f"{name} is empty; a split needs items on both sides.")
    if indices.ndim != 1 or indices.dtype.kind not in "iu":
        raise TypeError(
            f"{name} must hold indices of items, shape (n,), got dtype {indices.dtype} and shape "
            f"{indices.shape}; of a mask, np.flatnonzero(mask) are the indices."
        )
    if indices.min() < 0 or indices.max() >= n_items:
        raise ValueError(
            f"{name} must hold indices from 0 to {n_items - 1}, got some from {indices.min()} to "
            f"{indices.max()}."
        )
    return indices.astype(np.intp)
