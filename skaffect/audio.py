"""Sound in: files or arrays to waveforms at one sampling rate."""

from __future__ import annotations

import math
import os
import warnings
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import validate_data

from skaffect._entries import check_entries, collect, list_entries, numeric_block, refuse_pair
from skaffect._full_scale import check_peak, peak_of
from skaffect._parameters import check_integer
from skaffect._sound_files import (
    INSTALL_PYAV,
    NEEDS_PYAV,
    Samples,
    is_pcm,
    pyav_installed,
    read_sound,
    to_mono,
)
from skaffect._utterances import check_one_each
from skaffect._words import counted


# Entries are no table's columns: without set_output's wrapper, warnings point to the caller.
class AudioReader(  # type: ignore[call-arg]  # mypy does not read scikit-learn's types
    TransformerMixin, BaseEstimator, auto_wrap_output_keys=None
):
    """Read sound files or arrays as mono waveforms at one sampling rate.

    Files are decoded by soundfile (WAV, FLAC, OGG, MP3 and what else libsndfile knows)
    or, where it cannot and the extra ``skaffect[device]`` is installed, by PyAV (M4A, AMR,
    3GP, and the sound of videos such as MP4, MPG, AVI, MOV, MKV and WebM). Channels are
    averaged, then the sound is resampled to `sr` by soxr in its high quality.

    Reading needs no fitting: `fit` only checks its input.

    Parameters
    ----------
    sr : int, default=16000
        Sampling rate of the waveforms, in Hz, positive. Files at other rates are
        resampled; arrays are taken to be at `sr` already.

    Attributes
    ----------
    n_features_in_ : int
        Samples per utterance, when a numeric array was given to `fit`.
    feature_names_in_ : ndarray of shape (n_features_in,)
        Column names, when a data frame with string column names was given to `fit`.

    Notes
    -----
    Samples are scaled so that full scale is [-1, 1]. Floating-point samples pass
    unscaled, and nothing is clipped: floating-point arrays and files, lossy decoders
    and the resampling of clipped sound may go beyond full scale. What goes beyond
    [-127, 127] holds integers that nobody scaled, and is refused.

    All of `X` is checked, and every path is looked up, before the first file is decoded.
    A file that ends before the length in its header is an error. Raw AMR and AAC, MPEG program
    streams (``.mpg``), live Matroska recordings and MP3 without a Xing header state
    no length: of these, a stump that ends between two packets cannot be told from a
    short recording.

    References
    ----------
    .. [1] Bechtold et al., python-soundfile, https://python-soundfile.readthedocs.io
    .. [2] Sibson, The SoX Resampler library, https://sourceforge.net/projects/soxr

    Examples
    --------
    >>> import numpy as np
    >>> from skaffect import AudioReader
    >>> stereo = np.array([[16384, 0], [-32768, -32768]], dtype=np.int16)
    >>> mono = np.array([0.5, -0.5, 0.25])
    >>> AudioReader().fit_transform([stereo, mono])
    array([array([ 0.25, -1.  ], dtype=float32),
           array([ 0.5 , -0.5 ,  0.25], dtype=float32)], dtype=object)

    Files are given by their paths, which may stand beside arrays:

    >>> import soundfile, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     soundfile.write(f"{folder}/silence.wav", np.zeros(44100), 44100)
    ...     waveforms = AudioReader(sr=8000).fit_transform([f"{folder}/silence.wav"])
    >>> waveforms[0].shape
    (8000,)
    """

    def __init__(self, sr: int = 16000) -> None:
        self.sr = sr

    def fit(self, X: Any, y: Any = None) -> AudioReader:
        """Check that `X` can be read; no file is decoded.

        Parameters
        ----------
        X : sequence of paths or arrays, or array of shape (n_utterances, n_times)
            What `transform` takes.
        y : array-like of shape (n_utterances,), default=None
            Only its length is looked at, before a pipeline reads files in vain.

        Returns
        -------
        self : AudioReader
            The reader itself.

        Raises
        ------
        TypeError, ValueError, OSError, ImportError
            As `transform`, except for what only decoding can tell; ValueError also if `y`
            has another length than `X`.
        """
        sources, _ = self._check(X, reset=True)
        check_one_each(len(sources), y=y)
        return self

    def transform(self, X: Any) -> NDArray[Any]:
        """Read every utterance.

        Parameters
        ----------
        X : sequence of paths or arrays, or array of shape (n_utterances, n_times)
            Each entry is the path of a file (str or os.PathLike) or samples at `sr`, of
            shape (n_times,) or (n_times, n_channels): floating-point in [-1, 1], or
            int16, int32 or uint8 PCM. A numeric array's rows are utterances.

        Returns
        -------
        waveforms : ndarray of shape (n_utterances,), object
            One float32 array of shape (n_times,) for each utterance, in [-1, 1] at `sr`.
            For a numeric array, a float32 array of shape (n_utterances, n_times).

        Raises
        ------
        TypeError
            If `X` is a single path, or an entry is neither a path nor an array.
        ValueError
            If a file is empty, cut short, damaged or not sound, or if samples are
            absent, not finite, of the wrong shape, of an unknown full scale or integers
            that were made floating-point unscaled.
        OSError
            If a file is missing (FileNotFoundError), a folder (IsADirectoryError) or
            not readable (PermissionError).
        ImportError
            If a file needs PyAV, which is not installed.

        Warns
        -----
        UserWarning
            Once, if the rate of any file is below `sr`: its upper bands are empty.
        """
        sources, stacked = self._check(X, reset=False)
        return collect(read_waveforms(sources, self.sr, stacklevel=4), stacked=stacked)

    def _check(self, X: Any, *, reset: bool) -> tuple[list[str | Samples], bool]:
        """Return each utterance as a path or a waveform, and whether `X` was one array."""
        check_integer("sr", self.sr, at_least=1)
        if getattr(X, "ndim", None) == 1 and X.dtype.kind in "OUT":  # a Series, an array of str
            X = list(X)
        block = numeric_block(X)
        if block is None:
            if reset:
                for name in ("n_features_in_", "feature_names_in_"):
                    self.__dict__.pop(name, None)
            return check_entries(list_entries(X), _check_entry), False
        # What is not finite is found below, where utterance and sample can be named.
        block = validate_data(
            self, block, reset=reset, dtype="numeric", allow_nd=True, ensure_all_finite=False
        )
        return [_as_waveform(row, i) for i, row in enumerate(block)], True

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.string = True
        tags.input_tags.three_d_array = True
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags


def _check_entry(entry: Any, i: int) -> str | Samples:
    if isinstance(entry, str | os.PathLike):
        return check_path(os.fsdecode(entry), i)
    refuse_pair(entry, i)
    try:
        samples = np.asarray(entry)
    except ValueError:
        raise ValueError(
            f"X[{i}] must be a path (str or os.PathLike) or an array of samples, all rows of one "
            f"length; got a {type(entry).__name__} that is not."
        ) from None
    return _as_waveform(samples, i)


def check_path(path: str, i: int) -> str:
    """Return the path of a file that can be read, or raise what is wrong with ``X[i]``."""
    if os.path.isdir(path):
        raise IsADirectoryError(
            f"X[{i}] is {path!r}, a folder; give the paths of the sound files in it."
        )
    if not os.path.exists(path):
        raise FileNotFoundError(
            f"X[{i}] is {path!r}, which does not exist; relative paths start from {os.getcwd()!r}."
        )
    try:
        path.encode()
    except UnicodeEncodeError:
        raise ValueError(
            f"X[{i}] is {path!r}, whose name is not UTF-8, which the decoders need; rename it."
        ) from None
    if not os.access(path, os.R_OK):
        raise PermissionError(f"X[{i}] is {path!r}, which may not be read; check its permissions.")
    if os.path.getsize(path) == 0:
        raise ValueError(
            f"X[{i}] is {path!r}, an empty file (0 bytes); copy or download it again, "
            "or remove it."
        )
    if os.path.splitext(path)[1].lower() in NEEDS_PYAV and not pyav_installed():
        raise ImportError(f"X[{i}] is {path!r}, which soundfile cannot read; {INSTALL_PYAV}.")
    return path


def _as_waveform(samples: NDArray[Any], i: int) -> Samples:
    if samples.dtype.kind not in "fiu":
        raise TypeError(
            f"X[{i}] must be a path (str or os.PathLike) or an array of samples, "
            f"got dtype {samples.dtype}."
        )
    if samples.ndim not in (1, 2):
        raise ValueError(
            f"X[{i}] must have shape (n_times,) or (n_times, n_channels), got {samples.shape}."
        )
    if samples.ndim == 2 and samples.shape[1] > samples.shape[0]:
        raise ValueError(
            f"X[{i}] must have shape (n_times, n_channels), got {samples.shape}, which has "
            "more channels than samples; transpose it."
        )
    if not is_pcm(samples.dtype):
        raise ValueError(
            f"X[{i}] must hold floating-point samples in [-1, 1], or int16, int32 or uint8 PCM; "
            f"got {samples.dtype}, whose full scale is unknown. Convert it, as in "
            "samples.astype(np.int16)."
        )
    if samples.size == 0:
        raise ValueError(f"X[{i}] holds no samples, its shape is {samples.shape}; remove it.")
    return _checked(to_mono(samples), f"X[{i}]")


def read_waveform(path: str, i: int, sr: int) -> tuple[Samples, int]:
    """Return a file's waveform at `sr`, and the rate it was recorded at."""
    name = f"X[{i}], {path!r},"
    try:
        samples, rate = read_sound(path)
    except ValueError as error:
        raise ValueError(f"X[{i}] is {path!r}, which {error}") from error
    waveform = _checked(samples, name)
    if rate != sr:
        waveform = _checked(soxr.resample(waveform, rate, sr, quality="HQ"), name)
    return waveform, rate


def read_waveforms(sources: list[str | Samples], sr: int, *, stacklevel: int) -> list[Samples]:
    """Return the waveforms of checked paths at `sr`, and of waveforms themselves.

    Warn, with `stacklevel`, of files that were recorded below `sr`.
    """
    waveforms: list[Samples] = []
    low: dict[int, int] = {}
    for i, source in enumerate(sources):
        if isinstance(source, str):
            waveform, rate = read_waveform(source, i, sr)
            if rate < sr:
                low[i] = rate
            waveforms.append(waveform)
        else:
            waveforms.append(source)
    if low:
        warn_of_low_rates(low, sources, sr, stacklevel=stacklevel)
    return waveforms


def warn_of_low_rates(
    low: dict[int, int], sources: list[str | Samples], sr: int, *, stacklevel: int
) -> None:
    """Warn once of files, given as index and rate, that were recorded below `sr`."""
    first, rate = next(iter(low.items()))
    warnings.warn(
        f"Recorded below sr={sr} Hz: {len(low)} of {counted(len(sources), 'utterance')}, the "
        f"first is X[{first}], {sources[first]!r}, at {rate} Hz. Bands above half of their own "
        f"rate are empty: set sr={min(low.values())} or lower, or leave them out.",
        UserWarning,
        stacklevel=stacklevel,
    )


def _checked(waveform: Samples, name: str) -> Samples:
    if waveform.size == 0:
        raise ValueError(f"{name} holds no samples; remove it.")
    peak = peak_of(waveform)
    if not math.isfinite(peak):
        finite = np.isfinite(waveform)
        first = int(np.argmin(finite))
        raise ValueError(
            f"{name} contains NaN or inf, first at sample {first} ({waveform[first]}); "
            "repair or remove it."
        )
    check_peak(peak, name)
    return waveform
