"""Faces live: what `predict` answers, and a cascade by the votes so far."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.pipeline import make_pipeline

from skaffect import FaceStream, MFSCWindower, ShapeTargetRegressor, load_model, save_model

LENGTHS = st.lists(
    st.one_of(st.integers(0, 3), st.just(160), st.integers(0, 5000), st.integers(0, 40000)),
    max_size=20,
)


def assert_equal_faces(live: np.ndarray, expected: np.ndarray, scale: np.ndarray) -> None:
    """To 1e-5 of the training shapes' spread, and what float32 holds of the position."""
    np.testing.assert_allclose(live, expected, rtol=1e-6, atol=1e-5 * scale.max())


@given(lengths=LENGTHS, which=st.integers(0, 5))
@settings(max_examples=30)
def test_shape_parameters_are_the_offline_ones(
    face_model: Any, speech: Any, play: Any, lengths: list[int], which: int
) -> None:
    live = play(FaceStream(face_model), speech[which], lengths)
    expected = face_model.predict([speech[which]])[0]
    assert_equal_faces(live.faces, expected, face_model[-1].target_scale_)
    np.testing.assert_allclose(live.times, 0.0125 + 0.01 * np.arange(len(expected)))


@pytest.mark.parametrize("n_times", [1, 399, 401, 561, 721, 881, 1521])
@pytest.mark.filterwarnings("ignore:.*under one frame:UserWarning")
def test_shortest_speech(
    face_model: Any, landmark_cascade: Any, speech: Any, play: Any, n_times: int
) -> None:
    waveform = speech[0][16000 : 16000 + n_times]
    live = play(FaceStream(face_model), waveform, [1] * n_times)
    expected = face_model.predict([waveform])[0]
    assert_equal_faces(live.faces, expected, face_model[-1].target_scale_)
    live = play(FaceStream(landmark_cascade), waveform, [1] * n_times)
    assert_equal_faces(live.faces, *causal(landmark_cascade, waveform))


def test_a_long_piece(face_model: Any, speech: Any, play: Any) -> None:
    waveform = np.concatenate(speech)[:160_000]
    live = play(FaceStream(face_model), waveform, [160_000])
    expected = face_model.predict([waveform])[0]
    assert_equal_faces(live.faces, expected, face_model[-1].target_scale_)


@pytest.mark.parametrize("emotion", ["angry", "sad"])
def test_a_given_emotion_s_landmarks_are_the_offline_ones(
    landmark_cascade: Any, speech: Any, play: Any, emotion: str
) -> None:
    live = play(FaceStream(landmark_cascade, emotion=emotion), speech[3], [160] * 50)
    windows = landmark_cascade[0].transform(speech[3:4])
    expected = landmark_cascade[-1].predict(windows, emotion=[emotion])[0]
    assert live.faces.shape == expected.shape
    assert_equal_faces(live.faces, expected, parameter_scale(landmark_cascade))


def parameter_scale(model: Any) -> np.ndarray:
    return model[-1].regressor_.regressors_["sad"].target_scale_


def causal(model: Any, waveform: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Answer offline as a cascade does that knows the votes up to each frame alone."""
    windows = model[0].transform([waveform])
    shape, cascade = model[-1].shape_, model[-1].regressor_
    classes = cascade.classifier_.classes_.tolist()
    posteriors = cascade.classifier_.predict_frames(windows)[0]
    alone = {name: cascade.regressors_[name].predict(windows)[0] for name in classes}
    faces = np.zeros_like(alone[classes[0]])
    for j in range(len(posteriors)):
        votes = np.bincount(posteriors[: j + 1].argmax(axis=1), minlength=len(classes))
        p = dict(zip(classes, votes / votes.sum(), strict=True))
        first, second = sorted(classes, key=lambda name: -p[name])[:2]
        weights = {first: 1.0}
        if p[first] <= cascade.confident:
            both = p[first] + p[second]
            weights = {first: p[first] / both, second: p[second] / both}
        faces[j] = sum(weight * alone[name][j] for name, weight in weights.items())
    return shape.inverse_transform([faces])[0], parameter_scale(model)


@given(lengths=LENGTHS, which=st.integers(0, 5))
@settings(max_examples=20)
def test_a_cascade_goes_by_the_votes_so_far(
    landmark_cascade: Any, speech: Any, play: Any, lengths: list[int], which: int
) -> None:
    live = play(FaceStream(landmark_cascade), speech[which], lengths)
    assert_equal_faces(live.faces, *causal(landmark_cascade, speech[which]))


def test_at_the_end_the_votes_are_the_offline_ones(
    landmark_cascade: Any, speech: Any, play: Any
) -> None:
    live = play(FaceStream(landmark_cascade), speech[4], [8000])
    whole = landmark_cascade.predict(speech[4:5])[0]
    assert_equal_faces(live.faces[-1], whole[-1], parameter_scale(landmark_cascade))
    # Not throughout: the first frames could not know.
    assert np.abs(live.faces - whole).max() > 1e-3


def test_a_saved_model_answers_live(
    landmark_cascade: Any, speech: Any, play: Any, tmp_path: Path
) -> None:
    save_model(landmark_cascade, tmp_path / "face.safetensors")
    loaded = load_model(tmp_path / "face.safetensors")
    lengths = [160] * 100
    live = play(FaceStream(loaded), speech[5], lengths)
    expected = play(FaceStream(landmark_cascade), speech[5], lengths)
    np.testing.assert_array_equal(live.faces, expected.faces)


@pytest.mark.parametrize("model", ["face_model", "landmark_cascade"])
def test_delay_is_as_stated(model: str, speech: Any, request: Any) -> None:
    stream = FaceStream(request.getfixturevalue(model))
    assert stream.delay_seconds == pytest.approx(0.09)
    came = []
    for i in range(4000):
        came += [i + 1] * len(stream.feed(speech[0][i : i + 1]).times)
    last_samples = 160 * np.arange(len(came)) + 400
    assert len(came) == 14
    np.testing.assert_array_equal(np.array(came) - last_samples, 0.09 * stream.sr)


def test_nothing_fed_nothing_answered(face_model: Any, landmark_cascade: Any) -> None:
    stream = FaceStream(face_model)
    assert [stream.feed([]).faces.shape, stream.finish().faces.shape] == [(0, 3), (0, 3)]
    stream = FaceStream(landmark_cascade)
    assert [stream.feed([]).faces.shape, stream.finish().faces.shape] == [(0, 8, 2), (0, 8, 2)]


def test_a_stream_prints_what_it_answers_and_takes(face_model: Any, landmark_cascade: Any) -> None:
    told = "FaceStream({}, sr=16000, delay_seconds=0.09)"
    assert repr(FaceStream(face_model)) == told.format("3 shape parameters")
    assert repr(FaceStream(landmark_cascade)) == told.format("8 landmarks")


def test_answers_print_in_a_line(face_model: Any, landmark_cascade: Any, speech: Any) -> None:
    stream = FaceStream(face_model)
    assert repr(stream.feed([])) == "FaceFrames(no frames, 3 shape parameters)"
    assert (
        repr(stream.feed(speech[0][:16000]))
        == "FaceFrames(89 frames, 0.01 to 0.89 s, 3 shape parameters)"
    )
    answer = FaceStream(landmark_cascade, emotion="sad").feed(speech[0][:16000])
    assert repr(answer) == "FaceFrames(89 frames, 0.01 to 0.89 s, 8 landmarks)"


def test_a_finished_stream_takes_no_more(face_model: Any) -> None:
    stream = FaceStream(face_model)
    stream.finish()
    with pytest.raises(RuntimeError, match="FaceStream is finished"):
        stream.feed([0.0])


def test_emotions_must_be_the_cascades(face_model: Any, landmark_cascade: Any) -> None:
    with pytest.raises(ValueError, match=r"emotion must be one of \['angry', .*got 'bored'"):
        FaceStream(landmark_cascade, emotion="bored")
    with pytest.raises(ValueError, match="emotion='sad' is for a model of an EmotionCond"):
        FaceStream(face_model, emotion="sad")


def test_silence_may_be_skipped_where_nothing_votes(
    face_model: Any, landmark_cascade: Any, speech: Any, play: Any
) -> None:
    windower = MFSCWindower(normalize="corpus", floor_db=None, skip_silence=True).fit(speech)
    model = make_pipeline(windower, face_model[-1])
    live = play(FaceStream(model), speech[0], [])
    assert_equal_faces(live.faces, model.predict(speech[:1])[0], model[-1].target_scale_)
    cascade = make_pipeline(windower, landmark_cascade[-1])
    assert FaceStream(cascade, emotion="sad").delay_seconds > 0
    with pytest.raises(ValueError, match="MFSCWindower's skip_silence=True would need"):
        FaceStream(cascade)


def test_networks_of_other_kinds_are_refused(
    windower: MFSCWindower, landmark_cascade: Any
) -> None:
    class Other:
        pass

    face = ShapeTargetRegressor(None)
    face.shape_, face.regressor_ = None, Other()
    with pytest.raises(TypeError, match="The regressor must be a DSRNRegressor to answer live"):
        FaceStream(make_pipeline(windower, face))
