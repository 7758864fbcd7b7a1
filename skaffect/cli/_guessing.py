"""Whether a classifier has learnt more than how often each label is met."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from skaffect.cli._progress import say

_NEAR_GUESSING = 0.9  # of the loss of guessing


def guessing_loss(labels: Iterable[Any]) -> float:
    """Return the cross-entropy of knowing how often each label is met, and nothing else."""
    counts = Counter(labels)
    shares = [count / counts.total() for count in counts.values()]
    return -sum(share * math.log(share) for share in shares)


def say_if_guessing(losses: Sequence[float], labels: Iterable[Any]) -> None:
    """Say it if training came not far below the loss of knowing the labels' shares alone.

    Parameters
    ----------
    losses : sequence of float
        Cross-entropy on the training part after each epoch.
    labels : iterable
        What was learnt.
    """
    guessing = guessing_loss(labels)
    if not losses[-1] <= _NEAR_GUESSING * guessing:  # NaN is no learning either
        say(
            f"Little was learnt: the loss, {losses[-1]:#.4g}, is near guessing's {guessing:#.4g}. "
            f"Try more --epochs than {len(losses)}, or more recordings."
        )
