"""Several groupings of the same items, as one table that scikit-learn can cut into rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import _num_samples

from skaffect._utterances import check_one_each

_MAKE_A_TABLE = "Make it a table: GroupTable(speaker=..., sentence=...)."


class GroupTable:
    """Who spoke, what was said, which recording it is: one value each for every item.

    It goes through scikit-learn as ``groups``: to the splitter of a cross-validation, and
    row by row to those inside. A pandas or polars DataFrame may be given instead.

    Parameters
    ----------
    **columns : array-like of shape (n,)
        The columns by their names, as in ``speaker=corpus.speaker``. At least one, all of
        the same length, one value for each item.

    Attributes
    ----------
    columns : tuple of str
        Names of the columns.
    shape : tuple of int
        ``(n, n_columns)``.

    Raises
    ------
    ValueError
        If there is no column, or columns differ in length or have more than one axis.

    See Also
    --------
    LeakageGuard : A splitter that takes such a table, and refuses splits that leak.

    Notes
    -----
    ``table["speaker"]`` is a column, ``table[indices]``, with an array or a slice, a table
    of these rows.

    A table of several columns is no column: what takes it for one, as an estimator's
    ``fit(..., groups=table)`` would, raises. A NumPy record array would pass there, and
    each distinct row silently become a group of its own; so splitters here refuse it.

    Examples
    --------
    >>> from skaffect import GroupTable
    >>> table = GroupTable(speaker=["ann", "ann", "bob"], sentence=[1, 2, 1])
    >>> table
    GroupTable(3 items: speaker, sentence)
    >>> table[[0, 2]]["speaker"]
    array(['ann', 'bob'], dtype='<U3')
    """

    def __init__(self, **columns: ArrayLike) -> None:
        if not columns:
            raise ValueError("A GroupTable needs at least one column, as in speaker=speakers.")
        self._columns = {name: _column(values, name) for name, values in columns.items()}
        first, *others = self._columns.items()
        for name, values in others:
            if len(values) != len(first[1]):
                raise ValueError(
                    f"Columns must have the same length, but {first[0]} has {len(first[1])} "
                    f"items and {name} {len(values)}."
                )

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        return tuple(self._columns)

    @property
    def shape(self) -> tuple[int, int]:
        """Return the numbers of items and of columns."""
        return len(self), len(self._columns)

    def __len__(self) -> int:
        return len(next(iter(self._columns.values())))

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            if key not in self._columns:
                raise KeyError(f"No column {key!r}; there are {', '.join(self.columns)}.")
            return self._columns[key]
        if isinstance(key, tuple) and len(key) == 2 and key[1] is Ellipsis:
            key = key[0]  # scikit-learn's way to write rows of an array of any width
        if isinstance(key, tuple) or (np.ndim(key) != 1 and not isinstance(key, slice)):
            raise TypeError(
                f"A GroupTable takes a column's name, a slice, or an array of rows; got {key!r}."
            )
        rows = key if isinstance(key, slice) else np.asarray(key)
        return GroupTable(**{name: values[rows] for name, values in self._columns.items()})

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        if len(self._columns) > 1:
            raise ValueError(
                f"Here one column is wanted, but groups is a table of {', '.join(self.columns)}. "
                'Give one, as in groups["speaker"]; in cross-validation route it to fit by '
                'itself: set_fit_request(groups="speaker") and '
                'params={"groups": table, "speaker": table["speaker"]}.'
            )
        return np.array(next(iter(self._columns.values())), dtype=dtype)

    def __repr__(self) -> str:
        return f"GroupTable({len(self)} items: {', '.join(self.columns)})"


def read_columns(groups: Any, X: Any, *, single: str | None) -> dict[str, NDArray[Any]]:
    """Return the columns of `groups`, of which a 1-D one is the column `single`."""
    if groups is None:
        raise ValueError(
            "groups must be given: a GroupTable, a DataFrame or one column of values. In "
            'cross-validation, turn scikit-learn\'s metadata routing on and pass params={"groups":'
            " groups}."
        )
    if isinstance(groups, Mapping) or getattr(getattr(groups, "dtype", None), "names", None):
        # scikit-learn does not cut a mapping into rows, and takes a record for one value.
        raise TypeError(
            f"groups must be a GroupTable, a DataFrame or one column, got "
            f"{type(groups).__name__}. {_MAKE_A_TABLE}"
        )
    check_one_each(_num_samples(X), groups=groups)
    if hasattr(groups, "columns"):
        return {name: _column(groups[name], f"groups[{name!r}]") for name in groups.columns}
    if single is None:
        raise ValueError(f"groups is one column, but which one is not known. {_MAKE_A_TABLE}")
    return {single: _column(groups, "groups")}


def column_codes(
    columns: Mapping[str, NDArray[Any]], name: str
) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Return the distinct values of one column, sorted, and each item's place among them."""
    if name not in columns:
        raise ValueError(f"groups has no column {name!r}; it has {names_of(columns)}.")
    column = columns[name]
    for i, value in enumerate(column.tolist()):
        if _is_missing(value):
            raise ValueError(f"groups[{name!r}][{i}] is {value!r}; every item needs a value.")
    try:
        values, codes = np.unique(column, return_inverse=True)
    except TypeError as error:
        raise TypeError(
            f"groups[{name!r}] mixes types that cannot be sorted ({error}); make all of them str."
        ) from error
    return values, codes


def names_of(columns: Mapping[str, Any]) -> str:
    """Return the names of columns as they are listed in messages."""
    return ", ".join(repr(name) for name in columns)


def _column(values: ArrayLike, name: str) -> NDArray[Any]:
    column = np.asarray(values)
    if column.ndim != 1:
        raise ValueError(
            f"{name} must have one value for each item, shape (n,), got shape {column.shape}."
        )
    return column


def _is_missing(value: Any) -> bool:
    try:
        return value is None or bool(value != value)
    except TypeError:  # pandas' NA is neither true nor false
        return True
