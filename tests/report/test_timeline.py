"""Emotions along time: votes counted by stretch, and the files that hold them."""

from __future__ import annotations

import csv
import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline

from skaffect import (
    AudioReader,
    DERNClassifier,
    EmotionSegment,
    MFSCWindower,
    emotion_timeline,
    make_affective_speech,
    write_timeline,
)

TIMELINE = [
    EmotionSegment(0.0, 1.0, "sad", 2 / 3, "angry", 1 / 3, 0.03),
    EmotionSegment(1.0, 2.0, None, 0.0, None, 0.0),
    EmotionSegment(2.0, 3661.5, "angry", 1.0, None, 0.0),
]


def test_a_stretch_reads_at_a_glance():
    assert [str(segment) for segment in TIMELINE] == [
        "0.00 to 1.00 s: sad 67 %, angry 33 %; 0.03 s voted",
        "1.00 to 2.00 s: silence",
        "2.00 to 3661.50 s: angry 100 %",
    ]


@pytest.fixture(scope="module")
def corpus():
    return make_affective_speech(3, 1, emotions=("angry", "neutral", "sad"), random_state=0)


@pytest.fixture(scope="module")
def model(corpus):
    dern = DERNClassifier(filters=(4, 4), dense_units=8, epochs=2, random_state=0)
    return make_pipeline(MFSCWindower(), dern).fit(corpus.data, corpus.target)


@pytest.mark.parametrize("segment_seconds", [0.25, 1.0, 60.0])
def test_shares_are_the_votes_of_the_frames_centred_in_each_stretch(
    model, corpus, segment_seconds
):
    timelines = emotion_timeline(model, corpus.data, segment_seconds=segment_seconds)
    windows = model[0].transform(corpus.data)
    for timeline, entry, posteriors in zip(
        timelines, windows, model[-1].predict_frames(windows), strict=True
    ):
        centres = 0.01 * np.arange(len(entry)) + 0.0125
        for segment in timeline:
            inside = entry.active & (centres >= segment.start) & (centres < segment.stop)
            if not inside.any():
                assert segment[2:] == (None, 0.0, None, 0.0, 0.0)
                continue
            votes = model.classes_[posteriors[inside].argmax(axis=1)]
            share = {name: np.mean(votes == name) for name in model.classes_}
            assert segment.share == pytest.approx(share[segment.emotion])
            assert segment.share == pytest.approx(max(share.values()))
            rest = sorted(share.values())[-2]
            assert segment.second_share == pytest.approx(rest)
            assert segment.voted_seconds == pytest.approx(0.01 * inside.sum(), abs=1e-9)
            assert (segment.second is None) == (rest == 0)
            if segment.second is not None:
                assert share[segment.second] == pytest.approx(rest)


@pytest.mark.parametrize("segment_seconds", [0.1, 0.3, 1.0, 60.0])
def test_stretches_cover_the_recording_without_gaps(model, corpus, segment_seconds):
    for timeline, waveform in zip(
        emotion_timeline(model, corpus.data, segment_seconds=segment_seconds),
        corpus.data,
        strict=True,
    ):
        assert timeline[0].start == 0
        for one, following in pairwise(timeline):
            assert one.stop == following.start
            assert one.stop - one.start == pytest.approx(segment_seconds)
        # The last frame is padded by less than a hop.
        assert 0 <= timeline[-1].stop - len(waveform) / 16000 < 0.01
        last = timeline[-1].stop - timeline[-1].start
        assert last < 1.5 * segment_seconds + 0.01
        assert last >= 0.5 * segment_seconds - 0.01 or len(timeline) == 1


def test_one_stretch_says_what_the_utterance_s_own_votes_say(model, corpus):
    labels, weights = model[-1].top_two(model[0].transform(corpus.data), confident=1.0)
    whole = emotion_timeline(model, corpus.data, segment_seconds=600)
    for (segment,), names, parts in zip(whole, labels, weights, strict=True):
        assert segment.emotion == names[0]
        assert segment.share / (segment.share + segment.second_share) == pytest.approx(parts[0])


def test_an_array_of_recordings_is_read_as_a_list_is(model, corpus):
    rows = np.stack([waveform[:16000] for waveform in corpus.data])
    timelines = emotion_timeline(model, rows)
    assert [len(timeline) for timeline in timelines] == [1] * len(rows)


@pytest.mark.parametrize(
    ("wrong", "got"),
    [
        (DERNClassifier(), "got DERNClassifier"),
        (make_pipeline(AudioReader(), DERNClassifier()), "a Pipeline of AudioReader, DERNClass"),
        ("emotion.safetensors", r"got the path .* load_model\('emotion.safetensors'\) reads"),
    ],
)
def test_other_models_are_refused(wrong, got):
    with pytest.raises(TypeError, match=f"ends in an MFSCWindower and a DERNClassifier.*{got}"):
        emotion_timeline(wrong, [])


def test_bad_input(model, corpus):
    with pytest.raises(NotFittedError):
        emotion_timeline(make_pipeline(MFSCWindower(), DERNClassifier()), corpus.data)
    with pytest.raises(ValueError, match="segment_seconds must lie in"):
        emotion_timeline(model, corpus.data, segment_seconds=0.01)


# Files


def test_subtitles_and_labels_say_where_little_voted(tmp_path):
    few, many = (EmotionSegment(0.0, 1.0, "sad", 1.0, None, 0.0, voted) for voted in (0.08, 0.5))
    subtitles = Path(write_timeline(tmp_path / "a.srt", [few, many])).read_text()
    assert subtitles.splitlines()[2::4] == ["sad 100 % (of 0.08 s)", "sad 100 %"]
    labels = Path(write_timeline(tmp_path / "a.txt", [few, many])).read_text().splitlines()
    assert [line.split("\t")[2] for line in labels] == ["sad 100 % (of 0.08 s)", "sad 100 %"]


def test_csv_and_json_hold_everything(tmp_path):
    with open(write_timeline(tmp_path / "a.csv", TIMELINE), encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["emotion"] for row in rows] == ["sad", "", "angry"]
    assert rows[0] == {
        "start": "0.0",
        "stop": "1.0",
        "emotion": "sad",
        "share": "0.6667",
        "second": "angry",
        "second_share": "0.3333",
        "voted_seconds": "0.03",
    }
    assert rows[2]["voted_seconds"] == ""
    with open(write_timeline(tmp_path / "a.json", TIMELINE), encoding="utf-8") as stream:
        objects = json.load(stream)
    assert [each["emotion"] for each in objects] == ["sad", None, "angry"]
    assert objects[2]["stop"] == 3661.5
    assert [each["voted_seconds"] for each in objects] == [0.03, None, None]


def test_subtitles_and_labels_leave_silence_out(tmp_path):
    subtitles = Path(write_timeline(tmp_path / "a.srt", TIMELINE)).read_text()
    assert subtitles == (
        "1\n00:00:00,000 --> 00:00:01,000\nsad 67 %, angry 33 % (of 0.03 s)\n\n"
        "2\n00:00:02,000 --> 01:01:01,500\nangry 100 %\n"
    )
    labels = Path(write_timeline(tmp_path / "a.txt", TIMELINE)).read_text()
    assert labels == (
        "0.000000\t1.000000\tsad 67 %, angry 33 % (of 0.03 s)\n"
        "2.000000\t3661.500000\tangry 100 %\n"
    )


def test_bad_files_are_refused_before_anything_is_written(tmp_path):
    with pytest.raises(ValueError, match=r"path must end in \.csv or \.json or \.srt or \.txt"):
        write_timeline(tmp_path / "a.vtt", TIMELINE)
    with pytest.raises(TypeError, match=r"got list; give the timeline of one recording, .*\[0\]"):
        write_timeline(tmp_path / "a.csv", [TIMELINE])
    assert list(tmp_path.iterdir()) == []
