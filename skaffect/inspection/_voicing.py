"""Voiced, unvoiced and silent frames of neutral speech, from its sound."""

from __future__ import annotations

import importlib.util
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skaffect._parameters import check_integer, check_real
from skaffect._utterances import Frames, check_waveforms, object_array
from skaffect.features import LogFilterbank
from skaffect.features._mel import MelPlan, mel_energies

_INSTALL_LIBROSA = 'install librosa: pip install "skaffect[inspection]"'
# The pitch tracker must see two periods of the lowest pitch. More of them blur the borders of
# voicing: against the generator's phones, 2.5 periods were right for 0.90 of the frames, 4 for
# 0.88 and 8 for less.
_PERIODS = 2.5


def voicing_classes(
    waveforms: Any,
    sr: int = 16000,
    *,
    fmin: float = 65.0,
    fmax: float = 600.0,
    silence_db: float = 35.0,
) -> NDArray[Any]:
    """Tell voiced, unvoiced and silent frames of neutral speech.

    A frame is silent when it is far below the loudest frame of its utterance, voiced when
    it is not silent and the pitch tracker pYIN [1]_ finds a pitch, and unvoiced otherwise.
    Needs the extra ``inspection`` (librosa).

    Parameters
    ----------
    waveforms : sequence of arrays of shape (n_times,), or array of shape (n, n_times)
        Waveforms in [-1, 1] at `sr` Hz.
    sr : int, default=16000
        Sampling rate in Hz.
    fmin, fmax : float, default=65.0 and 600.0
        Lowest and highest pitch in Hz, the latter at most ``sr / 2``.
    silence_db : float, default=35.0
        A frame is silent when its energy over all mel bands, pre-emphasised, lies at least
        this far below that of the utterance's loudest frame (decibels). Choose it above
        the recording's noise: noise that is nearer to the speech counts as unvoiced.

    Returns
    -------
    classes : ndarray of shape (n,), object
        One array of shape (n_frames,) of ``"voiced"``, ``"unvoiced"`` and ``"silent"`` for
        each utterance. The frames are those of ``LogFilterbank(sr=sr)``: frame ``i`` is
        centred at ``(i * hop + win / 2) / sr`` seconds, with ``hop`` and ``win`` 10 and 25 ms
        in whole samples. At 16 kHz that is ``0.01 * i + 0.0125``; at 22.05 kHz a hop is 221
        samples, so that frames lie 10.02 ms apart.

    Raises
    ------
    ImportError
        If librosa is not installed.
    TypeError, ValueError
        If a parameter is outside its range, or an entry of `waveforms` is not a waveform of
        finite floating-point samples; the message names its index.

    See Also
    --------
    phone_classes : The same from phones; whispered speech has no voicing to be found.
    weight_histogram : Counts frame weights over these classes.

    Notes
    -----
    Pitch is sought in two and a half periods of `fmin` (38 ms) around each frame's centre.
    Against the phones of 12 generated utterances, whose voiced stops and fricatives have
    little voice, 0.90 of all frames got the phone's class. A sound of one to three frames
    is too short to tell: noise of one frame counts as voiced.

    References
    ----------
    .. [1] Mauch, Dixon, "pYIN: A fundamental frequency estimator using probabilistic
       threshold distributions", ICASSP, 2014, :doi:`10.1109/ICASSP.2014.6853678`.

    Examples
    --------
    >>> import numpy as np
    >>> from skaffect import voicing_classes
    >>> phase = 2 * np.pi * 150 * np.arange(4800) / 16000
    >>> voice = 0.1 * sum(np.cos(k * phase) / k for k in range(1, 9))
    >>> utterance = np.concatenate([np.zeros(4800), voice]).astype("float32")
    >>> classes = voicing_classes([utterance])[0]
    >>> len(classes), str(classes[10]), str(classes[45])
    (59, 'silent', 'voiced')
    """
    check_integer("sr", sr, at_least=1)
    check_real("fmin", fmin, above=0.0)
    check_real("fmax", fmax, within=(0.0, sr / 2))
    if fmin >= fmax:
        raise ValueError(f"fmin must be below fmax, got fmin={fmin} and fmax={fmax}.")
    check_real("silence_db", silence_db, above=0.0)
    if importlib.util.find_spec("librosa") is None:
        raise ImportError(f"Voicing is found by librosa, which is missing; {_INSTALL_LIBROSA}.")
    plan = LogFilterbank(sr=sr)._plan()
    return object_array(
        [
            _classes(waveform, plan, sr, (fmin, fmax), silence_db)
            for waveform in _checked(waveforms, sr)
        ]
    )


def _checked(waveforms: Any, sr: int) -> list[Frames]:
    try:
        return check_waveforms(LogFilterbank(sr=sr), waveforms, reset=True).entries
    except Exception as error:
        error.add_note("X is the parameter waveforms of voicing_classes.")
        raise


def _classes(
    waveform: Frames, plan: MelPlan, sr: int, pitches: tuple[float, float], silence_db: float
) -> NDArray[np.str_]:
    levels = mel_energies(waveform, plan).sum(axis=1)
    silent = levels <= levels.max() * 10.0 ** (-silence_db / 10.0)
    if silent.all():  # no sound at all
        return np.full(len(silent), "silent")
    voiced = _has_pitch(waveform, plan, sr, pitches)
    return np.where(silent, "silent", np.where(voiced, "voiced", "unvoiced"))


def _has_pitch(
    waveform: Frames, plan: MelPlan, sr: int, pitches: tuple[float, float]
) -> NDArray[np.bool_]:
    """Tell which of the plan's frames have a pitch around their centres."""
    from librosa import pyin

    fmin, fmax = pitches
    # As many samples more on both sides of a frame.
    margin = math.ceil((_PERIODS * sr / fmin - plan.win_length) / 2)
    length = plan.win_length + 2 * margin
    n_frames = plan.n_frames(len(waveform))
    start = max(0, -margin)
    signal = np.zeros((n_frames - 1) * plan.hop_length + length, np.float32)
    heard = waveform[start : start + len(signal) - max(0, margin)]
    signal[max(0, margin) :][: len(heard)] = heard
    _, voiced, _ = pyin(
        signal,
        fmin=fmin,
        fmax=fmax,
        sr=sr,
        frame_length=length,
        hop_length=plan.hop_length,
        center=False,
    )
    return np.asarray(voiced, dtype=bool)
