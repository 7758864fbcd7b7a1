"""Which models can answer live, and what is said about those that cannot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline

from skaffect import (
    AudioReader,
    DERNClassifier,
    EmotionStream,
    FaceStream,
    LogFilterbank,
    MFSCWindower,
)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"normalize": "utterance"}, "normalize='utterance'"),
        ({"floor_db": 50.0}, "floor_db=50.0"),
        ({"skip_silence": True}, "skip_silence=True"),
        (
            {"normalize": "utterance", "floor_db": 50.0, "skip_silence": True},
            "normalize='utterance', floor_db=50.0, skip_silence=True",
        ),
    ],
)
def test_looks_at_the_whole_utterance_are_refused(
    emotion_model: Any, speech: Any, changes: dict[str, Any], named: str
) -> None:
    parameters = {"normalize": "corpus", "floor_db": None, "skip_silence": False}
    windower = MFSCWindower(**parameters | changes).fit(speech)
    message = rf"MFSCWindower's {named} would need .* Train the model with MFSCWindower\(norm"
    with pytest.raises(ValueError, match=message):
        EmotionStream(make_pipeline(windower, emotion_model[-1]))


def test_unnormalised_bands_will_do(emotion_model: Any, speech: Any) -> None:
    windower = MFSCWindower(normalize=None, floor_db=None, skip_silence=False)
    assert EmotionStream(make_pipeline(windower, emotion_model[-1])).sr == 16000


def test_other_models_are_refused(emotion_model: Any, face_model: Any) -> None:
    with pytest.raises(TypeError, match="and a DERNClassifier, .*; got DERNClassifier. A search"):
        EmotionStream(emotion_model[-1])
    with pytest.raises(TypeError, match="got a Pipeline of MFSCWindower, DSRNRegressor"):
        EmotionStream(face_model)
    with pytest.raises(TypeError, match="and a DSRNRegressor or EmotionConditionedRegressor or"):
        FaceStream(emotion_model)
    with pytest.raises(TypeError, match="got a Pipeline of LogFilterbank, DERNClassifier"):
        EmotionStream(make_pipeline(LogFilterbank(), emotion_model[-1]))


@pytest.mark.parametrize("path", ["live.safetensors", Path("live.safetensors")])
def test_of_a_path_the_model_must_be_loaded(path: Any) -> None:
    message = r"; got the path 'live\.safetensors'\. load_model\('live\.safetensors'\) reads the m"
    with pytest.raises(TypeError, match=message):
        EmotionStream(path)


def test_unfitted_models_are_refused(emotion_model: Any) -> None:
    parameters = {"normalize": "corpus", "floor_db": None, "skip_silence": False}
    with pytest.raises(NotFittedError, match="MFSCWindower"):
        EmotionStream(make_pipeline(MFSCWindower(**parameters), emotion_model[-1]))
    with pytest.raises(NotFittedError, match="DERNClassifier"):
        EmotionStream(make_pipeline(AudioReader(), emotion_model[1], DERNClassifier()))


def test_windower_and_network_must_fit_each_other(
    emotion_model: Any, face_model: Any, speech: Any
) -> None:
    windower = MFSCWindower(
        n_mels=24, context=9, normalize="corpus", floor_db=None, skip_silence=False
    ).fit(speech)
    message = r"makes windows of shape \(n_mels, context\) = \(24, 9\), but {} was fitted on"
    with pytest.raises(ValueError, match=message.format("DERNClassifier")):
        EmotionStream(make_pipeline(windower, emotion_model[-1]))
    with pytest.raises(ValueError, match=message.format("DSRNRegressor")):
        FaceStream(make_pipeline(windower, face_model[-1]))
