"""Samples as they arrive to the rows of frames that windows slide over."""

from __future__ import annotations

import math
import os
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from skaffect._full_scale import check_peak, peak_of
from skaffect._utterances import Frames
from skaffect.features import MFSCWindower
from skaffect.features._mel import frame_energies, log_energies, preemphasised
from skaffect.features._recipe import LogMel


class FrameRows:
    """An utterance's log mel frames, with the first and the last repeated as windows show them.

    Frame ``j`` comes as soon as its last sample has arrived. Half a window of copies stands
    before the first and after the last one, so that `context` adjacent rows are a window.
    """

    def __init__(self, windower: MFSCWindower) -> None:
        self._windower = windower
        self._plan = windower._plan()
        self._reach = windower.context // 2
        self._n_times = self._n_frames = 0
        self._last_sample = np.empty(0, np.float32)
        # Filtered samples from `_n_dropped` on, those that frames to come still need.
        self._signal = np.empty(0, np.float32)
        self._n_dropped = 0
        self._last_frame = np.empty((0, windower.n_mels), np.float32)

    def push(self, samples: Frames) -> Frames:
        """Return the rows that these samples complete, ``(n, n_mels)``."""
        joined = np.concatenate([self._last_sample, samples])
        new = preemphasised(joined, self._plan.preemphasis, len(joined))
        self._signal = np.concatenate([self._signal, new[len(self._last_sample) :]])
        self._last_sample = joined[-1:]
        self._n_times += len(samples)
        n_whole = (self._n_times - self._plan.win_length) // self._plan.hop_length + 1
        return self._rows(max(0, n_whole - self._n_frames))

    def finish(self) -> Frames:
        """Return what is left: the frame that zeros fill up, and copies of the last."""
        if self._n_times == 0:
            return self._last_frame
        n_left = self._plan.n_frames(self._n_times) - self._n_frames
        missing = self._plan.win_length + self._plan.hop_length
        self._signal = np.concatenate([self._signal, np.zeros(missing, np.float32)])
        rows = self._rows(n_left)
        return np.concatenate([rows, np.repeat(self._last_frame, self._reach, axis=0)])

    def _rows(self, n_frames: int) -> Frames:
        if n_frames == 0:
            return self._last_frame[:0]
        hop_length = self._plan.hop_length
        signal = self._signal[self._n_frames * hop_length - self._n_dropped :]
        frames: Any = log_energies(frame_energies(signal, n_frames, self._plan))
        frames = self._windower._normalised(LogMel(frames, np.ones(n_frames, dtype=bool)))
        n_before = 0 if self._n_frames else self._reach
        self._n_frames += n_frames
        # A hop may be longer than a frame, and lead beyond what has arrived.
        n_done = min(self._n_frames * hop_length - self._n_dropped, len(self._signal))
        self._signal = self._signal[n_done:]
        self._n_dropped += n_done
        self._last_frame = frames[-1:]
        return np.concatenate([np.repeat(frames[:1], n_before, axis=0), frames])


class RowWindows:
    """The windows that arriving rows complete."""

    def __init__(self, n_bands: int, context: int) -> None:
        self._context = context
        self._held = np.empty((0, n_bands), np.float32)

    def push(self, rows: Frames) -> Frames:
        """Return the windows that end with these rows, ``(n, n_bands, context)``."""
        held = np.concatenate([self._held, rows])
        self._held = held[max(0, len(held) - self._context + 1) :]
        if len(held) < self._context:
            return np.empty((0, held.shape[1], self._context), np.float32)
        return sliding_window_view(held, self._context, axis=0)


def checked_samples(samples: ArrayLike, sr: int) -> tuple[Frames, float]:
    """Return mono floating-point samples in float32 and the largest of them, or raise."""
    if isinstance(samples, str | os.PathLike):
        raise TypeError(
            f"A stream takes samples, got the path {samples!r}; read the file, as in "
            f"AudioReader(sr={sr}).transform([path])[0], and feed that waveform, whole or in "
            "pieces."
        )
    if isinstance(samples, bytes | bytearray):
        raise TypeError(
            f"A stream takes an array of samples, got {type(samples).__name__}; of 16-bit PCM "
            "np.frombuffer(data, np.int16) / 32768 makes one."
        )
    array: NDArray[Any] = np.asarray(samples)
    if array.ndim == 0:
        raise TypeError(
            "A stream takes an array of samples, of shape (n_times,), got "
            f"{type(samples).__name__}."
        )
    if array.ndim != 1:
        axis = int(array.shape[0] >= array.shape[-1])  # there are fewer channels than samples
        raise ValueError(
            f"samples must be mono, of shape (n_times,), got shape {array.shape}; average the "
            f"channels, as in samples.mean(axis={axis})."
        )
    if array.dtype.kind in "iu":
        raise ValueError(
            f"samples must be floating-point numbers in [-1, 1], got {array.dtype}; divide PCM by "
            "its full scale, as in samples / 32768 for int16."
        )
    if array.dtype.kind != "f":
        raise ValueError(
            f"samples must be floating-point numbers in [-1, 1], got an array of {array.dtype}."
        )
    with np.errstate(over="ignore"):  # to infinity, which is found below
        waveform = array.astype(np.float32, copy=False)
    peak = peak_of(waveform)
    if not math.isfinite(peak):
        first = int(np.argmin(np.isfinite(waveform)))
        raise ValueError(
            f"samples must be finite and lie in [-1, 1], but samples[{first}] is {array[first]}; "
            "repair or scale them."
        )
    check_peak(peak, "What was fed")
    return waveform, peak
