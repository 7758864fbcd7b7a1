"""Recordings that open with a tone, without it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import Tags

from skaffect._entries import collect, object_array
from skaffect._parameters import check_integer, check_real
from skaffect._utterances import Frames, check_waveforms

_WINDOW_SECONDS = 0.04  # resolves the tone from what lies 50 Hz beside it
_HOP_SECONDS = 0.01
_LEAST_PURITY = 0.5  # of a frame's energy; a voice spreads it over many harmonics
_LEAST_PART = 0.5  # of the tone's length: some of it may lie before the recording's start
_LATEST_SECONDS = 2.0  # where the tone of a recording that was started early may begin
_DECAY_SECONDS = 0.05  # for the room and for codecs, which smear the end


# Entries are no table's columns: without set_output's wrapper, warnings point to the caller.
class ToneTrimmer(  # type: ignore[call-arg]  # mypy does not read scikit-learn's types
    TransformerMixin, BaseEstimator, auto_wrap_output_keys=None
):
    """Cut the tone with which recordings open, and what lies before it.

    In wSPIRE (section 3.1 of [1]_) a tone of 1 kHz and 1 s marks the beginning; a network
    would learn devices from how they record it. Recordings that do not open with a tone
    pass as they are. It stands behind :class:`AudioReader`, so that paths stay paths until
    they are read and the tone is found at one known rate.

    Trimming needs no fitting: `fit` only checks its input.

    Parameters
    ----------
    sr : int, default=16000
        Sampling rate of the waveforms in Hz.
    tone_hz : float, default=1000.0
        Frequency of the tone in Hz, above 0 and below ``sr / 2``.
    tone_seconds : float, default=1.0
        Length of the tone in seconds, above 0. What lasts less than half of it, or begins
        later than 2 s into the recording, is no opening tone.

    Attributes
    ----------
    n_features_in_ : int
        Samples in a row, when `fit` was given a 2-D array.

    See Also
    --------
    load_wspire : The corpus whose recordings open with a tone.

    Notes
    -----
    A frame of 40 ms belongs to the tone when a sinusoid of `tone_hz` explains at least
    half of its energy. The first long enough run of such frames is cut, with 50 ms behind
    it, in which the room is still ringing.

    References
    ----------
    .. [1] Naini, Singhal, Ghosh, "Dual Attention Pooling Network for Recording Device
       Classification Using Neutral and Whispered Speech".

    Examples
    --------
    >>> import numpy as np
    >>> from skaffect import ToneTrimmer
    >>> second = np.arange(16000) / 16000
    >>> tone = 0.1 * np.sin(2 * np.pi * 1000 * second)
    >>> speech = np.random.default_rng(0).normal(0, 0.1, 32000)
    >>> trimmed = ToneTrimmer().fit_transform([np.concatenate([tone, speech]), speech])
    >>> [bool(abs(len(waveform) - 32000) < 1600) for waveform in trimmed]
    [True, True]
    """

    def __init__(
        self, sr: int = 16000, *, tone_hz: float = 1000.0, tone_seconds: float = 1.0
    ) -> None:
        self.sr = sr
        self.tone_hz = tone_hz
        self.tone_seconds = tone_seconds

    def fit(self, X: Any, y: Any = None) -> ToneTrimmer:
        """Check the parameters and `X`.

        Parameters
        ----------
        X : sequence of arrays of shape (n_times,), or array of shape (n, n_times)
            What `transform` takes.
        y : None
            Ignored.

        Returns
        -------
        self : ToneTrimmer
            The trimmer itself.

        Raises
        ------
        TypeError, ValueError
            If a parameter is outside its range, or an entry of `X` is not a waveform of
            finite floating-point samples; the message names its index.

        Warns
        -----
        UserWarning
            Once, if any sample lies beyond [-2, 2].
        """
        self._check_parameters()
        check_waveforms(self, X, reset=True, stacklevel=3)
        return self

    def transform(self, X: Any) -> NDArray[Any]:
        """Cut every waveform's opening tone.

        Parameters
        ----------
        X : sequence of arrays of shape (n_times,), or array of shape (n, n_times)
            Waveforms in [-1, 1] at `sr` Hz; in a list they may differ in length.

        Returns
        -------
        X_new : ndarray of shape (n,) of object, or numeric
            One float32 waveform for each; a numeric array when one was given and equally
            much was cut from its rows.

        Raises
        ------
        TypeError, ValueError
            As in `fit`; also if a waveform holds nothing but the tone.

        Warns
        -----
        UserWarning
            Once, if any sample lies beyond [-2, 2].
        """
        self._check_parameters()
        waveforms, stacked = check_waveforms(self, X, reset=False, stacklevel=3)
        trimmed = [self._trim(waveform, i) for i, waveform in enumerate(waveforms)]
        same = len({len(waveform) for waveform in trimmed}) == 1
        return collect(trimmed, stacked=True) if stacked and same else object_array(trimmed)

    def _check_parameters(self) -> None:
        check_integer("sr", self.sr, at_least=1)
        check_real("tone_hz", self.tone_hz, above=0.0)
        if self.tone_hz >= self.sr / 2:
            raise ValueError(f"tone_hz must be below sr / 2 = {self.sr / 2}, got {self.tone_hz}.")
        check_real("tone_seconds", self.tone_seconds, above=0.0)

    def _trim(self, waveform: Frames, i: int) -> Frames:
        end = self._tone_end(waveform)
        if end is None:
            return waveform
        start = end + round(_DECAY_SECONDS * self.sr)
        if start >= len(waveform):
            raise ValueError(
                f"X[{i}] holds nothing but the opening tone of {self.tone_hz} Hz: its "
                f"{len(waveform) / self.sr:.2f} s end with it; remove it."
            )
        return waveform[start:]

    def _tone_end(self, waveform: Frames) -> int | None:
        """Return the sample behind the opening tone, None without one."""
        window, hop = round(_WINDOW_SECONDS * self.sr), max(1, round(_HOP_SECONDS * self.sr))
        latest = round((_LATEST_SECONDS + 2 * self.tone_seconds) * self.sr)
        pure = _purity(waveform[:latest], window, hop, self.tone_hz / self.sr) >= _LEAST_PURITY
        starts, ends = _runs(pure)
        shortest = max(1, round(_LEAST_PART * self.tone_seconds * self.sr / hop))
        long = (ends - starts >= shortest) & (starts * hop <= _LATEST_SECONDS * self.sr)
        if not long.any():
            return None
        # The last frame's middle: of a frame across the end, half is still tone.
        return int(ends[long.argmax()] - 1) * hop + window // 2

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags


def _purity(waveform: Frames, window: int, hop: int, frequency: float) -> NDArray[np.float64]:
    """Return what part of every frame's energy a sinusoid explains, 0 to 1.

    `frequency` is in cycles per sample.
    """
    if window < 2 or len(waveform) < window:
        return np.zeros(0)
    frames = np.lib.stride_tricks.sliding_window_view(waveform, window)[::hop]
    weight = np.hanning(window + 2)[1:-1]
    phase = 2 * np.pi * frequency * np.arange(window)
    # Orthonormal under the weight, so that their squares add up.
    basis = np.stack([np.cos(phase), np.sin(phase)]) * np.sqrt(weight)
    basis = np.linalg.qr(basis.T)[0]
    weighted = frames * np.sqrt(weight)
    energy = np.einsum("ij,ij->i", weighted, weighted)
    explained = ((weighted @ basis) ** 2).sum(axis=1)
    return np.divide(explained, energy, out=np.zeros_like(energy), where=energy > 0)


def _runs(flags: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return where runs of true begin and end."""
    change = np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8))
    return np.flatnonzero(change == 1), np.flatnonzero(change == -1)
