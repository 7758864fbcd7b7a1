"""A protocol of any of scikit-learn's splitters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from skaffect.model_selection._condition import column
from skaffect.model_selection._fold import Fold
from skaffect.model_selection._group_table import GroupTable
from skaffect.model_selection._guard import LeakageGuard


@dataclass(frozen=True)
class SplitProtocol:
    """Folds of a splitter, each with its test part.

    Parameters
    ----------
    splitter : splitter
        Any of scikit-learn's way, with ``split(X, y, groups)``, as
        :class:`~sklearn.model_selection.GroupKFold`. One that draws needs a
        ``random_state`` of its own: the folds of a stopped run must come again.
    groups : str, sequence of str or None, default="speaker"
        Column of the corpus that the splitter is told as groups. Several are told as one
        :class:`GroupTable`, for a :class:`LeakageGuard` or a :class:`DisjointKFold`. None
        tells none.

    See Also
    --------
    AnimationProtocol, DeviceProtocol : The papers' own.
    run_protocol : Run systems on the folds.

    Examples
    --------
    >>> from sklearn.model_selection import GroupKFold
    >>> from skaffect import SplitProtocol
    >>> corpus = {"data": [[0.0]] * 4, "target": [0, 1, 0, 1], "speaker": list("aabb")}
    >>> for fold in SplitProtocol(GroupKFold(2)).folds(corpus):
    ...     print(fold.name, fold.train.tolist(), fold.parts["test"].tolist())
    fold 1 [0, 1] [2, 3]
    fold 2 [2, 3] [0, 1]
    """

    splitter: Any
    groups: str | tuple[str, ...] | list[str] | None = "speaker"

    def folds(self, corpus: Mapping[str, Any]) -> list[Fold]:
        """Split a corpus.

        Parameters
        ----------
        corpus : mapping
            With ``data``, ``target`` and the columns that `groups` names, one entry per
            utterance.

        Returns
        -------
        folds : list of Fold
            ``"fold 1"`` and so on, with the part ``"test"``.

        Raises
        ------
        ValueError
            If a column is missing, the splitter would draw other folds every time, or
            cannot split.
        """
        if _draws_anew(self.splitter):
            raise ValueError(
                f"splitter draws other folds every time: {self.splitter!r}. Give it an integer "
                "random_state, for the folds of a stopped run must come again."
            )
        splits = self.splitter.split(corpus["data"], corpus["target"], self._told(corpus))
        return [
            Fold(f"fold {i}", np.asarray(train), {"test": np.asarray(test)})
            for i, (train, test) in enumerate(splits, start=1)
        ]

    def _told(self, corpus: Mapping[str, Any]) -> Any:
        if self.groups is None:
            return None
        if isinstance(self.groups, str):
            return column(corpus, self.groups)
        return GroupTable(**{name: column(corpus, name) for name in self.groups})


def _draws_anew(splitter: Any) -> bool:
    """Tell a splitter that shuffles, or always draws, without an integer to start from."""
    if isinstance(splitter, LeakageGuard):
        return _draws_anew(splitter.splitter)
    unseeded = not isinstance(getattr(splitter, "random_state", 0), int | np.integer)
    return unseeded and bool(getattr(splitter, "shuffle", True))
