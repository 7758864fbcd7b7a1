"""A splitter around any other, that refuses splits which leak."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.model_selection import BaseCrossValidator, BaseShuffleSplit

from skaffect.model_selection._group_table import (
    GroupTable,
    column_codes,
    names_of,
    read_columns,
)
from skaffect.model_selection._leakage import (
    LeakageError,
    checked_names,
    find_leak,
    forbidden_columns,
)

Split = tuple[NDArray[np.intp], NDArray[np.intp]]


class LeakageGuard(BaseCrossValidator):
    """Cross-validation that raises when a test item shares a group with training.

    It wraps any scikit-learn splitter, and splits as that one does. All folds are made and
    checked before the first is given out, so that nothing is trained in vain.

    Parameters
    ----------
    splitter : cross-validation splitter
        What splits: ``GroupKFold(5)``, :class:`DisjointKFold`, ``StratifiedKFold(5)``.
    by : str, sequence of str or None, default="speaker"
        Column of `groups` that the splitter gets for its groups. With a sequence it gets a
        table of these columns, as :class:`DisjointKFold` wants; with None no groups, as
        ``KFold`` wants.
    forbid : str or sequence of str, default=("speaker",)
        Columns of which no value may be in training and in test of one fold.

    See Also
    --------
    GroupTable : Several groupings as one table.
    recording_hashes : A column that tells copies of one recording.
    check_leakage : The same for one split, however it was made.

    Notes
    -----
    Inner splits leak as easily as outer ones. With scikit-learn's metadata routing turned
    on, ``params={"groups": table}`` reaches every splitter that takes groups, this one among
    them: in ``cross_validate``, and through it in the ``GridSearchCV`` or the
    ``CalibratedClassifierCV`` that it fits, which are given the rows of their training part.
    Give each a guard as its ``cv``.

    Early stopping splits inside an estimator's ``fit``, which takes one column, not a table.
    Route that column under a name of its own::

        dern = DERNClassifier(early_stopping=True).set_fit_request(groups="speaker")
        cross_validate(
            dern, X, y, cv=guard, params={"groups": table, "speaker": table["speaker"]}
        )

    Forgotten, this does not pass unseen: scikit-learn raises when an estimator's ``fit`` could
    take `groups` and was not told whether to (``UnsetMetadataPassedError``), a table of
    several columns raises in ``fit``, and our estimators warn when they stop early without
    groups. Where columns are crossed, as sentences and speakers are, the two parts within
    ``fit`` still share the other column; the test part shares neither.

    Without routing, ``cross_validate(..., groups=table)`` reaches the outer splitter alone.

    Examples
    --------
    Speakers are apart, and yet every sentence is in training and in test:

    >>> import numpy as np
    >>> from sklearn.model_selection import GroupKFold
    >>> from skaffect import GroupTable, LeakageGuard
    >>> X, y = np.random.default_rng(0).normal(size=(16, 6)), np.tile([0, 1], 8)
    >>> table = GroupTable(speaker=np.repeat(list("abcdefgh"), 2), sentence=np.tile([1, 2], 8))
    >>> guard = LeakageGuard(GroupKFold(2))
    >>> len(list(guard.split(X, groups=table)))
    2
    >>> guard = LeakageGuard(GroupKFold(2), forbid=("speaker", "sentence"))
    >>> guard.split(X, groups=table)
    Traceback (most recent call last):
    ...
    skaffect.model_selection._leakage.LeakageError: Fold 0 of GroupKFold leaks: 2 values of the
    column 'sentence' are in training and in test: ...

    Nested cross-validation, in which the groups reach the outer and the inner folds:

    >>> import sklearn
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.model_selection import GridSearchCV, cross_validate
    >>> guard = LeakageGuard(GroupKFold(2))
    >>> with sklearn.config_context(enable_metadata_routing=True):
    ...     search = GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=guard)
    ...     result = cross_validate(search, X, y, cv=guard, params={"groups": table})
    >>> result["test_score"].shape
    (2,)
    """

    # scikit-learn's declaration that `split` wants groups routed to it, as GroupKFold does.
    __metadata_request__split = {"groups": True}  # noqa: RUF012

    def __init__(
        self,
        splitter: Any,
        *,
        by: str | Sequence[str] | None = "speaker",
        forbid: str | Sequence[str] = ("speaker",),
    ) -> None:
        self.splitter = splitter
        self.by = by
        self.forbid = forbid

    def split(self, X: Any, y: ArrayLike | None = None, groups: Any = None) -> Iterator[Split]:
        """Split as the wrapped splitter does, and raise if any fold leaks.

        Parameters
        ----------
        X : sequence of length n, or array
            The items; where they are paths, messages name them.
        y : array-like of shape (n,), default=None
            Their labels, for splitters that stratify.
        groups : GroupTable, DataFrame or array-like of shape (n,)
            The groupings; one column alone is the column `by`.

        Returns
        -------
        folds : iterator over tuples of ndarray
            Indices of the training items and of the test items of each fold.

        Raises
        ------
        LeakageError
            If a test item of a fold shares a forbidden group with training.
        ValueError
            If there are fewer groups than folds, a part of a fold is empty, or `groups` is
            not given, lacks the column `by`, has another length than `X` or lacks a value.
        TypeError
            If a parameter or `groups` is of the wrong type.

        Warns
        -----
        UserWarning
            If `groups` lacks a forbidden column, which then is not checked.
        """
        forbid = checked_names("forbid", self.forbid)
        columns = self._columns(X, groups)
        forbidden = forbidden_columns(columns, forbid)
        folds = list(self.splitter.split(X, y, self._handed(columns)))
        for number, (train, test) in enumerate(folds):
            name = f"Fold {number} of {type(self.splitter).__name__}"
            for part, indices in (("training", train), ("test", test)):
                if len(indices) == 0:
                    raise ValueError(f"{name} has no {part} items; make fewer folds.")
            leak = find_leak(train, test, forbidden, X)
            if leak is not None:
                raise LeakageError(f"{name} leaks: {leak}")
        return iter(folds)

    def get_n_splits(self, X: Any = None, y: ArrayLike | None = None, groups: Any = None) -> int:
        """Return the number of folds.

        Parameters
        ----------
        X : sequence of length n, default=None
            The items, for splitters whose number of folds hangs on them.
        y : array-like of shape (n,), default=None
            Their labels, likewise.
        groups : GroupTable, DataFrame or array-like of shape (n,), default=None
            The groupings, likewise.

        Returns
        -------
        n_splits : int
            What the wrapped splitter says.
        """
        if groups is None:
            return int(self.splitter.get_n_splits(X, y))
        columns = self._columns(groups if X is None else X, groups)
        return int(self.splitter.get_n_splits(X, y, self._handed(columns)))

    def _columns(self, X: Any, groups: Any) -> dict[str, NDArray[Any]]:
        for method in ("split", "get_n_splits"):
            if not hasattr(self.splitter, method):
                raise TypeError(
                    "splitter must be a cross-validation splitter, such as GroupKFold(5), "
                    f"got {self.splitter!r}."
                )
        return read_columns(groups, X, single=self.by if isinstance(self.by, str) else None)

    def _handed(self, columns: dict[str, NDArray[Any]]) -> Any:
        """Return what the wrapped splitter gets for its groups."""
        if self.by is None:
            return None
        names = checked_names("by", self.by)
        if absent := [name for name in names if name not in columns]:
            raise ValueError(
                f"by={self.by!r}, but groups has no column {names_of(dict.fromkeys(absent))}; "
                f"it has {names_of(columns)}."
            )
        if not isinstance(self.by, str):
            return GroupTable(**{name: columns[name] for name in names})
        values, _ = column_codes(columns, self.by)
        _check_enough(self.splitter, values, self.by)
        return columns[self.by]


def _check_enough(splitter: Any, values: NDArray[Any], by: str) -> None:
    """Raise unless each fold can have a group."""
    n_folds = getattr(splitter, "n_splits", 2)
    if isinstance(splitter, BaseShuffleSplit) or not isinstance(n_folds, int):
        n_folds = 2  # drawn anew for each, two groups make any number of splits
    if len(values) < n_folds:
        names = ", ".join(repr(value) for value in values.tolist())
        fix = "give more groups" if len(values) < 2 else f"set n_splits={len(values)} or lower"
        raise ValueError(
            f"{type(splitter).__name__} needs at least {n_folds} groups, one a fold, but "
            f"groups[{by!r}] holds {len(values)}: {names}. Record more, or {fix}."
        )
