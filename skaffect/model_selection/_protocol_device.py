"""Section 3 of the device paper: three folds over speakers, and its matrix of modes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.model_selection import GroupKFold

from skaffect._parameters import check_integer
from skaffect._words import counted
from skaffect.model_selection._condition import column
from skaffect.model_selection._fold import Fold

_N_FOLDS = 3


@dataclass(frozen=True)
class DeviceProtocol:
    """The folds of the device paper: three over speakers, in one mode of speech or across.

    "Experimental setup" of [1]_: the speakers are cut into three sets at random, and each
    set is tested by what was trained on the two others. With modes of speech (neutral,
    whispered), each fold trains on one mode and is tested on the same held-out speakers in
    each mode: the columns of Table 3.

    Parameters
    ----------
    mode : str or None, default=None
        Column with the mode of each recording. None has no modes, as experiment 1.
    groups : str, default="speaker"
        Column with the speaker of each recording.
    random_state : int, default=0
        Seed of the cut.

    See Also
    --------
    SplitProtocol : Folds of any splitter.
    run_protocol : Run systems on the folds.

    References
    ----------
    .. [1] Naini, Singhal, Ghosh, "Dual Attention Pooling Network for Recording Device
       Classification Using Neutral and Whispered Speech".

    Examples
    --------
    >>> from skaffect import DeviceProtocol
    >>> corpus = {"data": [[0.0]] * 6, "target": [0] * 6, "speaker": list("aabbcc")}
    >>> corpus["mode"] = ["neutral", "whispered"] * 3
    >>> for fold in DeviceProtocol("mode").folds(corpus)[:2]:
    ...     print(fold.name, list(fold.parts))
    neutral, fold 1 ['neutral', 'neutral/whispered']
    neutral, fold 2 ['neutral', 'neutral/whispered']
    """

    mode: str | None = None
    groups: str = "speaker"
    random_state: int = 0

    def folds(self, corpus: Mapping[str, Any]) -> list[Fold]:
        """Split a corpus.

        Parameters
        ----------
        corpus : mapping
            With the columns that `groups` and `mode` name, one entry per recording.

        Returns
        -------
        folds : list of Fold
            ``"fold 1"`` to ``"fold 3"`` with the part ``"test"``. With modes these for each
            mode a that is trained on, ``"a, fold 1"`` and so on, with the part ``"a"`` and
            for each other mode b a part ``"a/b"``, as the paper calls them.

        Raises
        ------
        TypeError, ValueError
            If a column is missing, there are fewer than three speakers, a set of speakers
            lacks a mode, or `random_state` is no integer of at least 0.
        """
        check_integer("random_state", self.random_state, at_least=0)
        speakers = column(corpus, self.groups)
        if (n_speakers := len(np.unique(speakers))) < _N_FOLDS:
            raise ValueError(
                f"Column {self.groups!r} has {counted(n_speakers, 'value')}, but the device "
                f"paper's {_N_FOLDS} folds need at least {_N_FOLDS}."
            )
        splitter = GroupKFold(_N_FOLDS, shuffle=True, random_state=self.random_state)
        splits = list(splitter.split(speakers, groups=speakers))
        if self.mode is None:
            return [
                Fold(f"fold {i}", train, {"test": test})
                for i, (train, test) in enumerate(splits, start=1)
            ]
        modes = column(corpus, self.mode)
        names = np.unique(modes).tolist()
        return [
            Fold(
                f"{own}, fold {i}",
                train[modes[train] == own],
                {
                    str(own) if other == own else f"{own}/{other}": test[modes[test] == other]
                    for other in (own, *(name for name in names if name != own))
                },
            )
            for own in names
            for i, (train, test) in enumerate(splits, start=1)
        ]
