"""Emotions of unheard speakers: what is compared, and what is observed of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from sklearn.dummy import DummyClassifier
from sklearn.metrics import accuracy_score, balanced_accuracy_score
from sklearn.utils import Bunch

from skaffect.cli._job import Job, history, numbered
from skaffect.datasets._emotions import papers_emotion
from skaffect.model_selection import System
from skaffect.report import PAPER_TABLE_III, emotion_timeline

DERN = "DERN"
SEGMENT_SECONDS = 0.5


def emotion_job(corpus: Mapping[str, Any], condition: str, pipeline: Any) -> Job:
    """Return DERN beside the answer that is always the commonest emotion.

    Parameters
    ----------
    corpus : mapping
        With `data`, `target` (the emotions) and `speaker`.
    condition : str
        Name of the corpus.
    pipeline : Pipeline
        The default pipeline of the job.
    """
    recalls = {
        label: PAPER_TABLE_III[emotion] / 100
        for label in sorted(set(map(str, corpus["target"])))
        if (emotion := papers_emotion(label)) is not None
    }
    return Job(
        name="emotion",
        title="Emotions of unheard speakers",
        condition=condition,
        corpus=numbered(corpus),
        systems={
            DERN: System(
                pipeline,
                observations={
                    "histories": partial(history, network=DERN),
                    "recording": _one_speaker,
                },
            ),
            "commonest emotion": System(DummyClassifier(strategy="most_frequent")),
        },
        metrics={"UAR": balanced_accuracy_score, "accuracy": accuracy_score},
        published={"recall": recalls} if recalls else {},
        note="The published figures are the paper's Table III, of seven emotions: SAVEE, four "
        "speakers, who are the same in training and validation. Another corpus and an easier "
        "split, not a comparison.",
        about="DERN is the paper's network, whose frames vote for an utterance's emotion; the "
        "commonest emotion is always the one that was met most often in training.",
        loss="cross-entropy",
    )


def _one_speaker(model: Any, trained: Bunch, parts: Mapping[str, Bunch]) -> Any:
    """Return the timelines of an unheard speaker's first utterance of each emotion."""
    test = parts["test"]
    speaker = test.speaker[0]
    own = np.flatnonzero(test.speaker == speaker)
    chosen = own[np.sort(np.unique(test.target[own], return_index=True)[1])]
    timelines = emotion_timeline(
        model, [test.data[i] for i in chosen], segment_seconds=SEGMENT_SECONDS
    )
    return {
        "speaker": str(speaker),
        "numbers": test.number[chosen].tolist(),
        "emotions": [str(name) for name in test.target[chosen]],
        "timelines": timelines,
    }
