"""Waveforms to log mel filter-bank frames."""

from __future__ import annotations

import os

from skaffect.features._log_mel import LogMelTransformer


class LogFilterbank(LogMelTransformer):
    """Log mel filter-bank energies of speech, one matrix of frames for each utterance.

    The features of section 2.1 of [1]_: 24 log energies from 25 ms frames every 10 ms.
    Equal to python_speech_features' output on the same samples (Hamming window, the
    next power of two as FFT length, the last frame zero-padded) when `floor_db` and
    `normalize` are None.

    Parameters
    ----------
    sr : int, default=16000
        Sampling rate of the waveforms in Hz.
    n_mels : int, default=24
        Number of mel bands; [1]_ uses 24.
    normalize : {"corpus", "utterance", None}, default=None
        Scale every band to zero mean and unit variance: with statistics learnt in
        `fit` over all frames, with each utterance's own, or not at all.
    window_seconds : float, default=0.025
        Length of a frame in seconds; [1]_ uses 25 ms.
    hop_seconds : float, default=0.01
        Time from one frame to the next in seconds; [1]_ uses 10 ms.
    preemphasis : float in [0, 1], default=0.97
        Coefficient of the pre-emphasis filter ``x[t] - preemphasis * x[t - 1]``.
    fmin : float, default=0.0
        Lower edge of the lowest band in Hz.
    fmax : float or None, default=None
        Upper edge of the highest band in Hz; None means ``sr / 2``.
    floor_db : float or None, default=None
        Log energies further than this below the utterance's highest one are raised to
        that floor (decibels); None leaves them as they are. It makes the answer depend
        on the whole utterance.
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
    MFSCWindower : The same frames shown as windows, for the emotion networks.

    Notes
    -----
    Entries of `X` may be paths of sound files, read as :class:`AudioReader` reads them, all
    before the first is computed; with a `cache` each on its own: neither audio nor frames of a
    corpus need fit in memory, and a stopped run goes on where it was. A recording is known by
    its file's path, size and time of change, or by its samples, and by the parameters that its
    frames depend on; the files of a cache may be removed at any time. Entries of the answer
    then read their file where they are indexed. Recordings in one 2-D array are not cached.

    References
    ----------
    .. [1] Naini, Singhal, Ghosh, "Dual Attention Pooling Network for Recording Device
       Classification Using Neutral and Whispered Speech".

    Examples
    --------
    >>> import numpy as np
    >>> from skaffect import LogFilterbank
    >>> second = np.sin(np.arange(16000) * 0.3).astype("float32")
    >>> frames = LogFilterbank().fit_transform([second, second[:8000]])
    >>> [entry.shape for entry in frames]
    [(99, 24), (49, 24)]
    """

    def __init__(
        self,
        sr: int = 16000,
        n_mels: int = 24,
        *,
        normalize: str | None = None,
        window_seconds: float = 0.025,
        hop_seconds: float = 0.01,
        preemphasis: float = 0.97,
        fmin: float = 0.0,
        fmax: float | None = None,
        floor_db: float | None = None,
        short: str = "warn",
        cache: str | os.PathLike[str] | None = None,
        n_jobs: int | None = None,
    ) -> None:
        self.sr = sr
        self.n_mels = n_mels
        self.normalize = normalize
        self.window_seconds = window_seconds
        self.hop_seconds = hop_seconds
        self.preemphasis = preemphasis
        self.fmin = fmin
        self.fmax = fmax
        self.floor_db = floor_db
        self.short = short
        self.cache = cache
        self.n_jobs = n_jobs
