"""Emotions live: what `predict_frames` and `emotion_timeline` answer, as early as can be."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skaffect import EmotionStream, emotion_timeline

LENGTHS = st.lists(
    st.one_of(st.integers(0, 3), st.just(160), st.integers(0, 5000), st.integers(0, 40000)),
    max_size=20,
)


def offline(model: Any, waveform: np.ndarray) -> np.ndarray:
    return model[-1].predict_frames(model[:-1].transform([waveform]))[0]


@given(lengths=LENGTHS, which=st.integers(0, 5))
@settings(max_examples=30)
def test_posteriors_are_the_offline_ones(
    emotion_model: Any, speech: Any, play: Any, lengths: list[int], which: int
) -> None:
    live = play(EmotionStream(emotion_model), speech[which], lengths)
    expected = offline(emotion_model, speech[which])
    np.testing.assert_allclose(live.posteriors, expected, rtol=0, atol=1e-5)
    np.testing.assert_allclose(live.times, 0.0125 + 0.01 * np.arange(len(expected)))


@pytest.mark.parametrize("n_times", [1, 399, 400, 401, 560, 561, 1520, 1521])
@pytest.mark.filterwarnings("ignore:.*under one frame:UserWarning")
def test_shortest_speech(emotion_model: Any, speech: Any, play: Any, n_times: int) -> None:
    waveform = speech[0][16000 : 16000 + n_times]
    live = play(EmotionStream(emotion_model), waveform, [1] * n_times)
    np.testing.assert_allclose(live.posteriors, offline(emotion_model, waveform), atol=1e-5)


def test_a_long_piece(emotion_model: Any, speech: Any, play: Any) -> None:
    waveform = np.concatenate(speech)[:160_000]
    live = play(EmotionStream(emotion_model), waveform, [160_000])
    np.testing.assert_allclose(live.posteriors, offline(emotion_model, waveform), atol=1e-5)


@pytest.mark.parametrize("segment_seconds", [0.2, 1.0])
def test_shares_are_the_timelines_where_its_stretches_end(
    emotion_model: Any, speech: Any, play: Any, segment_seconds: float
) -> None:
    stream = EmotionStream(emotion_model, segment_seconds=segment_seconds)
    live = play(stream, speech[1], [160] * 100)
    timeline = emotion_timeline(emotion_model, speech[1:2], segment_seconds=segment_seconds)[0]
    assert len(timeline) > 2
    for segment in timeline[:-1]:
        last = np.searchsorted(live.times, segment.stop) - 1
        assert live.emotions[last, 0] == segment.emotion
        assert live.shares[last].tolist() == pytest.approx([segment.share, segment.second_share])
        assert segment.second in (None, live.emotions[last, 1])


def test_votes_of_a_whole_utterance_are_its_top_two(
    emotion_model: Any, speech: Any, play: Any
) -> None:
    live = play(EmotionStream(emotion_model, segment_seconds=600.0), speech[2], [])
    windows = emotion_model[:-1].transform(speech[2:3])
    labels, weights = emotion_model[-1].top_two(windows, confident=1.0)
    assert live.emotions[-1].tolist() == labels[0].tolist()
    np.testing.assert_allclose(live.shares[-1] / live.shares[-1].sum(), weights[0])


def test_delay_is_as_stated(emotion_model: Any, speech: Any) -> None:
    stream = EmotionStream(emotion_model)
    assert stream.delay_seconds == pytest.approx(0.07)
    came = []
    for i in range(4000):
        came += [i + 1] * len(stream.feed(speech[0][i : i + 1]).times)
    # The last sample of frame j is the one of number 160 j + 400.
    last_samples = 160 * np.arange(len(came)) + 400
    assert len(came) == 16
    np.testing.assert_array_equal(np.array(came) - last_samples, 0.07 * stream.sr)


def test_nothing_fed_nothing_answered(emotion_model: Any) -> None:
    stream = EmotionStream(emotion_model)
    for answer in (stream.feed([]), stream.finish()):
        assert answer.times.shape == (0,)
        assert answer.posteriors.shape == (0, 3)
        assert answer.emotions.shape == answer.shares.shape == (0, 2)


def test_a_stream_prints_what_it_answers_and_takes(emotion_model: Any) -> None:
    expected = "EmotionStream(3 emotions, sr=16000, delay_seconds=0.07)"
    assert repr(EmotionStream(emotion_model)) == expected


def test_answers_print_in_a_line(emotion_model: Any, speech: Any) -> None:
    stream = EmotionStream(emotion_model)
    assert repr(stream.feed([])) == "EmotionFrames(no frames)"
    assert re.fullmatch(
        r"EmotionFrames\(1 frame, 0.01 s, (angry|happy|sad) 100 %\)",
        repr(stream.feed(speech[0][:1600])),
    )
    answer = stream.feed(speech[0][1600:32000])
    (first, second), (most, less) = answer.emotions[-1], 100 * answer.shares[-1]
    rest = f", {second} {less:.0f} %" if less else ""
    assert repr(answer) == f"EmotionFrames(190 frames, 0.02 to 1.91 s, {first} {most:.0f} %{rest})"
    assert len(answer) == 4  # a tuple as before
    assert answer[0] is answer.times


def test_refused_samples_leave_the_stream_as_it_was(
    emotion_model: Any, speech: Any, play: Any
) -> None:
    stream = EmotionStream(emotion_model)
    start = stream.feed(speech[0][:3000])
    with pytest.raises(ValueError, match=r"samples\[0\] is nan"):
        stream.feed([np.nan])
    rest = play(stream, speech[0][3000:], [])
    live = np.concatenate([start.posteriors, rest.posteriors])
    np.testing.assert_allclose(live, offline(emotion_model, speech[0]), atol=1e-5)


def test_loud_samples_are_warned_of_once_a_stream(emotion_model: Any, speech: Any) -> None:
    stream = EmotionStream(emotion_model)
    stream.feed(np.full(160, 2.0))  # what decoders may add to full scale
    with pytest.warns(UserWarning, match="What was fed has samples up to 5, outside") as caught:
        stream.feed(np.full(160, -5.0))
    assert [Path(warning.filename) for warning in caught] == [Path(__file__)]
    stream.feed(np.full(160, -6.0))  # without a word: warnings are errors here


def test_a_finished_stream_takes_no_more(emotion_model: Any) -> None:
    stream = EmotionStream(emotion_model)
    stream.finish()
    with pytest.raises(RuntimeError, match="EmotionStream is finished.*make another"):
        stream.feed([0.0])
    with pytest.raises(RuntimeError, match="EmotionStream is finished"):
        stream.finish()


def test_stretches_have_a_length(emotion_model: Any) -> None:
    with pytest.raises(ValueError, match=r"segment_seconds must lie in \[0.1, inf\]"):
        EmotionStream(emotion_model, segment_seconds=0.01)
