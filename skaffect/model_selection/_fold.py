"""Who is trained on and who is asked in one fold of a protocol."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.intp]


class Fold(NamedTuple):
    """One fold: what a system is trained on, and the parts that it is asked about.

    Parameters
    ----------
    name : str
        Name of the fold, as in ``"fold 1"``; another one for each fold of a protocol.
    train : ndarray of shape (n_train,) of int
        Indices of the utterances to train on.
    parts : mapping of str to ndarray of shape (n_part,) of int
        Indices of the utterances to ask about, by the name of their part: ``"test"``,
        ``"validation"``. None of them is trained on.

    See Also
    --------
    SplitProtocol, AnimationProtocol, DeviceProtocol : Make folds.

    Examples
    --------
    >>> import numpy as np
    >>> from skaffect import Fold
    >>> fold = Fold("fold 1", np.array([0, 1, 2]), {"test": np.array([3])})
    >>> fold.parts["test"].tolist()
    [3]
    """

    name: str
    train: Indices
    parts: Mapping[str, Indices]


def checked_folds(folds: Iterable[Any], n_utterances: int) -> list[Fold]:
    """Return the folds with plain indices, or raise what is wrong with them.

    Raises
    ------
    TypeError, ValueError
        If there is no fold, a name comes twice, a training part or another is empty, an
        index is no utterance or comes twice, or one is in training and in a part.
    """
    checked = [
        Fold(
            _name("The name of a fold", fold.name),
            _indices(f"train of {fold.name!r}", fold.train, n_utterances),
            {
                _name(f"The name of a part of {fold.name!r}", part): _indices(
                    f"part {part!r} of {fold.name!r}", indices, n_utterances
                )
                for part, indices in fold.parts.items()
            },
        )
        for fold in folds
    ]
    names = [fold.name for fold in checked]
    if not names:
        raise ValueError("The protocol makes no folds; it needs at least one.")
    if len(set(names)) < len(names):
        raise ValueError(f"The folds of a protocol must differ in name, got {names}.")
    for fold in checked:
        if not fold.parts:
            raise ValueError(f"{fold.name!r} has no parts to ask about; it needs at least one.")
        for part, indices in fold.parts.items():
            _check_apart(fold, part, indices)
    return checked


def _name(what: str, name: Any) -> str:
    if not isinstance(name, str) or not name:
        raise TypeError(f"{what} must be a str that is not empty, got {name!r}.")
    return name


def _indices(name: str, indices: Any, n_utterances: int) -> Indices:
    array = np.asarray(indices)
    if array.ndim != 1 or (array.dtype.kind not in "iu" and len(array)):
        raise TypeError(
            f"{name} must be a 1-D array of indices, got {array.dtype} of shape {array.shape}. "
            "np.flatnonzero makes them of a mask."
        )
    if len(array) == 0:
        raise ValueError(f"{name} is empty; every part needs an utterance at least.")
    if array.min() < 0 or array.max() >= n_utterances:
        raise ValueError(
            f"{name} holds an index outside of 0 to {n_utterances - 1}, the utterances that "
            "there are."
        )
    if len(np.unique(array)) < len(array):
        raise ValueError(f"{name} holds an index twice.")
    return array.astype(np.intp)


def _check_apart(fold: Fold, part: str, indices: Indices) -> None:
    shared = np.intersect1d(fold.train, indices)
    if len(shared):
        raise ValueError(
            f"{fold.name!r} trains on {len(shared)} of the {len(indices)} utterances of its part "
            f"{part!r} (first: {shared[:3].tolist()}); what is asked must not be trained on."
        )
