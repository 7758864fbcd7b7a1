"""Log mel energies: equal to python_speech_features', and what must hold of any such energies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_speech_features import fbank

from skaffect.audio import AudioReader
from skaffect.features._mel import LOG_SILENCE, log_energies, mel_energies, mel_plan

SR = 16000
# Of frames computed in another place of a block, where float32 rounds otherwise.
ROUNDING = 1e-3
SILENCE = np.log(np.finfo(float).eps)  # what python_speech_features makes of no energy at all


def plan(sr: int = SR, n_mels: int = 40, **changes: Any) -> Any:
    parameters = {
        "window_seconds": 0.025,
        "hop_seconds": 0.01,
        "fmin": 0.0,
        "fmax": None,
        "preemphasis": 0.97,
    }
    return mel_plan(sr, n_mels, **(parameters | changes))


def ours(waveform: np.ndarray, **changes: Any) -> np.ndarray:
    return log_energies(mel_energies(waveform.astype(np.float32), plan(**changes)))


def reference(
    waveform: np.ndarray,
    sr: int = SR,
    n_mels: int = 40,
    n_fft: int | None = None,
    **changes: Any,
) -> np.ndarray:
    words = {
        "window_seconds": "winlen",
        "hop_seconds": "winstep",
        "fmin": "lowfreq",
        "fmax": "highfreq",
        "preemphasis": "preemph",
    }
    energies, _ = fbank(
        waveform.astype(np.float32).astype(np.float64),  # the same samples
        sr,
        nfilt=n_mels,
        nfft=n_fft or {16000: 512, 44100: 2048}[sr],
        winfunc=np.hamming,
        **{words[name]: value for name, value in changes.items()},
    )
    return np.log(energies)


def assert_equal_to_reference(
    frames: np.ndarray, expected: np.ndarray, deepest: float = np.inf
) -> None:
    """1e-4 within 12 nats of the frame's loudest band, 1e-2 elsewhere, silence alike."""
    assert frames.shape == expected.shape
    assert frames.dtype == np.float32
    error = np.abs(frames - expected)
    depth = expected.max(axis=1, keepdims=True) - expected
    assert error[depth < 12].max() < 1e-4
    assert error[depth < deepest].max() < 1e-2
    np.testing.assert_array_equal(frames == LOG_SILENCE, expected == SILENCE)


def noise(n_times: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.1, n_times).astype(np.float32)


def tone(frequency: float, sr: int = SR, seconds: float = 0.2) -> np.ndarray:
    return np.sin(2 * np.pi * frequency * np.arange(int(seconds * sr)) / sr).astype(np.float32)


@pytest.mark.parametrize("n_mels", [24, 40])
def test_ravdess_equals_python_speech_features(data_root: Path, n_mels: int) -> None:
    # Two of each speaker. Actor 15's have a hum under quiet speech, where pre-emphasis in
    # float32 without care misses the bound.
    files = [
        path
        for actor in sorted((data_root / "ravdess").glob("Actor_*"))
        for path in sorted(actor.glob("03-01-0[68]-01-01-01-*.flac"))
    ]
    assert len(files) == 32
    for waveform in AudioReader(sr=SR).transform(files):
        assert_equal_to_reference(ours(waveform, n_mels=n_mels), reference(waveform, SR, n_mels))


@pytest.mark.parametrize("n_mels", [24, 40])
def test_grid_video_sound_equals_python_speech_features(data_root: Path, n_mels: int) -> None:
    pytest.importorskip("av", reason="the sound of videos needs the face or the device extra")
    files = sorted((data_root / "grid_s1" / "video").glob("*.mpg"))[:3]
    assert len(files) == 3
    for waveform in AudioReader(sr=44100).transform(files):
        frames = ours(waveform, sr=44100, n_mels=n_mels)
        assert_equal_to_reference(frames, reference(waveform, 44100, n_mels))


@given(n_times=st.integers(1, 3000), seed=st.integers(0, 9), sr=st.sampled_from([16000, 44100]))
@settings(max_examples=60)
def test_any_length_equals_python_speech_features(n_times: int, seed: int, sr: int) -> None:
    waveform = noise(n_times, seed)
    # In noise a band of one bin can all but vanish. Where it lies 25 nats under the loudest,
    # the rounding of a float32 FFT is 1e-2 of it; speech has none of these.
    frames = ours(waveform, sr=sr)
    assert_equal_to_reference(frames, reference(waveform, sr), deepest=20)


@pytest.mark.parametrize("extra", [-1, 0, 1, 159, 160, 161])
def test_last_frame_is_padded_with_zeros(extra: int) -> None:
    waveform = noise(400 + 160 * 3 + extra)
    frames = ours(waveform)
    assert len(frames) == (5 if 0 < extra <= 160 else 4 if extra <= 0 else 6)
    padded = np.concatenate([waveform, np.zeros(160, np.float32)])
    padded = padded[: 400 + 160 * (len(frames) - 1)]
    # Zeros beyond the end differ by the one sample of pre-emphasis that leaves the signal.
    np.testing.assert_allclose(ours(padded)[:-1], frames[:-1], atol=ROUNDING)
    assert_equal_to_reference(frames, reference(waveform))


@pytest.mark.parametrize(
    ("changes", "n_fft"),
    [
        ({"window_seconds": 0.02, "hop_seconds": 0.005}, 512),
        ({"window_seconds": 0.01, "hop_seconds": 0.03, "n_mels": 20}, 256),
        ({"window_seconds": 0.032}, 512),
        ({"window_seconds": 0.0321}, 1024),
        ({"fmin": 100.0, "fmax": 4000.0, "n_mels": 20}, 512),
        ({"preemphasis": 0.0}, 512),
        ({"preemphasis": 1.0}, 512),
        ({"n_mels": 1}, 512),
        ({"n_mels": 72}, 512),
    ],
)
def test_parameters_mean_what_they_mean_there(changes: dict[str, Any], n_fft: int) -> None:
    waveform = noise(4000)
    expected = reference(waveform, n_fft=n_fft, **changes)
    assert_equal_to_reference(ours(waveform, **changes), expected)


@pytest.mark.parametrize(
    ("sr", "lengths"),
    [(16000, (400, 160, 512)), (44100, (1103, 441, 2048)), (8000, (200, 80, 256))],
)
def test_lengths_in_samples(sr: int, lengths: tuple[int, int, int]) -> None:
    assert plan(sr=sr, n_mels=20)[:3] == lengths


def test_digital_silence_is_the_same_constant() -> None:
    waveform = np.concatenate([noise(1600), np.zeros(3200, np.float32), noise(1600)])
    frames, expected = ours(waveform), reference(waveform)
    silent = expected == SILENCE
    assert silent.all(axis=1).sum() == 17
    assert np.float32(SILENCE) == LOG_SILENCE
    np.testing.assert_array_equal(frames == LOG_SILENCE, silent)


@given(frequency=st.floats(150, 7000))
def test_tone_peaks_in_its_band(frequency: float) -> None:
    this = plan()
    peak = int(ours(tone(frequency))[5].argmax())
    mel = np.linspace(0, 2595 * np.log10(1 + SR / 2 / 700), this.n_mels + 2)
    edges = 700 * (10 ** (mel / 2595) - 1)
    one_bin = SR / this.n_fft
    assert edges[peak] - one_bin <= frequency <= edges[peak + 2] + one_bin


@given(doublings=st.integers(-12, 12), seed=st.integers(0, 9))
def test_gain_shifts_log_energies(doublings: int, seed: int) -> None:
    waveform = noise(2000, seed)
    louder = np.ldexp(waveform, doublings)  # without rounding
    shift = ours(louder) - ours(waveform)
    np.testing.assert_allclose(shift, 2 * doublings * np.log(2), atol=1e-5)


@given(n_hops=st.integers(1, 20), n_times=st.integers(500, 4000))
def test_shift_by_hops_shifts_frames(n_hops: int, n_times: int) -> None:
    waveform = noise(n_times)
    late = np.concatenate([np.zeros(160 * n_hops, np.float32), waveform])
    # The first frame's first sample alone has another neighbour before it: zero, as here.
    np.testing.assert_allclose(ours(late)[n_hops:], ours(waveform), atol=ROUNDING)


def test_concatenation_keeps_the_frames_inside_each_part() -> None:
    first, second = noise(160 * 20, 1), noise(160 * 20, 2)
    both = ours(np.concatenate([first, second]))
    np.testing.assert_allclose(both[:18], ours(first)[:18], atol=ROUNDING)
    # A frame that begins with `second` sees one sample of `first` through pre-emphasis.
    np.testing.assert_allclose(both[21:], ours(second)[1:], atol=ROUNDING)


def test_many_blocks_equal_one_frame_at_a_time() -> None:
    waveform = noise(160 * 1000)
    frames = ours(waveform, preemphasis=0.0)
    for number in (0, 127, 128, 129, 500, 997):
        alone = ours(waveform[number * 160 : number * 160 + 400], preemphasis=0.0)
        np.testing.assert_allclose(frames[number], alone[0], atol=ROUNDING)


def test_strided_and_read_only_waveforms_are_left_alone() -> None:
    stereo = noise(4000).reshape(-1, 2)
    stereo.setflags(write=False)
    left = mel_energies(stereo[:, 0], plan())
    np.testing.assert_array_equal(left, mel_energies(stereo[:, 0].copy(), plan()))


def test_plans_are_shared_and_cannot_be_changed() -> None:
    assert plan() is plan()
    with pytest.raises(ValueError, match="read-only"):
        plan().window[0] = 0
    for group in plan().groups:
        with pytest.raises(ValueError, match="read-only"):
            group.filters[0] = 0


@pytest.mark.parametrize(("sr", "n_mels"), [(16000, 1), (16000, 24), (16000, 72), (44100, 40)])
def test_band_groups_hold_every_filter_once(sr: int, n_mels: int) -> None:
    this = plan(sr=sr, n_mels=n_mels)
    whole = np.zeros((this.n_fft + 2, n_mels))
    for group in this.groups:
        assert not whole[:, group.bands].any()
        whole[group.spectrum, group.bands] = group.filters
    np.testing.assert_array_equal(whole[::2], whole[1::2])
    assert (whole > 0).any(axis=0).all()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"n_mels": 80}, "n_mels=80 is too many for 512 FFT points at 16000 Hz"),
        ({"fmin": 4000.0, "fmax": 4010.0}, "more room from fmin to fmax"),
        ({"window_seconds": 1e-5}, "window_seconds=1e-05 is less than one sample at sr=16000"),
        ({"hop_seconds": 1e-5}, "hop_seconds=1e-05 is less than one sample at sr=16000"),
    ],
)
def test_impossible_plans(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plan(**changes)
