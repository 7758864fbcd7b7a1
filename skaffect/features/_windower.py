"""Waveforms to windows of mel-frequency spectral coefficients."""

from __future__ import annotations

import os
from typing import Any

from skaffect._parameters import check_option, check_real
from skaffect._utterances import Windows, check_context
from skaffect.features._log_mel import LogMelTransformer
from skaffect.features._recipe import LogMel, LogMelRecipe


class MFSCWindower(LogMelTransformer):
    """Mel-frequency spectral coefficients (MFSC), every frame shown in its context.

    Section II-B.1 of [1]_: 40 log mel energies at 100 Hz from pre-emphasised Hamming
    frames, z-scored in every band, and around each frame the spectral image
    :math:`F^a_j` of :math:`K_a` frames. An entry of the answer is a lazy
    :class:`Windows` view, which holds the frames once.

    Parameters
    ----------
    sr : int, default=16000
        Sampling rate of the waveforms in Hz.
    n_mels : int, default=40
        Number of mel bands; [1]_ uses 40.
    context : int, default=15
        Total width of a window in frames, odd; [1]_ uses :math:`K_a = 15`.
    normalize : {"utterance", "corpus", None}, default="utterance"
        Scale every band to zero mean and unit variance: with each utterance's own
        statistics, with statistics learnt in `fit` (the paper's), or not at all. Silent
        frames do not count towards the statistics when `skip_silence` is True. An
        utterance's own ones take the speaker's and the microphone's average spectrum
        out, and recognised unheard speakers' emotions better on RAVDESS.
    window_seconds : float, default=0.025
        Length of a frame in seconds; [1]_ does not give it, [2]_ uses 25 ms.
    hop_seconds : float, default=0.01
        Time from one frame to the next in seconds; [1]_ and [2]_ use 10 ms.
    preemphasis : float in [0, 1], default=0.97
        Coefficient of the pre-emphasis filter ``x[t] - preemphasis * x[t - 1]``.
    fmin : float, default=0.0
        Lower edge of the lowest band in Hz.
    fmax : float or None, default=None
        Upper edge of the highest band in Hz; None means ``sr / 2``.
    floor_db : float or None, default=50.0
        Log energies further than this below the utterance's highest one are raised to
        that floor (decibels); None leaves them as they are, which equals
        python_speech_features.
    skip_silence : bool, default=True
        Keep silent frames out of the statistics, of training and of voting. They stay
        visible in the windows of their neighbours.
    silence_db : float, default=40.0
        A frame is silent when its energy over all bands lies further than this below
        that of the utterance's loudest frame (decibels).
    short : {"warn", "error"}, default="warn"
        What to do about an utterance shorter than one frame: pad it with zeros to one
        frame and warn, or raise.
    cache : str, os.PathLike or None, default=None
        Folder, made if need be, where each recording's frames are computed once and stay on
        disk: see the notes. None keeps them in memory.
    n_jobs : int or None, default=None
        Recordings computed at a time; None means 1 unless in a
        :obj:`joblib.parallel_config` context, -1 all cores.

    Attributes
    ----------
    mean_ : ndarray of shape (n_mels,), float32
        Mean of every band over the training frames; only with ``normalize="corpus"``.
    scale_ : ndarray of shape (n_mels,), float32
        Standard deviation of every band; only with ``normalize="corpus"``.
    n_features_in_ : int
        Samples in a row, when `fit` was given a 2-D array.

    See Also
    --------
    LogFilterbank : The frames alone, without windows.

    Notes
    -----
    `floor_db`, `skip_silence` and ``normalize="utterance"`` look at the whole
    utterance, which a live stream (:class:`EmotionStream`, :class:`FaceStream`) cannot.

    Entries of `X` may be paths of sound files, read as :class:`AudioReader` reads them, all
    before the first is computed; with a `cache` each on its own: neither audio nor frames of a
    corpus need fit in memory, and a stopped run goes on where it was. A recording is known by
    its file's path, size and time of change, or by its samples, and by the parameters that its
    frames depend on; the files of a cache may be removed at any time. Training reads them by
    position. Recordings in one 2-D array are not cached.

    A list of waveforms becomes views. A 2-D array of waveforms becomes one numeric array
    of shape ``(n, n_frames, n_mels, context)``, which takes `context` times the memory.

    References
    ----------
    .. [1] Sadiq, Asadiabadi, Erzin, "Emotion Dependent Facial Animation from Affective
       Speech", arXiv:1908.03904, 2019.
    .. [2] Naini, Singhal, Ghosh, "Dual Attention Pooling Network for Recording Device
       Classification Using Neutral and Whispered Speech".

    Examples
    --------
    >>> import numpy as np
    >>> from skaffect import MFSCWindower
    >>> second = np.sin(np.arange(16000) * 0.3).astype("float32")
    >>> windows = MFSCWindower().fit_transform([second])
    >>> windows[0].shape
    (99, 40, 15)
    """

    def __init__(
        self,
        sr: int = 16000,
        n_mels: int = 40,
        context: int = 15,
        *,
        normalize: str | None = "utterance",
        window_seconds: float = 0.025,
        hop_seconds: float = 0.01,
        preemphasis: float = 0.97,
        fmin: float = 0.0,
        fmax: float | None = None,
        floor_db: float | None = 50.0,
        skip_silence: bool = True,
        silence_db: float = 40.0,
        short: str = "warn",
        cache: str | os.PathLike[str] | None = None,
        n_jobs: int | None = None,
    ) -> None:
        self.sr = sr
        self.n_mels = n_mels
        self.context = context
        self.normalize = normalize
        self.window_seconds = window_seconds
        self.hop_seconds = hop_seconds
        self.preemphasis = preemphasis
        self.fmin = fmin
        self.fmax = fmax
        self.floor_db = floor_db
        self.skip_silence = skip_silence
        self.silence_db = silence_db
        self.short = short
        self.cache = cache
        self.n_jobs = n_jobs

    def _recipe(self) -> LogMelRecipe:
        check_context(self.context)
        check_option("skip_silence", self.skip_silence, (True, False))
        check_real("silence_db", self.silence_db, above=0.0)
        return super()._recipe()

    def _silence_db(self) -> float | None:
        return self.silence_db if self.skip_silence else None

    def _entry(self, utterance: LogMel) -> Any:
        return Windows(super()._entry(utterance), self.context, utterance.active)
