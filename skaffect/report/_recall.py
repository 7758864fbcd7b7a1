"""The table of recalls over folds, after Table III of arXiv:1908.03904."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import accuracy_score, recall_score

# Table III of the paper: utterance level accuracy in percent, SAVEE, validation data.
PAPER_TABLE_III = {
    "angry": 72.15,
    "disgust": 75.38,
    "fear": 73.21,
    "happy": 71.71,
    "neutral": 91.93,
    "sad": 75.19,
    "surprise": 67.98,
}


class FoldAnswers(NamedTuple):
    """The true and the predicted classes of one fold's test utterances.

    Parameters
    ----------
    true : ndarray of shape (n,) of str
        True classes.
    predicted : ndarray of shape (n,) of str
        Predicted classes.

    Examples
    --------
    >>> import numpy as np
    >>> from skaffect import FoldAnswers
    >>> fold = FoldAnswers(np.array(["sad", "angry"]), np.array(["sad", "sad"]))
    >>> fold.predicted.tolist()
    ['sad', 'sad']
    """

    true: NDArray[np.str_]
    predicted: NDArray[np.str_]


class RecallRow(NamedTuple):
    """One figure over the folds: a class's recall, their mean, or the accuracy.

    Parameters
    ----------
    name : str
        The class, ``"UAR"`` or ``"accuracy"``.
    mean : float
        Mean over the folds, in [0, 1].
    std : float
        Population standard deviation over the folds.
    folds : tuple of float
        The figure of each fold, NaN where a fold does not hold the class.

    Examples
    --------
    >>> from skaffect import RecallRow
    >>> RecallRow("UAR", 0.5, 0.1, (0.4, 0.6)).mean
    0.5
    """

    name: str
    mean: float
    std: float
    folds: tuple[float, ...]


def recall_rows(folds: Sequence[FoldAnswers], classes: ArrayLike) -> list[RecallRow]:
    """Summarise every class's recall, the unweighted average recall and the accuracy.

    Parameters
    ----------
    folds : sequence of FoldAnswers
        True and predicted classes of each fold's test part.
    classes : array-like of shape (n_classes,)
        The classes, in the order of the rows.

    Returns
    -------
    rows : list of RecallRow
        A row for each class, then ``"UAR"`` (the mean of the classes' recalls) and
        ``"accuracy"``; mean and population standard deviation over the folds that hold
        the class.

    Examples
    --------
    >>> import numpy as np
    >>> from skaffect import FoldAnswers, recall_rows
    >>> fold = FoldAnswers(np.array(["sad", "angry"]), np.array(["sad", "sad"]))
    >>> [(row.name, row.mean) for row in recall_rows([fold], ["angry", "sad"])]
    [('angry', 0.0), ('sad', 1.0), ('UAR', 0.5), ('accuracy', 0.5)]
    """
    classes = np.asarray(classes)
    recalls = np.array([_recalls(fold, classes) for fold in folds])
    rows = [_row(str(name), recalls[:, i]) for i, name in enumerate(classes)]
    rows.append(_row("UAR", np.nanmean(recalls, axis=1)))
    rows.append(_row("accuracy", np.array([accuracy_score(*fold) for fold in folds])))
    return rows


def _recalls(fold: FoldAnswers, classes: NDArray[np.str_]) -> NDArray[np.float64]:
    """Return each class's recall, NaN where the fold does not hold the class."""
    return recall_score(
        fold.true, fold.predicted, labels=classes, average=None, zero_division=np.nan
    )


def _row(name: str, values: NDArray[np.float64]) -> RecallRow:
    return RecallRow(
        name, float(np.nanmean(values)), float(np.nanstd(values)), tuple(map(float, values))
    )
