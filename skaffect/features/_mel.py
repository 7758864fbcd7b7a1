"""Log mel filter-bank energies of one waveform, in float32 and without a loop over frames.

The numbers are python_speech_features' (the package named in section II-B.1 of
arXiv:1908.03904), computed in blocks of frames that stay in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from python_speech_features import get_filterbanks
from scipy.fft import rfft

from skaffect._utterances import Frames

# The logarithm of what python_speech_features puts in place of an energy of exactly zero.
LOG_SILENCE = np.float32(np.log(np.finfo(np.float64).eps))
# Big enough to amortise NumPy's overhead, small enough that a block stays in the cache.
_BLOCK_SAMPLES = 1 << 16


class BandGroup(NamedTuple):
    """Neighbouring mel bands and the part of the spectrum that they weigh."""

    bands: slice
    spectrum: slice
    filters: NDArray[np.float32]


class MelPlan(NamedTuple):
    """Everything about the framing and the filters that no waveform changes."""

    win_length: int
    hop_length: int
    n_fft: int
    n_mels: int
    preemphasis: float
    window: NDArray[np.float32]
    groups: tuple[BandGroup, ...]

    def n_frames(self, n_times: int) -> int:
        """Return the number of frames, the last one zero-padded, at least one."""
        return 1 + max(0, -(-(n_times - self.win_length) // self.hop_length))


@lru_cache(maxsize=32)
def mel_plan(
    sr: int,
    n_mels: int,
    window_seconds: float,
    hop_seconds: float,
    fmin: float,
    fmax: float | None,
    preemphasis: float,
) -> MelPlan:
    """Return the plan for frames of `window_seconds` every `hop_seconds` at `sr` Hz."""
    win_length, hop_length = _round_half_up(window_seconds * sr), _round_half_up(hop_seconds * sr)
    for name, seconds, length in (
        ("window_seconds", window_seconds, win_length),
        ("hop_seconds", hop_seconds, hop_length),
    ):
        if length < 1:
            raise ValueError(f"{name}={seconds} is less than one sample at sr={sr} Hz.")
    n_fft = 1 << (win_length - 1).bit_length()
    filters = get_filterbanks(n_mels, n_fft, sr, fmin, fmax).T / n_fft
    if not filters.any(axis=0).all():
        raise ValueError(
            f"n_mels={n_mels} is too many for {n_fft} FFT points at {sr} Hz: some bands hold no "
            "FFT bin. Use fewer bands, a longer window or more room from fmin to fmax."
        )
    window = np.hamming(win_length).astype(np.float32)
    window.setflags(write=False)
    return MelPlan(
        win_length,
        hop_length,
        n_fft,
        n_mels,
        preemphasis,
        window,
        tuple(_band_groups(filters)),
    )


def mel_energies(waveform: Frames, plan: MelPlan) -> Frames:
    """Return the mel band energies, shape ``(n_frames, n_mels)``, zeros where there are none."""
    n_frames = plan.n_frames(len(waveform))
    whole = (n_frames - 1) * plan.hop_length + plan.win_length
    signal = preemphasised(waveform, plan.preemphasis, max(len(waveform), whole))
    return frame_energies(signal, n_frames, plan)


def frame_energies(signal: Frames, n_frames: int, plan: MelPlan) -> Frames:
    """Return the energies of a filtered signal's first `n_frames` frames, which it must hold."""
    frames = np.lib.stride_tricks.sliding_window_view(signal, plan.win_length)[:: plan.hop_length]
    energies = np.empty((n_frames, plan.n_mels), np.float32)
    block = max(1, _BLOCK_SAMPLES // plan.n_fft)
    padded = np.zeros((min(block, n_frames), plan.n_fft), np.float32)
    for start in range(0, n_frames, block):
        stop = min(start + block, n_frames)
        buffer = padded[: stop - start]
        np.multiply(frames[start:stop], plan.window, out=buffer[:, : plan.win_length])
        spectrum = rfft(buffer).view(np.float32)
        np.multiply(spectrum, spectrum, out=spectrum)
        for group in plan.groups:
            np.matmul(
                spectrum[:, group.spectrum], group.filters, out=energies[start:stop, group.bands]
            )
    return energies


def log_energies(energies: Frames) -> Frames:
    """Take the logarithm in place, exact zeros as python_speech_features takes them."""
    silent = energies == 0
    energies[silent] = 1
    np.log(energies, out=energies)
    energies[silent] = LOG_SILENCE
    return energies


def preemphasised(waveform: Frames, preemphasis: float, length: int) -> Frames:
    """Return the filtered waveform, zero-padded to `length`; before its start is nothing."""
    n_times = len(waveform)
    signal = np.zeros(length, dtype=np.float32)
    # x[t] - x[t-1] + (1 - a) x[t-1] is x[t] - a x[t-1] with far smaller terms to round: a
    # loud hum would otherwise leave its rounding noise on all quiet bands.
    signal[:1] = waveform[:1]
    np.subtract(waveform[1:], waveform[:-1], out=signal[1:n_times])
    signal[1:n_times] += waveform[:-1] * np.float32(1.0 - preemphasis)
    return signal


def _band_groups(filters: NDArray[np.float64]) -> Iterator[BandGroup]:
    """Yield the bands by octaves: one matrix for all of them would be nearly all zeros."""
    n_bins, n_mels = filters.shape
    # One row for the real and one for the imaginary part of each bin: the power spectrum
    # then needs no pass of its own, the matrix product adds the two squares.
    paired = np.repeat(filters, 2, axis=0).astype(np.float32)
    lowest = (filters != 0).argmax(axis=0)
    highest = n_bins - 1 - (filters[::-1] != 0).argmax(axis=0)
    cuts = np.searchsorted(highest, [n_bins // 4, n_bins // 2]).tolist()
    for first, last in pairwise([0, *cuts, n_mels]):
        if first < last:
            bands = slice(first, last)
            spectrum = slice(2 * int(lowest[first]), 2 * int(highest[last - 1]) + 2)
            weights = np.ascontiguousarray(paired[spectrum, bands])
            weights.setflags(write=False)
            yield BandGroup(bands, spectrum, weights)


def _round_half_up(number: float) -> int:
    return int(Decimal(number).quantize(Decimal("1"), rounding=ROUND_HALF_UP))
