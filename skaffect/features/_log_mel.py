"""What the log mel transformers share: parameters, levels, silence and statistics."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable
from typing import Any

from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from skaffect._entries import collect
from skaffect._full_scale import peak_of, warn_of_loud, warn_of_silent
from skaffect._parameters import check_integer, check_option, check_real
from skaffect._stored_frames import StoredFrames
from skaffect._utterances import Frames, Utterances, check_one_each, check_waveforms
from skaffect.audio import check_path, read_waveforms, warn_of_low_rates
from skaffect.features._cache import stored_utterances
from skaffect.features._mel import MelPlan
from skaffect.features._recipe import LogMel, LogMelRecipe
from skaffect.features._statistics import pooled


# Entries are no table's columns: without set_output's wrapper, warnings point to the caller.
class LogMelTransformer(  # type: ignore[call-arg]  # mypy does not read scikit-learn's types
    TransformerMixin, BaseEstimator, auto_wrap_output_keys=None
):
    """Base of the transformers from waveforms to log mel frames."""

    # Set by the subclasses' constructors.
    sr: int
    n_mels: int
    window_seconds: float
    hop_seconds: float
    preemphasis: float
    fmin: float
    fmax: float | None
    normalize: str | None
    floor_db: float | None
    short: str
    cache: str | os.PathLike[str] | None
    n_jobs: int | None

    def fit(self, X: Any, y: Any = None) -> LogMelTransformer:
        """Check the parameters and learn the band statistics, if any.

        Files are read for ``normalize="corpus"`` alone.

        Parameters
        ----------
        X : sequence of arrays of shape (n_times,), or array of shape (n, n_times)
            Waveforms in [-1, 1] at `sr` Hz; in a list they may differ in length and be paths
            of sound files.
        y : array-like of shape (n,), default=None
            Only its length is looked at.

        Returns
        -------
        self : object
            The fitted transformer.

        Raises
        ------
        TypeError, ValueError
            If a parameter is outside its set, an entry of `X` is not a waveform of finite
            floating-point samples (the message names its index), or `y` has another length.
        OSError
            If a file cannot be read, or the `cache` cannot be written to.

        Warns
        -----
        UserWarning
            Once, if any waveform is shorter than one frame, unless ``short="error"``; if any
            file was recorded at a rate below `sr`; if any sample lies beyond [-2, 2]; and if any
            waveform is silent throughout. Files are read here with ``normalize="corpus"`` alone.
        """
        recordings, recipe, folder = self._check(X, reset=True)
        check_one_each(len(recordings.entries), y=y)
        self._forget()
        if self.normalize == "corpus":
            self._learn(self._utterances(recordings, recipe, folder))
        return self

    def transform(self, X: Any) -> NDArray[Any]:
        """Compute every waveform's frames.

        Parameters
        ----------
        X : sequence of arrays of shape (n_times,), or array of shape (n, n_times)
            Waveforms in [-1, 1] at `sr` Hz; in a list they may differ in length and be paths
            of sound files.

        Returns
        -------
        X_new : ndarray of shape (n,) of object, or numeric
            One entry for each waveform; a numeric array when one was given.

        Raises
        ------
        TypeError, ValueError
            If a parameter is outside its set, or an entry of `X` is not a waveform of
            finite floating-point samples; the message names its index.
        OSError
            If a file cannot be read, or the `cache` cannot be written to.

        Warns
        -----
        UserWarning
            Once, if any waveform is shorter than one frame, unless ``short="error"``; if any
            file was recorded at a rate below `sr`; if any sample lies beyond [-2, 2]; and if any
            waveform is silent throughout.
        """
        check_is_fitted(self)
        recordings, recipe, folder = self._check(X, reset=False)
        entries = map(self._entry, self._utterances(recordings, recipe, folder))
        return collect(entries, stacked=recordings.stacked)

    def fit_transform(self, X: Any, y: Any = None) -> NDArray[Any]:
        """Fit and transform, the frames computed once.

        Parameters
        ----------
        X : sequence of arrays of shape (n_times,), or array of shape (n, n_times)
            Waveforms in [-1, 1] at `sr` Hz; in a list they may differ in length and be paths
            of sound files.
        y : array-like of shape (n,), default=None
            Only its length is looked at.

        Returns
        -------
        X_new : ndarray of shape (n,) of object, or numeric
            One entry for each waveform; a numeric array when one was given.

        Raises
        ------
        TypeError, ValueError
            If a parameter is outside its set, an entry of `X` is not a waveform of finite
            floating-point samples (the message names its index), or `y` has another length.
        OSError
            If a file cannot be read, or the `cache` cannot be written to.

        Warns
        -----
        UserWarning
            Once, if any waveform is shorter than one frame, unless ``short="error"``; if any
            file was recorded at a rate below `sr`; if any sample lies beyond [-2, 2]; and if any
            waveform is silent throughout.
        """
        recordings, recipe, folder = self._check(X, reset=True)
        check_one_each(len(recordings.entries), y=y)
        self._forget()
        utterances = list(self._utterances(recordings, recipe, folder))
        if self.normalize == "corpus":
            self._learn(utterances)
        return collect(map(self._entry, utterances), stacked=recordings.stacked)

    def _entry(self, utterance: LogMel) -> Any:
        """Return one utterance's answer."""
        return self._normalised(utterance)

    def _silence_db(self) -> float | None:
        """Return how far below the peak a frame counts as silent, None for never."""
        return None

    def _plan(self) -> MelPlan:
        """Check the parameters and return the framing and filters that they mean."""
        return self._recipe().plan

    def _recipe(self) -> LogMelRecipe:
        """Check the parameters and return all that a waveform's frames depend on."""
        check_integer("sr", self.sr, at_least=1)
        check_integer("n_mels", self.n_mels, at_least=1)
        check_real("window_seconds", self.window_seconds, above=0.0)
        check_real("hop_seconds", self.hop_seconds, above=0.0)
        check_real("preemphasis", self.preemphasis, within=(0.0, 1.0))
        nyquist = self.sr / 2
        highest = nyquist if self.fmax is None else self.fmax
        check_real("fmax", highest, within=(0.0, nyquist))
        check_real("fmin", self.fmin, within=(0.0, highest))
        if self.fmin == highest:
            raise ValueError(f"fmin must be below fmax, both are {highest}.")
        check_option("normalize", self.normalize, ("corpus", "utterance", None))
        check_option("short", self.short, ("warn", "error"))
        if self.floor_db is not None:
            check_real("floor_db", self.floor_db, above=0.0)
        silence_db = self._silence_db()
        return LogMelRecipe(
            sr=int(self.sr),
            n_mels=int(self.n_mels),
            window_seconds=float(self.window_seconds),
            hop_seconds=float(self.hop_seconds),
            fmin=float(self.fmin),
            fmax=None if self.fmax is None else float(self.fmax),
            preemphasis=float(self.preemphasis),
            floor_db=None if self.floor_db is None else float(self.floor_db),
            silence_db=None if silence_db is None else float(silence_db),
        )

    def _check(self, X: Any, *, reset: bool) -> tuple[Utterances, LogMelRecipe, str | None]:
        """Check the parameters and every recording, before the first one is computed.

        Return the recordings, how to compute them, and the folder that keeps them, if any.
        """
        recipe = self._recipe()
        plan = recipe.plan
        folder = self._cache_folder()
        recordings = check_waveforms(self, X, reset=reset, check_path=check_path)
        self._check_lengths(
            {i: len(x) for i, x in enumerate(recordings.entries) if not isinstance(x, str)},
            plan.win_length,
        )
        return recordings, recipe, folder

    def _cache_folder(self) -> str | None:
        """Return the cache, which is made if it is not there."""
        if self.cache is None:
            return None
        if not isinstance(self.cache, str | os.PathLike):
            raise TypeError(f"cache must be a folder or None, got {self.cache!r}.")
        folder = os.path.abspath(os.fsdecode(self.cache))
        try:
            os.makedirs(folder, exist_ok=True)
        except OSError as error:
            raise type(error)(f"cache={folder!r} cannot be made: {error.strerror}.") from None
        if not os.access(folder, os.W_OK):
            raise PermissionError(f"cache={folder!r} cannot be written to.")
        return folder

    def _check_lengths(self, lengths: dict[int, int], shortest: int) -> None:
        """Speak up about waveforms shorter than one frame, which get padded with zeros."""
        short = [i for i, length in lengths.items() if length < shortest]
        if not short:
            return
        i = short[0]
        message = (
            f"X[{i}] lasts {lengths[i] / self.sr:.4f} s ({lengths[i]} samples), under one frame "
            f"of {shortest / self.sr:.4f} s"
        )
        if len(short) > 1:
            message += f", and so do {len(short) - 1} more"
        if self.short == "error":
            raise ValueError(f'{message}. Remove it, or pass short="warn" to pad with zeros.')
        warnings.warn(f"{message}; padded with zeros to one frame.", UserWarning, stacklevel=4)

    def _utterances(
        self, recordings: Utterances, recipe: LogMelRecipe, folder: str | None
    ) -> Iterable[LogMel]:
        """Return each recording's log mel frames."""
        files = [i for i, entry in enumerate(recordings.entries) if isinstance(entry, str)]
        if folder is None or recordings.stacked:
            waveforms = read_waveforms(recordings.entries, self.sr, stacklevel=5)
            peaks = {f"X[{i}]": peak_of(waveforms[i]) for i in files}
            warn_of_loud(peaks, stacklevel=3)
            warn_of_silent(peaks, stacklevel=3)
            self._check_lengths({i: len(waveforms[i]) for i in files}, recipe.plan.win_length)
            # One after the other as they are asked for; threads share the waveforms.
            parallel = Parallel(self.n_jobs, require="sharedmem", return_as="generator")
            return parallel(delayed(recipe.compute)(waveform) for waveform in waveforms)
        stored = stored_utterances(recordings.entries, folder, recipe, n_jobs=self.n_jobs)
        self._check_lengths({i: stored[i].n_times for i in files}, recipe.plan.win_length)
        peaks = {f"X[{i}]": stored[i].peak for i in files}
        warn_of_loud(peaks, stacklevel=3)
        warn_of_silent(peaks, stacklevel=3)
        low = {i: stored[i].recorded_hz for i in files if stored[i].recorded_hz < self.sr}
        if low:
            warn_of_low_rates(low, recordings.entries, self.sr, stacklevel=4)
        return [utterance.log_mel for utterance in stored]

    def _normalised(self, utterance: LogMel) -> Frames | StoredFrames:
        """Return every band scaled, in place where the frames are in memory."""
        frames = utterance.frames
        if self.normalize is None:
            return frames
        if self.normalize == "corpus":
            mean, scale = self.mean_, self.scale_
        else:
            mean, scale = utterance.statistics().as_float32()
        if isinstance(frames, StoredFrames):
            return frames.scaled(mean, scale)
        frames -= mean
        frames /= scale
        return frames

    def _forget(self) -> None:
        """Drop what an earlier fit learnt."""
        for name in ("mean_", "scale_"):
            self.__dict__.pop(name, None)

    def _learn(self, utterances: Iterable[LogMel]) -> None:
        """Set the mean and the spread of every band over the frames that are not silent."""
        statistics = pooled(utterance.statistics() for utterance in utterances)
        self.mean_, self.scale_ = statistics.as_float32()

    def __sklearn_is_fitted__(self) -> bool:
        return self.normalize != "corpus" or hasattr(self, "mean_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = self.normalize == "corpus"
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags
