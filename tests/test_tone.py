"""ToneTrimmer: opening tones go, everything else stays."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile
from sklearn.pipeline import make_pipeline

from skaffect import AudioReader, RecordingDevice, ToneTrimmer, record_with_devices

SR = 16000
SLACK = 0.1 * SR  # the tone's last frame, and the room's 50 ms


def tone(seconds=1.0, hz=1000.0, level=0.1, sr=SR):
    return (level * np.sin(2 * np.pi * hz * np.arange(round(seconds * sr)) / sr)).astype("float32")


@pytest.fixture(scope="module")
def speech(data_root):
    paths = [
        data_root / f"ravdess/Actor_{actor:02d}/03-01-{emotion}-01-01-01-{actor:02d}.flac"
        for actor in (1, 2, 3)
        for emotion in ("01", "05", "08")
    ]
    return list(AudioReader().fit_transform(paths))


def silence(seconds):
    return np.random.default_rng(0).normal(0, 1e-4, round(seconds * SR)).astype("float32")


@pytest.mark.parametrize("lead", [0.0, 0.7, 1.9])
def test_the_tone_and_what_precedes_it_are_cut(speech, lead):
    opened = [np.concatenate([silence(lead), tone(), silence(0.2), entry]) for entry in speech]
    for trimmed, entry in zip(ToneTrimmer().fit_transform(opened), speech, strict=True):
        assert len(entry) <= len(trimmed) <= len(entry) + 0.2 * SR
        np.testing.assert_array_equal(trimmed[-len(entry) :], entry)


def test_speech_right_behind_the_tone_loses_little(speech):
    opened = [np.concatenate([tone(), entry]) for entry in speech]
    for trimmed, entry in zip(ToneTrimmer().fit_transform(opened), speech, strict=True):
        assert 0 <= len(entry) - len(trimmed) < SLACK


@pytest.mark.parametrize(
    "device",
    [
        RecordingDevice("noisy", noise_db=-32.0),
        RecordingDevice("overdriven", gain_db=30.0, clip_level=0.3),
        RecordingDevice("telephone", low_hz=300, high_hz=3400, amr_kbps=4.75),
    ],
    ids=lambda device: device.name,
)
def test_the_tone_is_found_through_devices(speech, device):
    opened = [np.concatenate([silence(0.5), tone(), silence(0.3), entry]) for entry in speech]
    recorded = record_with_devices(opened, [device], random_state=0).data
    for trimmed, entry in zip(ToneTrimmer().fit_transform(recorded), speech, strict=True):
        assert 0.15 * SR < len(trimmed) - len(entry) < 0.3 * SR


def test_speech_without_a_tone_passes_as_it_is(speech):
    for trimmed, entry in zip(ToneTrimmer().fit_transform(speech), speech, strict=True):
        np.testing.assert_array_equal(trimmed, entry)


@pytest.mark.parametrize(
    ("opening", "options"),
    [
        (tone(0.4), {}),  # too short
        (tone(hz=1100), {}),
        (np.concatenate([silence(2.2), tone()]), {}),  # too late
        (tone(), {"tone_hz": 2000.0}),
        (tone(), {"tone_seconds": 3.0}),
    ],
)
def test_other_openings_stay(opening, options):
    recording = np.concatenate([opening, silence(1)])
    trimmed = ToneTrimmer(**options).fit_transform([recording])[0]
    np.testing.assert_array_equal(trimmed, recording)


def test_another_tone_and_rate():
    recording = np.concatenate([tone(0.5, 440, sr=44100), silence(1)])
    trimmed = ToneTrimmer(44100, tone_hz=440.0, tone_seconds=0.5).fit_transform([recording])
    assert 0 <= SR - len(trimmed[0]) < 0.1 * 44100


def test_paths_stay_paths_until_they_are_read(tmp_path, speech):
    soundfile.write(tmp_path / "a.wav", np.concatenate([tone(), silence(0.2), speech[0]]), SR)
    pipeline = make_pipeline(AudioReader(), ToneTrimmer())
    trimmed = pipeline.fit_transform([str(tmp_path / "a.wav")])[0]
    assert abs(len(trimmed) - len(speech[0])) < 0.2 * SR


def test_an_array_stays_one_if_equally_much_is_cut():
    rows = np.stack([np.concatenate([tone(), silence(1)])] * 2)
    assert ToneTrimmer().fit_transform(rows).shape[0] == 2
    assert ToneTrimmer().fit_transform(rows).dtype == np.float32
    ragged = ToneTrimmer().fit_transform(np.stack([rows[0], silence(2)]))
    assert ragged.dtype == object
    assert [len(entry) < 1.1 * SR for entry in ragged] == [True, False]


def test_silence_and_short_waveforms_pass():
    for waveform in (np.zeros(SR, np.float32), np.ones(3, np.float32)):
        np.testing.assert_array_equal(ToneTrimmer().fit_transform([waveform])[0], waveform)


def test_nothing_but_the_tone_is_an_error():
    with pytest.raises(ValueError, match=r"X\[1\] holds nothing but the opening tone of 1000.0"):
        ToneTrimmer().fit_transform([silence(1), tone(1.05)])


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"sr": 0}, ValueError, "sr must be at least 1, got 0"),
        ({"tone_hz": 8000.0}, ValueError, "tone_hz must be below sr / 2 = 8000.0, got 8000.0"),
        ({"tone_hz": "high"}, TypeError, "tone_hz must be a real number"),
        ({"tone_seconds": 0.0}, ValueError, "tone_seconds must be above 0.0"),
    ],
)
def test_bad_parameters(options, error, message):
    with pytest.raises(error, match=message):
        ToneTrimmer(**options).fit([silence(1)])


def test_paths_are_refused():
    with pytest.raises(TypeError, match=r"X\[0\] is a path, 'a.wav'; put an AudioReader before"):
        ToneTrimmer().fit(["a.wav"])
