"""Folds that are disjoint in several groupings at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.model_selection import BaseCrossValidator, GroupKFold
from sklearn.utils import check_random_state

from skaffect._parameters import check_integer, check_option
from skaffect.model_selection._group_table import column_codes, names_of, read_columns


class DisjointKFold(BaseCrossValidator):
    """K-fold in which test and training share no group of any column.

    With speakers and sentences, a fold tests some speakers on some sentences, and trains on
    the other speakers' other sentences: a network can know neither. What else there is of
    those speakers, or of those sentences, is left out of that fold. Every item is tested in
    exactly one fold.

    Parameters
    ----------
    n_parts : dict of str to int
        For each column of `groups` that must be disjoint, into how many parts its groups
        are divided, at least 2. ``{"sentence": 2}`` is the sentence-disjoint splitter;
        ``{"speaker": 4, "sentence": 2}`` makes 8 folds.
    shuffle : bool, default=False
        Whether groups are drawn to parts at random, as many to each, instead of by their
        sizes, so that parts hold about as many items.
    random_state : int, RandomState instance or None, default=None
        Seed of `shuffle`.

    Raises
    ------
    TypeError, ValueError
        If a parameter is outside its range.

    See Also
    --------
    LeakageGuard : Checks further columns too, and any other splitter's folds.

    Notes
    -----
    Each column is divided by scikit-learn's ``GroupKFold``; with one column this is the
    same. With several, each fold trains on less: with 4 and 2 parts of equal size on
    3/4 · 1/2 of the items, so a lower score than that of ``GroupKFold`` is due to fewer
    data too.

    Where not everyone says everything, some of the folds may have nothing to test. These are
    left out, so the number of folds is that of the table.

    Examples
    --------
    >>> import numpy as np
    >>> from skaffect import DisjointKFold, GroupTable
    >>> table = GroupTable(speaker=["a", "a", "b", "b"], sentence=[1, 2, 1, 2])
    >>> folds = DisjointKFold({"speaker": 2, "sentence": 2})
    >>> for train, test in folds.split(np.zeros((4, 1)), groups=table):
    ...     print("train", train, "test", test)
    train [0] test [3]
    train [1] test [2]
    train [2] test [1]
    train [3] test [0]
    """

    # scikit-learn's declaration that `split` wants groups routed to it, as GroupKFold does.
    __metadata_request__split = {"groups": True}  # noqa: RUF012

    def __init__(
        self,
        n_parts: Mapping[str, int],
        *,
        shuffle: bool = False,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        if not isinstance(n_parts, Mapping) or not n_parts:
            raise TypeError(
                "n_parts must be a dict of columns and numbers of parts, as in "
                f"{{'speaker': 4, 'sentence': 2}}; got {n_parts!r}."
            )
        for name, number in n_parts.items():
            check_integer(f"n_parts[{name!r}]", number, at_least=2)
        check_option("shuffle", shuffle, (False, True))
        if random_state is not None and not shuffle:
            raise ValueError(
                f"random_state={random_state!r} changes nothing without shuffle; set "
                "shuffle=True, or leave random_state out."
            )
        # Not n_splits, which scikit-learn would take for a number.
        self.n_parts = n_parts
        self.shuffle = shuffle
        self.random_state = random_state

    def split(
        self, X: Any, y: ArrayLike | None = None, groups: Any = None
    ) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Split items so that no group of any column is on both sides.

        Parameters
        ----------
        X : sequence of length n, or array
            The items; only their number counts.
        y : array-like of shape (n,), default=None
            Not looked at.
        groups : GroupTable, DataFrame or array-like of shape (n,)
            The groupings, with the columns of `n_parts`; where that has only one, one
            column alone will do.

        Returns
        -------
        folds : iterator over tuples of ndarray
            Indices of the training items and of the test items of each fold.

        Raises
        ------
        ValueError
            If a column has fewer groups than parts, or is missing or incomplete, `groups` has
            another length than `X`, or nothing is left to train a fold on.
        TypeError
            If `groups` is of the wrong type.
        """
        parts = self._parts(X, groups)
        folds: list[tuple[NDArray[np.intp], NDArray[np.intp]]] = []
        for cell in np.unique(parts, axis=1).T:
            inside = parts == cell[:, np.newaxis]
            train = np.flatnonzero(~inside.any(axis=0))
            if len(train) == 0:
                raise ValueError(
                    f"Nothing is left to train fold {len(folds)} on: every item shares a group "
                    f"of {names_of(self.n_parts)} with its test items. Divide a column into "
                    "more parts, or make disjoint fewer columns."
                )
            folds.append((train, np.flatnonzero(inside.all(axis=0))))
        return iter(folds)

    def get_n_splits(self, X: Any = None, y: ArrayLike | None = None, groups: Any = None) -> int:
        """Return the number of folds, of those that have items to test.

        Parameters
        ----------
        X : sequence of length n, default=None
            The items; not needed.
        y : array-like of shape (n,), default=None
            Not looked at.
        groups : GroupTable, DataFrame or array-like of shape (n,)
            The groupings.

        Returns
        -------
        n_splits : int
            At most the product of the numbers of parts.
        """
        cells = np.unique(self._parts(groups if X is None else X, groups), axis=1)
        return int(cells.shape[1])

    def _parts(self, X: Any, groups: Any) -> NDArray[np.intp]:
        """Return for each column, and each item, to which part the item's group belongs."""
        single = next(iter(self.n_parts)) if len(self.n_parts) == 1 else None
        columns = read_columns(groups, X, single=single)
        state = check_random_state(self.random_state) if self.shuffle else None
        return np.array(
            [
                _divide(name, *column_codes(columns, name), number, state)
                for name, number in self.n_parts.items()
            ]
        )


def _divide(
    name: str,
    values: NDArray[Any],
    codes: NDArray[np.intp],
    n_parts: int,
    state: np.random.RandomState | None,
) -> NDArray[np.intp]:
    """Return the part of each item, whole groups in each."""
    if len(values) < n_parts:
        names = ", ".join(repr(value) for value in values.tolist())
        fix = "leave it out of n_parts" if len(values) < 2 else f"set {len(values)} or lower"
        raise ValueError(
            f"n_parts[{name!r}] is {n_parts}, but groups[{name!r}] holds only {len(values)} "
            f"distinct: {names}. Record more, or {fix}."
        )
    folds = GroupKFold(n_parts, shuffle=state is not None, random_state=state)
    parts = np.empty(len(codes), dtype=np.intp)
    for part, (_, items) in enumerate(folds.split(codes, groups=codes)):
        parts[items] = part
    return parts
