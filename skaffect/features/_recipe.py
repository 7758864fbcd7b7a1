"""Log mel frames of one waveform, its levels and its silence: a recipe of plain numbers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from skaffect._stored_frames import StoredFrames
from skaffect._utterances import Frames
from skaffect.features._mel import MelPlan, log_energies, mel_energies, mel_plan
from skaffect.features._statistics import BandStatistics, band_statistics

_LOG_PER_DB = np.log(10.0) / 10.0


class LogMel(NamedTuple):
    """One utterance's log mel frames, and which of them are not silent."""

    frames: Frames | StoredFrames
    active: NDArray[np.bool_]
    # Of the active frames, where they are known already.
    known: BandStatistics | None = None

    def statistics(self) -> BandStatistics:
        """Return mean and variance of every band over the active frames."""
        return self.known or band_statistics(self.frames[self.active])


class LogMelRecipe(NamedTuple):
    """All that the frames of a waveform depend on: it names them, and travels to workers."""

    sr: int
    n_mels: int
    window_seconds: float
    hop_seconds: float
    fmin: float
    fmax: float | None
    preemphasis: float
    # Both below the loudest: energies are raised to the floor, frames below are silent.
    floor_db: float | None
    silence_db: float | None

    @property
    def plan(self) -> MelPlan:
        """The framing and the filters."""
        return mel_plan(*self[:7])

    def compute(self, waveform: Frames) -> LogMel:
        """Return the log mel frames of a waveform."""
        energies = mel_energies(waveform, self.plan)
        active = self._active(energies)
        frames = log_energies(energies)
        if self.floor_db is not None:
            np.maximum(frames, frames.max() - self.floor_db * _LOG_PER_DB, out=frames)
        return LogMel(frames, active)

    def _active(self, energies: Frames) -> NDArray[np.bool_]:
        if self.silence_db is None:
            return np.ones(len(energies), dtype=bool)
        levels = energies.sum(axis=1)
        return levels >= levels.max() * 10.0 ** (-self.silence_db / 10.0)
