"""Whether a network has learnt more than what is known without hearing anything."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from skaffect.cli._progress import say

_NEAR_GUESSING = 0.9  # of the loss of guessing
# The cascade's network that hears which emotion it is, beside those of faces.
HEARING = "emotions"


class Learnt(NamedTuple):
    """A network's training loss at the end, that of guessing, and the epochs it took."""

    loss: float
    guessing: float
    epochs: int


def guessing_loss(labels: Iterable[Any]) -> float:
    """Return the cross-entropy of knowing how often each label is met, and nothing else."""
    counts = Counter(labels)
    shares = [count / counts.total() for count in counts.values()]
    return -sum(share * math.log(share) for share in shares)


def mean_face_loss(parameters: Sequence[Any]) -> float:
    """Return the squared error of always answering with the mean of the faces.

    Parameters
    ----------
    parameters : sequence of ndarray of shape (n_frames, n_components)
        Shape parameters of each utterance, NaN in frames that are not observed.

    Returns
    -------
    loss : float
        Mean over observed frames and components, as the networks' losses are.
    """
    import numpy as np  # late: the help does without

    # An utterance at a time: all frames of a corpus are many.
    counts = sum(np.isfinite(entry).sum(axis=0) for entry in parameters)
    mean = sum(np.nansum(entry, axis=0, dtype=np.float64) for entry in parameters) / counts
    squares = sum(np.nansum(np.square(entry - mean), axis=0) for entry in parameters)
    return float((squares / counts).mean())


def say_if_guessing(losses: Sequence[float], labels: Iterable[Any]) -> list[str]:
    """Say it if training came not far below the loss of knowing the labels' shares alone.

    Parameters
    ----------
    losses : sequence of float
        Cross-entropy on the training part after each epoch.
    labels : iterable
        What was learnt.

    Returns
    -------
    said : list of str
        What was said, if anything.
    """
    return _say_if_near(Learnt(losses[-1], guessing_loss(labels), len(losses)), "guessing's")


def say_what_was_learnt(networks: Mapping[str, Learnt]) -> list[str]:
    """Say the losses of the networks of faces, each beside that of guessing, and which are near.

    Parameters
    ----------
    networks : mapping of str to Learnt
        By name; but for ``HEARING``, guessing is to answer with the mean of the faces that a
        network learnt from.

    Returns
    -------
    said : list of str
        What was said of those that are near.
    """
    for name, learnt in networks.items():
        say(f"  {name}: loss {learnt.loss:#.4g} in the end, {_whose(name)} {learnt.guessing:#.4g}")
    return [
        words
        for name, learnt in networks.items()
        for words in _say_if_near(learnt, _whose(name), f" by the network {name!r}")
    ]


def _whose(network: str) -> str:
    return "guessing's" if network == HEARING else "the mean face's"


def _say_if_near(learnt: Learnt, whose: str, by: str = "") -> list[str]:
    if learnt.loss <= _NEAR_GUESSING * learnt.guessing:  # NaN is no learning either
        return []
    is_near = "is near" if learnt.loss < learnt.guessing else "is no better than"
    words = (
        f"Little was learnt{by}: the loss, {learnt.loss:#.4g}, {is_near} {whose} "
        f"{learnt.guessing:#.4g}. Try more --epochs than {learnt.epochs}, or more recordings."
    )
    say(words)
    return [words]
