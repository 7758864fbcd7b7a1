"""The linear parts of a recording device: its microphone's filter and its noise."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft, rfftfreq
from scipy.interpolate import PchipInterpolator
from scipy.signal import fftconvolve

from skaffect._sound_files import read_sound
from skaffect.audio import AudioReader
from skaffect.datasets._devices import RecordingDevice
from skaffect.datasets._smooth_response import smooth_response

Floats = NDArray[np.float64]
Spectrum = NDArray[np.complex128]
Rng: TypeAlias = np.random.Generator

_BAND_ORDER = 6  # of the Butterworth magnitude at both edges: 36 dB per octave
_FLATTEST_HZ = 50.0  # below it, coloured noise rises no further
_REFERENCE_HZ = (300.0, 3400.0)
_RESPONSE_SECONDS = 0.128  # long enough for the ringing of a steep edge at 40 Hz
_LEAST_GAIN = 1e-5  # -100 dB: the logarithm below has no use for zero
_MARGIN = 512  # zeros around an impulse response, for what resampling spreads


class Microphone(NamedTuple):
    """A filter, and by how many samples it is late."""

    taps: Floats
    delay: int


def microphone(device: RecordingDevice, sr: int) -> Microphone:
    """Return the filter of a device's response, impulse response and band."""
    n_taps, frequencies = _grid(sr)
    magnitude = _response(device.response, frequencies) * _band(device, frequencies)
    taps = _minimum_phase(magnitude, n_taps)
    if device.impulse_response is None:
        return Microphone(taps, 0)
    measured = _level(_measured(device, sr), sr)
    return Microphone(fftconvolve(taps, measured), int(np.abs(measured).argmax()))


def placed(filter_: Microphone, device: RecordingDevice, sr: int, rng: Rng) -> Microphone:
    """Return a device's filter as it is in one recording, elsewhere before the mouth."""
    if not device.response_spread_db:
        return filter_
    n_taps, frequencies = _grid(sr)
    place = _response(smooth_response(device.response_spread_db, rng), frequencies)
    return Microphone(fftconvolve(filter_.taps, _minimum_phase(place, n_taps)), filter_.delay)


def noise_spectrum(device: RecordingDevice, n_fft: int, sr: int, rng: Rng) -> Spectrum:
    """Return the real FFT of `n_fft` samples of a device's self-noise."""
    frequencies = rfftfreq(n_fft, 1 / sr)
    if device.noise_db is None:
        return np.zeros(len(frequencies), np.complex128)
    octaves = np.log2(np.maximum(frequencies, _FLATTEST_HZ) / _FLATTEST_HZ)
    magnitude = 10 ** (device.noise_slope_db * octaves / 20) * _band(device, frequencies)
    magnitude /= np.sqrt(np.mean(magnitude**2))
    # White noise of unit power has a spectrum of variance n_fft.
    scale = 10 ** (device.noise_db / 20) * np.sqrt(n_fft / 2)
    real, imaginary = rng.standard_normal((2, len(frequencies)))
    return scale * magnitude * (real + 1j * imaginary)


def _grid(sr: int) -> tuple[int, Floats]:
    """Return a filter's length, and the frequencies that its magnitude is given at."""
    n_taps = round(_RESPONSE_SECONDS * sr)
    return n_taps, rfftfreq(2 ** (8 * n_taps).bit_length(), 1 / sr)


def _response(response: Sequence[tuple[float, float]], frequencies: Floats) -> Floats:
    if not response:
        return np.ones_like(frequencies)
    points, gains_db = np.array(response, dtype=float).T
    within = np.log(np.clip(frequencies, points[0], points[-1]))
    if len(points) == 1:
        return np.full_like(frequencies, 10 ** (gains_db[0] / 20))
    smooth: Floats = PchipInterpolator(np.log(points), gains_db)(within)
    return np.power(10, smooth / 20)


def _band(device: RecordingDevice, frequencies: Floats) -> Floats:
    power = np.ones_like(frequencies)
    if device.low_hz > 0:
        relative = (frequencies / device.low_hz) ** (2 * _BAND_ORDER)
        power *= relative / (1 + relative)
    if device.high_hz is not None:
        power /= 1 + (frequencies / device.high_hz) ** (2 * _BAND_ORDER)
    return np.sqrt(power)


def _minimum_phase(magnitude: Floats, n_taps: int) -> Floats:
    """Return the causal filter of this magnitude with the least delay, by its cepstrum."""
    n_fft = 2 * (len(magnitude) - 1)
    cepstrum = irfft(np.log(np.maximum(magnitude, _LEAST_GAIN)), n_fft)
    cepstrum[1 : n_fft // 2] *= 2
    cepstrum[n_fft // 2 + 1 :] = 0
    taps = irfft(np.exp(rfft(cepstrum)), n_fft)[:n_taps]
    fade = n_taps // 4
    taps[-fade:] *= np.cos(np.linspace(0, np.pi / 2, fade)) ** 2
    return np.asarray(taps)


def _measured(device: RecordingDevice, sr: int) -> Floats:
    """Return the impulse response at `sr`."""
    given = device.impulse_response
    if not isinstance(given, str | os.PathLike):
        return np.asarray(given, dtype=np.float64)
    path = os.fsdecode(given)
    what = f"the impulse_response of the device {device.name!r}"
    try:
        AudioReader(sr=sr).fit([path])
    except (OSError, ValueError, ImportError) as error:
        error.add_note(f"X[0] is {what}.")
        raise
    try:
        samples, rate = read_sound(path)
    except ValueError as error:
        raise ValueError(f"{what} is {path!r}, which {error}") from error
    if not np.isfinite(samples).all() or not samples.any():
        raise ValueError(f"{what} is {path!r}, which holds no finite sound; choose another.")
    if rate == sr:
        return samples.astype(np.float64)
    resampled: Floats = soxr.resample(np.pad(samples, _MARGIN), rate, sr).astype(np.float64)
    return resampled


def _level(taps: Floats, sr: int) -> Floats:
    """Set the mean power gain of the reference band to one."""
    n_fft = next_fast_len(max(len(taps), sr // 10), real=True)
    frequencies = rfftfreq(n_fft, 1 / sr)
    lowest, highest = _REFERENCE_HZ
    speech = (frequencies >= lowest) & (frequencies <= highest)
    power = np.mean(np.abs(rfft(taps, n_fft)[speech]) ** 2)
    return np.asarray(taps / np.sqrt(power))
