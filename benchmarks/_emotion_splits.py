"""Whom the emotion benchmark's choices hear, and what it costs not to know the sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold, GroupShuffleSplit

from skaffect import DisjointKFold, Fold, GroupTable

APART, SHARED = "speakers and sentences apart", "speakers apart"
_N_SENTENCE_PARTS = 2


def validation_speakers() -> GroupShuffleSplit:
    """Return the splitter that puts a quarter of the training speakers aside for choices."""
    return GroupShuffleSplit(1, test_size=0.25, random_state=0)


@dataclass(frozen=True)
class ValidationProtocol:
    """Validation speakers out of the training part of each fold over speakers.

    Parameters
    ----------
    n_folds : int
        Folds over speakers.
    """

    n_folds: int

    def folds(self, corpus: Mapping[str, Any]) -> list[Fold]:
        """Split a corpus, each fold with the part ``"validation"``."""
        speakers = np.asarray(corpus["speaker"])
        folds = []
        splits = GroupKFold(self.n_folds).split(speakers, groups=speakers)
        for i, (train, _) in enumerate(splits, start=1):
            own = speakers[train]
            inside, outside = next(validation_speakers().split(own, groups=own))
            folds.append(Fold(f"fold {i}", train[inside], {"validation": train[outside]}))
        return folds


@dataclass(frozen=True)
class SentenceProtocol:
    """Folds that test unheard speakers, whose sentences are heard from others or are not.

    Both kinds test the same utterances and train on as many of the same other speakers: on
    all of the other sentences, or on a draw from all sentences, as many of each speaker and
    emotion.

    Parameters
    ----------
    n_folds : int
        Parts that the speakers are cut into.
    random_state : int, default=0
        Seed of the draw.
    """

    n_folds: int
    random_state: int = 0

    def folds(self, corpus: Mapping[str, Any]) -> list[Fold]:
        """Split a corpus, half of the folds with the part APART, half with SHARED."""
        speakers, sentences = np.asarray(corpus["speaker"]), np.asarray(corpus["sentence"])
        kinds = np.char.add(np.char.add(speakers, " "), np.asarray(corpus["target"]))
        splitter = DisjointKFold({"speaker": self.n_folds, "sentence": _N_SENTENCE_PARTS})
        table = GroupTable(speaker=speakers, sentence=sentences)
        rng = np.random.default_rng(self.random_state)
        folds = []
        for i, (train, test) in enumerate(splitter.split(speakers, groups=table), start=1):
            heard = np.flatnonzero(np.isin(speakers, speakers[train]))
            drawn = _drawn(heard, train, kinds, rng)
            folds.append(Fold(f"{APART}, fold {i}", train, {APART: test}))
            folds.append(Fold(f"{SHARED}, fold {i}", drawn, {SHARED: test}))
        return folds


def _drawn(
    heard: NDArray[np.intp],
    train: NDArray[np.intp],
    kinds: NDArray[np.str_],
    rng: np.random.Generator,
) -> NDArray[np.intp]:
    """Draw from `heard` as many of each kind as `train` has."""
    names, counts = np.unique(kinds[train], return_counts=True)
    return np.sort(
        np.concatenate(
            [
                rng.choice(heard[kinds[heard] == name], count, replace=False)
                for name, count in zip(names, counts, strict=True)
            ]
        )
    )
