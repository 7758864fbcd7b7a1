"""wSPIRE, from its names, and its opening tone."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import soundfile
from sklearn.pipeline import make_pipeline

from skaffect import AudioReader, ToneTrimmer, make_affective_speech
from skaffect.datasets import load_wspire

NAMES = [
    f"{speaker}_{mode}_{device}_{sentence}.wav"
    for speaker, mode, device, sentence in product(
        ("ID06_006_F", "ID0106_007_M"),
        ("Neutral", "Whisper"),
        ("Headset", "Zoom", "iPhone", "Moto", "Nokia"),
        (1, 11, 50),
    )
]


def test_published_names(make_tree):
    bunch = load_wspire(make_tree(NAMES))
    assert len(bunch.data) == 2 * 2 * 5 * 3
    assert sorted(set(bunch.target)) == ["Headset", "Moto", "Nokia", "Zoom", "iPhone"]
    assert sorted(set(bunch.speaker)) == ["006", "106"]
    assert sorted(set(bunch.sentence)) == ["6-01", "6-11", "6-50", "7-01", "7-11", "7-50"]
    assert sorted(set(bunch["mode"])) == ["neutral", "whispered"]
    assert sorted(set(zip(bunch.speaker, bunch.sex, strict=True))) == [
        ("006", "female"),
        ("106", "male"),
    ]
    assert set(bunch.timestamps) == {""}
    assert "CC BY 4.0" in bunch.DESCR
    assert "Singhal" in bunch.DESCR


def test_folders_and_capitals_do_not_count(make_tree):
    bunch = load_wspire(make_tree(["whisper/nokia/id12_002_f_whisper_nokia_07.FLAC"]))
    fields = ("target", "speaker", "sentence", "mode", "sex")
    assert [bunch[field][0] for field in fields] == ["Nokia", "012", "2-07", "whispered", "female"]


def test_timestamps_where_there_are_some(make_tree):
    root = make_tree(
        [
            "x/ID06_006_F_Neutral_Zoom_1.wav",
            "x/ID06_006_F_Neutral_Zoom_1.lab",
            "ID06_006_F_Neutral_Zoom_2.wav",
        ]
    )
    bunch = load_wspire(root)
    lab = str(root / "x" / "ID06_006_F_Neutral_Zoom_1.lab")
    assert dict(zip(bunch.sentence.tolist(), bunch.timestamps.tolist(), strict=True)) == {
        "6-01": lab,
        "6-02": "",
    }


def test_another_folder(make_tree):
    names = ["ID06_006_F_Shouted_Zoom_1.wav", "ID06_006_F_Neutral_Zoom_51.wav", "ID06.wav"]
    with pytest.raises(
        ValueError,
        match="not a folder of wSPIRE: expected .*ID06_006_F_Neutral_Headset_11.*3 audio",
    ):
        load_wspire(make_tree(names))


def test_the_same_recording_twice(make_tree):
    name = "ID06_006_F_Neutral_Zoom_1.wav"
    with pytest.raises(ValueError, match="are the same utterance of wSPIRE"):
        load_wspire(make_tree([f"a/{name}", f"b/{name}"]))


def test_the_opening_tone_is_kept_out_of_the_utterances(tmp_path):
    speech = make_affective_speech(1, 1, emotions=("neutral",), sr=44100, random_state=0).data[0]
    time = np.arange(44100) / 44100
    tone = 0.3 * np.sin(2 * np.pi * 1000 * time)
    recording = np.concatenate([np.zeros(9000), tone, np.zeros(9000), speech])
    soundfile.write(tmp_path / "ID06_006_F_Neutral_Zoom_1.wav", recording, 44100)
    paths = load_wspire(tmp_path).data
    with_tone = AudioReader().fit_transform(paths)[0]
    without = make_pipeline(AudioReader(), ToneTrimmer()).fit_transform(paths)[0]
    assert 1.0 < (len(with_tone) - len(without)) / 16000 < 1.4
    power = np.abs(np.fft.rfft(without)) ** 2
    nearby = np.abs(np.fft.rfftfreq(len(without), 1 / 16000) - 1000) < 5
    assert power[nearby].sum() < 0.1 * power.sum()
