from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import correlate, find_peaks, lfilter, welch

from skaffect.datasets._synthesis import (
    HOP_SECONDS,
    Controls,
    _overlap_add,
    _resonance,
    _spectra,
    frame_times,
    pulse_train,
    synthesize,
)

SR = 16000
FORMANTS = (700.0, 1300.0, 2500.0, 3500.0, 4500.0, 5500.0, 6500.0, 7500.0)


def steady(n_times, sr=SR, *, f0=120.0, formants=FORMANTS, amplitudes=(1.0, 0.0, 0.0), **others):
    n_frames = len(frame_times(n_times, sr))
    full = {
        "f0": np.full(n_frames, f0),
        "formants": np.tile(np.asarray(formants, float), (n_frames, 1)),
        "bandwidths": np.full((n_frames, len(formants)), 80.0),
        "amplitudes": np.tile(np.asarray(amplitudes, float), (n_frames, 1)),
        "noise_hz": np.full(n_frames, 4000.0),
        "noise_bandwidth": np.full(n_frames, 1000.0),
        "nasality": np.zeros(n_frames),
        "tilt_db": np.full(n_frames, 10.0),
        "open_quotient": np.full(n_frames, 0.6),
    }
    return Controls(**(full | others))


def say(controls, n_times, sr=SR, seed=0):
    return synthesize(controls, n_times, sr, np.random.default_rng(seed))


def pitch_of(waveform, sr=SR):
    """Return the pitch in Hz by autocorrelation, and how periodic the waveform is."""
    waveform = waveform - waveform.mean()
    correlation = correlate(waveform, waveform, method="fft")[len(waveform) - 1 :]
    correlation /= correlation[0] * (1 - np.arange(len(correlation)) / len(correlation))
    lags = np.arange(round(sr / 500), round(sr / 60))
    height = correlation[lags].max()
    # Every multiple of the period fits as well: the first lag that does is the period.
    peaks = lags[find_peaks(correlation[lags], height=0.93 * height)[0]]
    return sr / peaks[0], height


@pytest.mark.parametrize("f0", [80.0, 143.7, 231.0, 390.0])
def test_the_pitch_is_the_one_asked_for(f0):
    measured, height = pitch_of(say(steady(8000, f0=f0), 8000)[1000:4000])
    assert measured == pytest.approx(f0, rel=0.012)
    assert height > 0.95


@pytest.mark.parametrize("sr", [8000, 16000, 22050, 44100, 48000])
def test_the_pitch_does_not_depend_on_the_rate(sr):
    formants = np.arange(500, 0.47 * sr, 1000)
    waveform = say(steady(sr // 2, sr, f0=150.0, formants=formants), sr // 2, sr)
    assert np.isfinite(waveform).all()
    assert pitch_of(waveform[sr // 10 : sr // 3], sr)[0] == pytest.approx(150.0, rel=0.02)


def test_noise_alone_has_no_pitch():
    assert pitch_of(say(steady(8000, amplitudes=(0, 1, 0)), 8000)[1000:])[1] < 0.4


@pytest.mark.parametrize("hz", [400.0, 900.0, 1700.0, 2400.0])
@pytest.mark.parametrize("sr", [16000, 44100])
def test_a_formant_lies_where_it_was_asked_for(hz, sr):
    n_times = 3 * sr
    controls = steady(n_times, sr, formants=(hz,), amplitudes=(0, 1, 0), tilt_db=np.ones(1))
    frequency, power = welch(say(controls, n_times, sr), sr, nperseg=sr // 25)
    region = (frequency > hz - 300) & (frequency < hz + 300)
    assert frequency[region][np.argmax(power[region])] == pytest.approx(hz, abs=40)


def test_frication_lies_where_it_was_asked_for():
    frequency, power = welch(say(steady(32000, amplitudes=(0, 0, 1)), 32000), SR, nperseg=512)
    assert frequency[np.argmax(power)] == pytest.approx(4000, abs=250)
    peak = power.max()
    assert power[frequency < 1000].max() < 0.02 * peak


def test_steady_controls_are_an_ordinary_filter():
    """Against SciPy's recursive filter, which shares nothing with the frames."""
    n_times = 4000
    controls = steady(n_times, amplitudes=(0, 1, 0), tilt_db=np.full(1, 1e-9))
    noise = np.random.default_rng(0)
    pulse_train(np.full(n_times, 120.0), SR, 0.0, 0.0, noise)
    expected = noise.standard_normal((2, n_times))[0]
    for hz in FORMANTS:
        coefficients = _resonance(np.array([hz]), np.array([80.0]), SR)[0]
        expected = lfilter([1.0], coefficients, expected)
    pole = np.exp(-2 * np.pi * 3000 / np.sqrt(10**0.01 - 1) / SR)
    expected = lfilter([1 - pole], [1, -pole], expected)
    error = say(controls, n_times) - expected
    assert np.sqrt(np.mean(error**2)) < 1e-3 * np.sqrt(np.mean(expected**2))


@pytest.mark.parametrize("n_times", [1, 79, 80, 81, 1000])
def test_frames_add_up_to_the_source(n_times):
    source = np.random.default_rng(0).standard_normal(n_times)
    frames = np.fft.irfft(_spectra(source, 80, 512), 512)
    np.testing.assert_allclose(_overlap_add(frames, 80, n_times), source, atol=1e-6)


def test_moving_formants_do_not_click_at_frame_borders():
    n_times = 4 * SR
    times = frame_times(n_times, SR)
    glide = 1 + 0.4 * np.sin(2 * np.pi * 3 * times)
    formants = np.stack([500 * glide, 1500 * glide, 2500 * glide], axis=1)
    controls = steady(n_times, formants=FORMANTS[:3], f0=97.0)
    waveform = say(replace(controls, formants=formants, jitter=0.01), n_times)
    # Third differences bring out any step; they must be no larger at the borders of frames.
    power = np.diff(waveform, 3, prepend=[0, 0, 0]) ** 2
    by_position = power.reshape(-1, round(HOP_SECONDS * SR)).mean(axis=0)
    assert by_position.max() < 2.0 * np.median(by_position)


def test_jitter_and_shimmer_make_the_voice_rough():
    smooth = say(steady(8000, f0=120.0), 8000)[1000:5000]
    rough = say(replace(steady(8000, f0=120.0), jitter=0.03, shimmer=0.2), 8000)[1000:5000]
    assert pitch_of(rough)[1] < pitch_of(smooth)[1] - 0.02


def test_tilt_takes_from_the_treble():
    def treble_db(tilt_db):
        controls = steady(16000, tilt_db=np.full(len(frame_times(16000, SR)), tilt_db))
        frequency, power = welch(say(controls, 16000), SR, nperseg=1024)
        bass, treble = frequency < 1000, (frequency > 2500) & (frequency < 3500)
        return 10 * np.log10(power[treble].sum() / power[bass].sum())

    assert treble_db(5.0) - treble_db(15.0) == pytest.approx(9.0, abs=2.0)


def test_pulses_have_unit_power_whatever_the_pitch():
    for f0 in (80.0, 160.0, 320.0):
        train, phase = pulse_train(np.full(16000, f0), SR, 0.0, 0.0, np.random.default_rng(0))
        assert np.mean(train**2) == pytest.approx(1.0, rel=0.1)
        assert phase[-1] == pytest.approx(f0)


def test_same_generator_same_bits():
    controls = steady(4000, amplitudes=(1, 0.2, 0.2))
    np.testing.assert_array_equal(say(controls, 4000), say(controls, 4000))
    assert (say(controls, 4000) != say(controls, 4000, seed=1)).any()
