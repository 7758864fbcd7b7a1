"""The animation benchmark's control of as few data as one emotion has."""

from __future__ import annotations

import numpy as np

from benchmarks.animation import thinned


def test_as_few_utterances_as_one_emotion_has_and_all_emotions_alike() -> None:
    speaker = np.repeat(["ann", "bob", "cid", "dan"], 6)
    emotion = np.tile(["angry", "happy", "sad"], 8)
    train = np.flatnonzero(speaker != "bob")
    chosen = thinned(train, emotion, speaker)
    assert len(np.unique(chosen)) == len(chosen) == len(train) // 3
    assert np.isin(chosen, train).all()
    for values in (speaker, emotion):
        assert np.unique(values[chosen], return_counts=True)[1].tolist() == [2, 2, 2]
