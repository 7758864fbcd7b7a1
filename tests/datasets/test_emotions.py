"""Labels that are other spellings of the papers' emotions."""

from __future__ import annotations

import pytest

from skaffect.datasets import EMOTIONS
from skaffect.datasets._emotions import papers_emotion


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_each_emotion_is_itself(emotion):
    assert papers_emotion(emotion) == papers_emotion(emotion.upper()) == emotion


@pytest.mark.parametrize(
    ("label", "emotion"),
    [
        ("Anger", "angry"),
        ("disgusted", "disgust"),
        ("fearful", "fear"),
        ("happiness", "happy"),
        ("sadness", "sad"),
        ("SURPRISED", "surprise"),
        ("calm", None),
        ("", None),
    ],
)
def test_common_spellings(label, emotion):
    assert papers_emotion(label) == emotion
