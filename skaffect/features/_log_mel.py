"""What the log mel transformers share: parameters, levels, silence and statistics."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from skaffect._entries import collect
from skaffect._parameters import check_integer, check_option, check_real
from skaffect._utterances import Frames, Utterances, check_one_each, check_waveforms
from skaffect.features._mel import MelPlan, log_energies, mel_energies, mel_plan

_LOG_PER_DB = np.log(10.0) / 10.0
# A band's spread at or under this is rounding: it holds no information to scale up.
_SMALLEST_SCALE = 1e-6


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

    def fit(self, X: Any, y: Any = None) -> LogMelTransformer:
        """Check the parameters and learn the band statistics, if any.

        Parameters
        ----------
        X : sequence of arrays of shape (n_times,), or array of shape (n, n_times)
            Waveforms in [-1, 1] at `sr` Hz; in a list they may differ in length.
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

        Warns
        -----
        UserWarning
            Once, if any waveform is shorter than one frame, unless ``short="error"``.
        """
        plan = self._plan()
        waveforms, _ = self._check(X, plan, reset=True)
        check_one_each(len(waveforms), y=y)
        self._learn(self._frames(waveforms, plan))
        return self

    def transform(self, X: Any) -> NDArray[Any]:
        """Compute every waveform's frames.

        Parameters
        ----------
        X : sequence of arrays of shape (n_times,), or array of shape (n, n_times)
            Waveforms in [-1, 1] at `sr` Hz; in a list they may differ in length.

        Returns
        -------
        X_new : ndarray of shape (n,) of object, or numeric
            One entry for each waveform; a numeric array when one was given.

        Raises
        ------
        TypeError, ValueError
            If a parameter is outside its set, or an entry of `X` is not a waveform of
            finite floating-point samples; the message names its index.

        Warns
        -----
        UserWarning
            Once, if any waveform is shorter than one frame, unless ``short="error"``.
        """
        check_is_fitted(self)
        plan = self._plan()
        waveforms, stacked = self._check(X, plan, reset=False)
        return collect(
            (self._entry(*frames) for frames in self._frames(waveforms, plan)), stacked=stacked
        )

    def fit_transform(self, X: Any, y: Any = None) -> NDArray[Any]:
        """Fit and transform, the frames computed once.

        Parameters
        ----------
        X : sequence of arrays of shape (n_times,), or array of shape (n, n_times)
            Waveforms in [-1, 1] at `sr` Hz; in a list they may differ in length.
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

        Warns
        -----
        UserWarning
            Once, if any waveform is shorter than one frame, unless ``short="error"``.
        """
        plan = self._plan()
        waveforms, stacked = self._check(X, plan, reset=True)
        check_one_each(len(waveforms), y=y)
        utterances = list(self._frames(waveforms, plan))
        self._learn(utterances)
        return collect((self._entry(*frames) for frames in utterances), stacked=stacked)

    def _entry(self, frames: Frames, active: NDArray[np.bool_]) -> Any:
        """Return one utterance's answer; `frames` are normalised in place."""
        self._normalise(frames, active)
        return frames

    def _silence_db(self) -> float | None:
        """Return how far below the peak a frame counts as silent, None for never."""
        return None

    def _plan(self) -> MelPlan:
        """Check the parameters and return the framing and filters that they mean."""
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
        return mel_plan(
            int(self.sr),
            int(self.n_mels),
            float(self.window_seconds),
            float(self.hop_seconds),
            float(self.fmin),
            None if self.fmax is None else float(self.fmax),
            float(self.preemphasis),
        )

    def _check(self, X: Any, plan: MelPlan, *, reset: bool) -> Utterances:
        utterances = check_waveforms(self, X, reset=reset)
        self._check_lengths([len(waveform) for waveform in utterances.entries], plan.win_length)
        return utterances

    def _check_lengths(self, lengths: list[int], shortest: int) -> None:
        """Speak up about waveforms shorter than one frame, which get padded with zeros."""
        short = [i for i, length in enumerate(lengths) if length < shortest]
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

    def _frames(
        self, waveforms: list[Frames], plan: MelPlan
    ) -> Iterator[tuple[Frames, NDArray[np.bool_]]]:
        """Yield each waveform's log energies and which of its frames are not silent."""
        for waveform in waveforms:
            energies = mel_energies(waveform, plan)
            active = self._active(energies)
            frames = log_energies(energies)
            if self.floor_db is not None:
                np.maximum(frames, frames.max() - self.floor_db * _LOG_PER_DB, out=frames)
            yield frames, active

    def _active(self, energies: Frames) -> NDArray[np.bool_]:
        silence_db = self._silence_db()
        if silence_db is None:
            return np.ones(len(energies), dtype=bool)
        levels = energies.sum(axis=1)
        return levels >= levels.max() * 10.0 ** (-silence_db / 10.0)

    def _normalise(self, frames: Frames, active: NDArray[np.bool_]) -> None:
        """Scale every band in place."""
        if self.normalize is None:
            return
        if self.normalize == "corpus":
            mean, scale = self.mean_, self.scale_
        else:
            # float32 sums over thousands of rows drift, and make constant bands vary.
            spoken = frames[active]
            mean = spoken.mean(axis=0, dtype=np.float64).astype(np.float32)
            scale = _scale(spoken.std(axis=0, dtype=np.float64))
        frames -= mean
        frames /= scale

    def _learn(self, utterances: Iterable[tuple[Frames, NDArray[np.bool_]]]) -> None:
        """Set the mean and the spread of every band over the frames that are not silent."""
        for name in ("mean_", "scale_"):
            self.__dict__.pop(name, None)
        if self.normalize != "corpus":
            return
        n_frames = 0
        mean, spread = np.zeros(self.n_mels), np.zeros(self.n_mels)
        for frames, active in utterances:
            spoken = frames[active].astype(np.float64)
            # Chan's pairwise update: sums of squares of logs near -36 would cancel.
            n_new, n_old = len(spoken), n_frames
            n_frames += n_new
            shift = spoken.mean(axis=0) - mean
            mean += shift * (n_new / n_frames)
            spread += spoken.var(axis=0) * n_new + shift**2 * (n_old * n_new / n_frames)
        self.mean_ = mean.astype(np.float32)
        self.scale_ = _scale(np.sqrt(spread / n_frames))

    def __sklearn_is_fitted__(self) -> bool:
        return self.normalize != "corpus" or hasattr(self, "mean_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = self.normalize == "corpus"
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags


def _scale(spread: NDArray[np.float64]) -> Frames:
    """Return the divisor for a spread, one where a band does not vary."""
    return np.where(spread > _SMALLEST_SCALE, spread, 1.0).astype(np.float32)
