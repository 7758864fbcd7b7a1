"""Section III of arXiv:1908.03904: a tenth held out, five folds on the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import KFold, train_test_split

from skaffect._parameters import check_integer
from skaffect.model_selection._condition import column, entries_of
from skaffect.model_selection._fold import Fold

_TEST_FRACTION = 0.1
_N_FOLDS = 5


@dataclass(frozen=True)
class AnimationProtocol:
    """The folds of the animation paper, over utterances or over whole speakers.

    Section III of [1]_: a tenth is held out for testing. The rest is cut into five, and
    each fold validates on one fifth (20 %) and trains on the others (80 %). The paper
    reports emotion recognition on the validation parts (Table III) and the error of faces
    on the test part (Table IV), which is the same in every fold.

    Parameters
    ----------
    groups : str or None, default=None
        None cuts the utterances one by one, as the paper does: the same speakers are in
        training and test. A column, as ``"speaker"``, cuts whole speakers by the same
        fractions, so that those who are asked about were never heard; it needs six.
    random_state : int, default=0
        Seed of the cuts.

    See Also
    --------
    SplitProtocol : Folds of any splitter, for fewer speakers.
    run_protocol : Run systems on the folds.

    Notes
    -----
    A tenth is rounded to whole utterances or speakers, at least one. The paper does not say
    that emotions are balanced in its parts, and here they are not either.

    References
    ----------
    .. [1] Sadiq, Asadiabadi, Erzin, "Emotion Dependent Facial Animation from Affective
       Speech", arXiv:1908.03904, 2019.

    Examples
    --------
    As many utterances as SAVEE has:

    >>> from skaffect import AnimationProtocol
    >>> corpus = {"data": [[0.0]] * 480, "target": [0] * 480}
    >>> folds = AnimationProtocol().folds(corpus)
    >>> [len(fold.train) for fold in folds]
    [345, 345, 346, 346, 346]
    >>> [len(fold.parts["validation"]) for fold in folds], len(folds[0].parts["test"])
    ([87, 87, 86, 86, 86], 48)
    """

    groups: str | None = None
    random_state: int = 0

    def folds(self, corpus: Mapping[str, Any]) -> list[Fold]:
        """Split a corpus.

        Parameters
        ----------
        corpus : mapping
            With ``data`` and the column that `groups` names, one entry per utterance.

        Returns
        -------
        folds : list of Fold
            ``"fold 1"`` to ``"fold 5"``, with the parts ``"validation"`` and ``"test"``.

        Raises
        ------
        TypeError, ValueError
            If the column is missing, there are too few utterances or speakers, or
            `random_state` is no integer of at least 0.
        """
        check_integer("random_state", self.random_state, at_least=0)
        labels, what = self._units(corpus)
        units = np.unique(labels)
        n_test = max(1, round(_TEST_FRACTION * len(units)))
        if len(units) < n_test + _N_FOLDS:
            raise ValueError(
                f"The corpus has {len(units)} {what}, but at least {1 + _N_FOLDS} are needed: "
                f"one to test, and {_N_FOLDS} folds on the rest. For fewer speakers use "
                "SplitProtocol(GroupKFold(n_splits))."
            )
        rest, test = train_test_split(units, test_size=n_test, random_state=self.random_state)
        splitter = KFold(_N_FOLDS, shuffle=True, random_state=self.random_state)
        return [
            Fold(
                f"fold {i}",
                _where(labels, rest[train]),
                {"validation": _where(labels, rest[validation]), "test": _where(labels, test)},
            )
            for i, (train, validation) in enumerate(splitter.split(rest), start=1)
        ]

    def _units(self, corpus: Mapping[str, Any]) -> tuple[NDArray[Any], str]:
        """Return what is cut as a whole, for each utterance, and its name."""
        if self.groups is None:
            return np.arange(len(entries_of(corpus["data"]))), "utterances"
        return column(corpus, self.groups), f"values of {self.groups!r}"


def _where(labels: NDArray[Any], chosen: NDArray[Any]) -> NDArray[np.intp]:
    return np.flatnonzero(np.isin(labels, chosen))
