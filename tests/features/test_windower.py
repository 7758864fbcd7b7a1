"""MFSCWindower: views of normalised frames, with what is silent marked."""

from __future__ import annotations

import pickle
import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaffect import LogFilterbank, MFSCWindower, Windows
from skaffect.features._mel import LOG_SILENCE

SR = 16000


def noise(n_times: int = 8000, seed: int = 0, level: float = 0.1) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, level, n_times).astype(np.float32)


def with_pauses(quiet: float = 0.0) -> list[np.ndarray]:
    """Speech-like loud and quiet stretches, of half and a quarter of a second."""
    return [
        np.concatenate([noise(8000, seed), noise(4000, seed + 9) * np.float32(quiet), noise(8000)])
        for seed in (1, 2)
    ]


def test_windows_have_the_papers_shape() -> None:
    answer = MFSCWindower().fit_transform([noise(16000), noise(8000)])
    assert (answer.dtype, answer.shape) == (object, (2,))
    assert all(isinstance(entry, Windows) for entry in answer)
    assert [entry.shape for entry in answer] == [(99, 40, 15), (49, 40, 15)]
    assert answer[0].frames.dtype == np.float32


@pytest.mark.parametrize("normalize", ["corpus", "utterance", None])
def test_windows_show_log_filterbank_frames(normalize: Any) -> None:
    options: dict[str, Any] = {"n_mels": 40, "normalize": normalize, "floor_db": None}
    waveforms = [noise(8000, 1), noise(6000, 2)]
    expected = LogFilterbank(**options).fit_transform(waveforms)
    answer = MFSCWindower(**options, skip_silence=False, context=5).fit_transform(waveforms)
    for windows, frames in zip(answer, expected, strict=True):
        np.testing.assert_array_equal(windows.frames, frames)
        np.testing.assert_array_equal(np.asarray(windows)[:, :, 2], frames)
        np.testing.assert_array_equal(windows[10], frames[8:13].T)
        np.testing.assert_array_equal(windows[0], frames[[0, 0, 0, 1, 2]].T)
        assert windows.active.all()


@given(context=st.integers(0, 15).map(lambda k: 2 * k + 1), n_times=st.integers(400, 4000))
def test_context_never_changes_the_number_of_windows(context: int, n_times: int) -> None:
    (windows,) = MFSCWindower(context=context).fit_transform([noise(n_times)])
    assert windows.shape == (1 + -(-(n_times - 400) // 160), 40, context)


def test_silence_is_marked_and_kept() -> None:
    windower = MFSCWindower(normalize=None, floor_db=None)
    for windows in windower.fit_transform(with_pauses()):
        silent = (windows.frames == LOG_SILENCE).all(axis=1)
        assert silent.sum() == 22
        assert not windows.active[silent].any()
        # One more holds nothing but the last loud sample's pre-emphasis.
        assert (~windows.active).sum() == 23
        assert len(windows) == len(windows.active) == 124


@pytest.mark.parametrize(("silence_db", "n_silent"), [(30.0, 23), (50.0, 0)])
def test_quiet_frames_are_silent_by_level(silence_db: float, n_silent: int) -> None:
    waveform = with_pauses(quiet=0.01)[0]  # 40 dB down
    windower = MFSCWindower(silence_db=silence_db).fit([waveform])
    for gain in (1.0, 2.0**-10):
        (windows,) = windower.transform([waveform * np.float32(gain)])
        assert (~windows.active).sum() == n_silent
        assert windows.active[:49].all()


def test_digital_silence_is_heard_whole() -> None:
    for normalize in ("corpus", "utterance", None):
        windower = MFSCWindower(normalize=normalize).fit([noise(), np.zeros(8000)])
        (windows,) = windower.transform([np.zeros(4000)])
        assert windows.active.all()
        assert np.isfinite(windows.frames).all()


@pytest.mark.parametrize("skip_silence", [True, False])
def test_corpus_statistics_are_those_of_active_frames(skip_silence: bool) -> None:
    windower = MFSCWindower(normalize="corpus", skip_silence=skip_silence)
    answer = windower.fit_transform(with_pauses())
    counted = np.concatenate([windows.frames[windows.active] for windows in answer])
    np.testing.assert_allclose(counted.mean(axis=0, dtype=float), 0, atol=1e-5)
    np.testing.assert_allclose(counted.std(axis=0, dtype=float), 1, atol=1e-5)
    every = np.concatenate([windows.frames for windows in answer])
    assert (abs(every.mean(axis=0)).max() > 0.1) == skip_silence


def test_utterance_statistics_are_those_of_its_active_frames() -> None:
    for windows in MFSCWindower(normalize="utterance").fit_transform(with_pauses()):
        assert 0 < windows.active.sum() < len(windows)
        spoken = windows.frames[windows.active]
        np.testing.assert_allclose(spoken.mean(axis=0, dtype=float), 0, atol=1e-5)
        np.testing.assert_allclose(spoken.std(axis=0, dtype=float), 1, atol=1e-5)


def test_transform_learns_nothing() -> None:
    windower = MFSCWindower(normalize="corpus").fit(with_pauses())
    before = pickle.dumps(windower)
    first = windower.transform(with_pauses())
    windower.transform([noise(level=0.5)])
    assert pickle.dumps(windower) == before
    for again, windows in zip(windower.transform(with_pauses()), first, strict=True):
        assert again == windows
    for alone, windows in zip(with_pauses(), first, strict=True):
        assert windower.transform([alone])[0] == windows


def test_fit_transform_equals_fit_and_transform() -> None:
    windower = MFSCWindower(normalize="corpus")
    together = windower.fit_transform(with_pauses())
    apart = windower.fit(with_pauses()).transform(with_pauses())
    assert list(together) == list(apart)


def test_waveforms_are_left_alone() -> None:
    waveforms = with_pauses()
    for waveform in waveforms:
        waveform.setflags(write=False)
    MFSCWindower().fit_transform(waveforms)
    for waveform, untouched in zip(waveforms, with_pauses(), strict=True):
        np.testing.assert_array_equal(waveform, untouched)


def test_numeric_array_comes_back_as_one() -> None:
    rows = np.stack(with_pauses())
    windower = MFSCWindower(context=3)
    answer = windower.fit_transform(rows)
    assert (answer.shape, answer.dtype) == ((2, 124, 40, 3), np.float32)
    for windows, entry in zip(windower.transform(list(rows)), answer, strict=True):
        np.testing.assert_array_equal(np.asarray(windows), entry)


def test_a_minute_is_never_materialised() -> None:
    waveform = noise(60 * SR)
    windower = MFSCWindower().fit([waveform])
    tracemalloc.start()
    try:
        (windows,) = windower.transform([waveform])
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    materialised = windows.frames.nbytes * windows.context
    assert held < 1.5 * windows.frames.nbytes
    # At the peak: the pre-emphasised minute, one more pass over it, and the frames.
    assert peak < 2.5 * waveform.nbytes
    assert peak < materialised
    assert len(pickle.dumps(windows)) < 1.1 * windows.frames.nbytes


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"context": 14}, ValueError, "context is a total width in frames and must be odd"),
        ({"context": 0}, ValueError, "odd and positive, got 0"),
        ({"context": 15.0}, TypeError, "context must be an odd integer, got 15.0"),
        ({"skip_silence": "no"}, ValueError, "skip_silence must be one of True, False; got 'no'"),
        ({"silence_db": 0}, ValueError, "silence_db must be above 0"),
        ({"silence_db": None}, TypeError, "silence_db must be a real number"),
        ({"normalize": "speaker"}, ValueError, "normalize must be one of"),
        ({"n_mels": 100}, ValueError, "n_mels=100 is too many"),
    ],
)
def test_bad_parameters(parameters: dict[str, Any], error: type[Exception], message: str) -> None:
    for method in ("fit", "fit_transform"):
        with pytest.raises(error, match=message):
            getattr(MFSCWindower(**parameters), method)([noise()])


def test_short_utterance_becomes_one_window() -> None:
    with pytest.warns(UserWarning, match=r"X\[0\] lasts 0.0063 s \(100 samples\)"):
        (windows,) = MFSCWindower(normalize=None).transform([noise(100)])
    assert windows.shape == (1, 40, 15)
    with pytest.raises(ValueError, match=r"X\[0\] lasts 0.0063 s"):
        MFSCWindower(short="error").fit([noise(100)])
