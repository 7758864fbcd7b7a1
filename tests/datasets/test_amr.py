"""The AMR codec: length, time and band of what comes back."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import correlate

from skaffect.audio import AudioReader
from skaffect.datasets import RecordingDevice, record_with_devices
from skaffect.datasets._amr import AMR_KBPS, through_amr


@pytest.fixture(scope="module")
def speech(data_root):
    paths = sorted(data_root.glob("ravdess/Actor_0[1-4]/03-01-05-02-01-01-*.flac"))
    assert len(paths) == 4
    return list(AudioReader().fit_transform(paths))


def lag(answer, given):
    return int(correlate(answer, given, method="fft").argmax()) - (len(given) - 1)


def level_db(waveform, low, high, sr=16000):
    power = np.abs(np.fft.rfft(waveform.astype(float))) ** 2 / len(waveform) ** 2
    frequencies = np.fft.rfftfreq(len(waveform), 1 / sr)
    return 10 * np.log10(power[(frequencies >= low) & (frequencies < high)].sum() + 1e-20)


@pytest.mark.parametrize("kbps", [4.75, 12.2])
def test_speech_returns_in_time_and_in_length(speech, kbps):
    for given in speech:
        answer = through_amr(given, 16000, kbps)
        assert answer.dtype == np.float32
        assert answer.shape == given.shape
        assert abs(lag(answer, given)) <= 2  # 0.125 ms
        assert np.corrcoef(answer, given)[0, 1] > 0.6
        np.testing.assert_array_equal(answer, through_amr(given, 16000, kbps))


def test_more_bits_are_closer_to_the_speech(speech):
    given = speech[0]
    likeness = [np.corrcoef(through_amr(given, 16000, k), given)[0, 1] for k in AMR_KBPS]
    assert likeness[0] < likeness[-1]
    assert likeness[-1] > 0.85


def test_what_lies_above_4_khz_is_lost(speech):
    for given in speech:
        answer = through_amr(given, 16000, 12.2)
        assert level_db(answer, 4200, 8000) < level_db(given, 4200, 8000) - 30
        assert abs(level_db(answer, 300, 3400) - level_db(given, 300, 3400)) < 3


@pytest.mark.parametrize("n", [1, 159, 161, 16000, 16003])
@pytest.mark.parametrize("sr", [8000, 16000, 44100])
def test_any_length_at_any_rate(n, sr):
    given = 0.1 * np.random.default_rng(0).standard_normal(n).astype(np.float32)
    answer = through_amr(given, sr, 12.2)
    assert answer.shape == (n,)
    assert np.isfinite(answer).all()


def test_a_missing_pyav_is_named_before_anything_is_recorded(monkeypatch):
    monkeypatch.setattr("skaffect.datasets._amr.pyav_installed", lambda: False)
    devices = [RecordingDevice("plain"), RecordingDevice("mobile", amr_kbps=12.2)]
    with pytest.raises(ImportError, match=r"amr_kbps, which needs PyAV; .*skaffect\[device\]"):
        record_with_devices([np.zeros(100)], devices)
    assert len(record_with_devices([np.zeros(100)], devices[:1]).data) == 1
