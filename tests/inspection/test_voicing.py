"""Voicing from sound: made signals, generated speech and a real recording."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from skaffect import (
    AudioReader,
    LogFilterbank,
    make_affective_speech,
    phone_classes,
    voicing_classes,
)

SR = 16000


def voice(seconds: float, hertz: float, sr: int = SR) -> np.ndarray:
    """Make a buzz with the harmonics of a voice."""
    phase = 2 * np.pi * hertz * np.arange(round(seconds * sr)) / sr
    return 0.1 * sum(np.cos(k * phase) / k for k in range(1, 9))


def noise(seconds: float, sr: int = SR) -> np.ndarray:
    return np.random.default_rng(0).normal(0, 0.03, round(seconds * sr))


@pytest.mark.parametrize(("sr", "fmin"), [(SR, 65.0), (8000, 150.0)])
def test_silence_noise_and_voice_are_told_apart_where_they_are(sr: int, fmin: float) -> None:
    """At fmin=150 the pitch tracker sees less than a frame of the filter bank."""
    waveform = np.concatenate([np.zeros(sr // 4), noise(0.25, sr), voice(0.25, 180, sr)])
    (classes,) = voicing_classes([waveform.astype(np.float32)], sr, fmin=fmin)
    assert len(classes) == len(LogFilterbank(sr=sr).fit_transform([waveform])[0])
    centres = 0.01 * np.arange(len(classes)) + 0.0125
    for name, start, end in (("silent", 0, 0.25), ("unvoiced", 0.25, 0.5), ("voiced", 0.5, 0.75)):
        # Clear of the borders, which the windows blur.
        inside = (centres > start + 0.025) & (centres < end - 0.025)
        assert np.mean(classes[inside] == name) > 0.95, name
    # The borders are where the sound changes, to a frame.
    assert abs(centres[classes != "silent"][0] - 0.25) <= 0.0225
    assert abs(centres[classes == "voiced"][0] - 0.5) <= 0.03


def test_pitch_out_of_range_is_no_voice() -> None:
    waveform = voice(0.4, 400).astype(np.float32)
    (high,) = voicing_classes([waveform], fmax=600)
    (low,) = voicing_classes([waveform], fmin=210, fmax=300)
    assert np.mean(high == "voiced") > 0.9
    assert np.mean(low == "voiced") < 0.5


def test_silence_db_sets_what_is_silent() -> None:
    waveform = np.concatenate([0.02 * voice(0.2, 150), voice(0.2, 150)]).astype(np.float32)
    quiet = slice(2, 15)
    assert set(voicing_classes([waveform], silence_db=20)[0][quiet]) == {"silent"}
    assert set(voicing_classes([waveform], silence_db=45)[0][quiet]) == {"voiced"}


def test_nothing_but_zeros_is_silent_and_short_sounds_have_a_frame() -> None:
    silent, short = voicing_classes([np.zeros(4000), voice(0.00625, 400)])
    assert silent.tolist() == ["silent"] * 24
    # Versions of librosa differ in what they call a single frame of voice.
    assert len(short) == 1
    assert short[0] != "silent"


def test_generated_speech_agrees_with_its_phones() -> None:
    corpus = make_affective_speech(1, 1, emotions=("neutral",), random_state=0)
    (found,) = voicing_classes(corpus.data)
    (expected,) = phone_classes(corpus.phones, [len(found)])
    assert np.mean(found == expected) > 0.85
    for name in ("voiced", "unvoiced", "silent"):
        assert np.mean(found[expected == name] == name) > 0.5, name


def test_real_speech(data_root: Path) -> None:
    """A sentence of 1.5 s, "Kids are talking by the door", in twice as much silence."""
    path = data_root / "ravdess" / "Actor_02" / "03-01-01-01-01-01-02.flac"
    waveforms = AudioReader().transform([path])
    (classes,) = voicing_classes(waveforms)
    assert len(classes) == len(LogFilterbank().fit_transform(waveforms)[0])
    spoken = np.flatnonzero(classes != "silent")
    assert 1.0 < 0.01 * (spoken[-1] - spoken[0]) < 2.5
    inside = classes[spoken[0] : spoken[-1] + 1]
    assert 0.5 < np.mean(inside == "voiced") < 0.9
    assert np.mean(inside == "unvoiced") > 0.05
    assert set(classes[:20]) == set(classes[-20:]) == {"silent"}


def test_missing_librosa_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "librosa", None)
    with pytest.raises(ImportError, match=r'install librosa: pip install "skaffect\[inspection]"'):
        voicing_classes([np.zeros(4000)])


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"sr": 0}, "sr must be at least 1, got 0"),
        ({"fmin": 0}, "fmin must be above 0.0, got 0"),
        ({"fmax": 9000}, r"fmax must lie in \[0.0, 8000.0], got 9000"),
        ({"fmin": 300, "fmax": 200}, "fmin must be below fmax, got fmin=300 and fmax=200"),
        ({"silence_db": -3}, "silence_db must be above 0.0, got -3"),
    ],
)
def test_bad_parameters(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        voicing_classes([np.zeros(4000)], **parameters)


def test_entries_that_are_no_waveforms_are_named() -> None:
    with pytest.raises(ValueError, match=r"X\[1] contains NaN or infinity") as raised:
        voicing_classes([np.zeros(4000), np.full(4000, np.nan)])
    assert raised.value.__notes__ == ["X is the parameter waveforms of voicing_classes."]
