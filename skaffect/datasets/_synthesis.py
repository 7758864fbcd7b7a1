"""A source-filter speech synthesiser: pulses and noise through formants that move.

After Klatt (1980), with one change: the filters are applied to short overlapping frames in
the frequency domain and added up, so that they may change with every frame without clicks
and without a loop over samples.

References
----------
D. H. Klatt, "Software for a cascade/parallel formant synthesizer", J. Acoust. Soc. Am.
67(3), 971-995, 1980, doi:10.1121/1.383940.
B. Doval, C. d'Alessandro and N. Henrich, "The spectrum of glottal flow models", Acta
Acustica united with Acustica 92(6), 1026-1046, 2006 (the glottal formant and its tilt).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft

Floats = NDArray[np.float64]
Spectra = NDArray[np.complexfloating]

HOP_SECONDS = 0.005
# A resonance 70 Hz wide has fallen by 76 dB after this long.
_TAIL_SECONDS = 0.04
_SINC_TAPS = np.arange(-8, 9)
_NASAL_HZ, _NASAL_ZERO_HZ, _NASAL_BANDWIDTH = 270.0, 450.0, 100.0
_TILT_REFERENCE_HZ = 3000.0
_HIGHEST_FRACTION = 0.47
_BREATH_MODULATION = 0.7


@dataclass(frozen=True)
class Controls:
    """What a speaker does, one row for each of `frame_times`.

    Parameters
    ----------
    f0 : array of shape (n_frames,)
        Rate of the glottal pulses, Hz.
    formants, bandwidths : array of shape (n_frames, n_formants)
        Centres and widths of the vocal tract's resonances, Hz.
    amplitudes : array of shape (n_frames, 3)
        Amplitudes of voicing, aspiration and frication.
    noise_hz, noise_bandwidth : array of shape (n_frames,)
        Resonance of the frication noise, Hz.
    nasality : array of shape (n_frames,)
        Opening of the velum, 0 to 1.
    tilt_db : array of shape (n_frames,)
        Extra attenuation of the sources at 3 kHz, dB, above 0.
    open_quotient : array of shape (n_frames,)
        Open part of the glottal cycle, 0.3 (pressed) to 0.9 (breathy).
    jitter, shimmer : float
        Standard deviation of a pulse's time (in periods) and of its amplitude (relative).
    """

    f0: Floats
    formants: Floats
    bandwidths: Floats
    amplitudes: Floats
    noise_hz: Floats
    noise_bandwidth: Floats
    nasality: Floats
    tilt_db: Floats
    open_quotient: Floats
    jitter: float = 0.0
    shimmer: float = 0.0


def frame_times(n_times: int, sr: int) -> Floats:
    """Return the times in seconds at which a waveform of `n_times` samples is controlled."""
    hop_length = round(HOP_SECONDS * sr)
    return np.arange(-(-n_times // hop_length) + 1) * hop_length / sr


def synthesize(controls: Controls, n_times: int, sr: int, rng: np.random.Generator) -> Floats:
    """Return speech of `n_times` samples, not yet scaled to any level."""
    times = frame_times(n_times, sr)
    voice, aspiration, frication = _sources(controls, times, n_times, sr, rng)
    hop_length = round(HOP_SECONDS * sr)
    n_fft = next_fast_len(2 * hop_length + round(_TAIL_SECONDS * sr), real=True)
    spectra = _spectra(voice, hop_length, n_fft) * _glottal_response(controls, sr, n_fft)
    # Turbulence follows the effort that tilts the voice, but only half as far.
    breath_tilt_db = 0.5 * controls.tilt_db.mean(keepdims=True)
    breath_response = _response(_tilt_poles(breath_tilt_db, sr).astype(np.float32), n_fft)
    spectra += _spectra(aspiration, hop_length, n_fft) * breath_response
    spectra *= _tract_response(controls, sr, n_fft)
    spectra += _spectra(frication, hop_length, n_fft) * _noise_response(controls, sr, n_fft)
    return _overlap_add(irfft(spectra, n_fft), hop_length, n_times)


def pulse_train(
    f0: Floats, sr: int, jitter: float, shimmer: float, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return a band-limited train of pulses of unit power and its phase in cycles.

    `f0` has one value in Hz for each sample. Pulses fall between samples where they must:
    rounding them would add a roughness that no larynx makes.
    """
    phase = np.cumsum(f0) / sr
    n_pulses = int(phase[-1])
    cycles = np.arange(1, n_pulses + 1) + jitter * rng.standard_normal(n_pulses)
    position = np.interp(cycles, phase, np.arange(len(f0)))
    height = (1 + shimmer * rng.standard_normal(n_pulses)) * np.sqrt(
        sr / np.interp(position, np.arange(len(f0)), f0)
    )
    nearest = np.round(position).astype(int)
    index = nearest[:, np.newaxis] + _SINC_TAPS
    distance = index - position[:, np.newaxis]
    taps = np.sinc(distance) * np.cos(np.pi * distance / (len(_SINC_TAPS) + 1)) ** 2
    inside = (index >= 0) & (index < len(f0))
    train = np.zeros(len(f0))
    np.add.at(train, index[inside], (taps * height[:, np.newaxis])[inside])
    return train, phase


def _sources(
    controls: Controls, times: Floats, n_times: int, sr: int, rng: np.random.Generator
) -> Floats:
    """Return voice, aspiration and frication, shape ``(3, n_times)``."""
    seconds = np.arange(n_times) / sr
    f0 = np.interp(seconds, times, controls.f0)
    voicing, aspiration, frication = (
        np.interp(seconds, times, column) for column in controls.amplitudes.T
    )
    pulses, phase = pulse_train(f0, sr, controls.jitter, controls.shimmer, rng)
    noise = rng.standard_normal((2, n_times))
    # Breath comes in puffs, once per cycle, where there is voice.
    puffs = _BREATH_MODULATION * voicing / (voicing + aspiration + 1e-9)
    breath = aspiration * noise[0] * (1 + puffs * np.cos(2 * np.pi * phase))
    return np.stack([voicing * pulses, breath, frication * noise[1]])


def _spectra(source: Floats, hop_length: int, n_fft: int) -> Spectra:
    """Return the spectra of Hann frames around each control time, which add up to the source."""
    n_frames = -(-len(source) // hop_length) + 1
    padded = np.zeros((n_frames + 1) * hop_length, np.float32)
    padded[hop_length : hop_length + len(source)] = source
    window = np.sin(np.pi * np.arange(2 * hop_length) / (2 * hop_length)) ** 2
    frames = sliding_window_view(padded, 2 * hop_length)[::hop_length]
    return rfft(frames * window.astype(np.float32), n_fft)


def _overlap_add(frames: Floats, hop_length: int, n_times: int) -> Floats:
    """Return the sum of frames, frame i starting at ``(i - 1) * hop_length``."""
    n_hops = -(-frames.shape[1] // hop_length)
    frames = np.pad(frames, ((0, 0), (0, n_hops * hop_length - frames.shape[1])))
    pieces = frames.reshape(len(frames), n_hops, hop_length)
    total = np.zeros((len(frames) + n_hops, hop_length))
    for k in range(n_hops):
        total[k : k + len(frames)] += pieces[:, k]
    return total.ravel()[hop_length : hop_length + n_times]


def _tract_response(controls: Controls, sr: int, n_fft: int) -> Spectra:
    """Return the cascade of formants with the nose's pole and zero."""
    nasal_hz = np.full(len(controls.f0), _NASAL_HZ)
    zero_hz = nasal_hz + controls.nasality * (_NASAL_ZERO_HZ - _NASAL_HZ)
    width = np.full(len(controls.f0), _NASAL_BANDWIDTH)
    poles = _resonance(nasal_hz, width, sr)
    for centre, width in zip(controls.formants.T, controls.bandwidths.T, strict=True):
        poles = _multiply(poles, _resonance(centre, width, sr))
    zeros = _resonance(zero_hz, np.full(len(zero_hz), _NASAL_BANDWIDTH), sr)
    # The product of so many resonators needs double precision, its response does not.
    return rfft(zeros.astype(np.float32), n_fft) * _response(poles, n_fft).astype(np.complex64)


def _glottal_response(controls: Controls, sr: int, n_fft: int) -> Spectra:
    """Return the spectrum of one pulse of differentiated flow: glottal formant and tilt."""
    centre = controls.f0 / (2 * controls.open_quotient)
    poles = _multiply(_resonance(centre, 0.8 * centre, sr), _tilt_poles(controls.tilt_db, sr))
    # With this factor the peak is about one whatever the pitch.
    poles *= (2 * np.pi * centre / sr)[:, np.newaxis]
    return _response(poles.astype(np.float32), n_fft, zeros=(1, -1))


def _noise_response(controls: Controls, sr: int, n_fft: int) -> Spectra:
    """Return the resonance of the cavity in front of the constriction, one at its peak."""
    centre = np.minimum(controls.noise_hz, _HIGHEST_FRACTION * sr)
    poles = _pole_pair(centre, controls.noise_bandwidth, sr)
    delay = np.exp(-2j * np.pi * centre / sr)[:, np.newaxis] ** np.arange(3)
    peak = (1 - delay[:, 1]) ** 2 / np.sum(poles * delay, axis=1)
    poles *= np.abs(peak)[:, np.newaxis]
    return _response(poles.astype(np.float32), n_fft, zeros=(1, -2, 1))


def _tilt_poles(tilt_db: Floats, sr: int) -> Floats:
    """Return the coefficients of low-passes that are `tilt_db` down at 3 kHz."""
    excess = 10 ** (np.maximum(tilt_db, 0.1) / 10) - 1
    pole = np.exp(-2 * np.pi * _TILT_REFERENCE_HZ / np.sqrt(excess) / sr)
    return np.stack([np.ones_like(pole), -pole], axis=1) / (1 - pole)[:, np.newaxis]


def _pole_pair(centre: Floats, bandwidth: Floats, sr: int) -> Floats:
    """Return the coefficients of resonators, shape ``(n_frames, 3)``."""
    radius = np.exp(-np.pi * bandwidth / sr)
    cosine = np.cos(2 * np.pi * np.minimum(centre, _HIGHEST_FRACTION * sr) / sr)
    return np.stack([np.ones_like(radius), -2 * radius * cosine, radius**2], axis=1)


def _resonance(centre: Floats, bandwidth: Floats, sr: int) -> Floats:
    """Return the coefficients of resonators whose gain is one at 0 Hz."""
    poles = _pole_pair(centre, bandwidth, sr)
    return poles / poles.sum(axis=1, keepdims=True)


def _multiply(polynomials: Floats, factors: Floats) -> Floats:
    """Return the row-wise products of two sets of polynomials."""
    product = np.zeros((len(polynomials), polynomials.shape[1] + factors.shape[1] - 1))
    for k, column in enumerate(factors.T):
        product[:, k : k + polynomials.shape[1]] += column[:, np.newaxis] * polynomials
    return product


def _response(poles: NDArray[np.floating], n_fft: int, zeros: Sequence[float] = (1,)) -> Spectra:
    """Return the frequency response of each row of coefficients, in the rows' precision."""
    return rfft(np.asarray(zeros, poles.dtype), n_fft) / rfft(poles, n_fft)
