"""Full scale: waveforms lie in [-1, 1], and what is said of those that do not."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from skaffect._words import and_others

# Lossy decoders and resampling go beyond full scale, though never as far.
LOUDEST = 2.0
# What was scaled to a spread of one reaches some tens; integers of 16 bit, unless they are very
# quiet, lie far beyond.
LARGEST = 127.0


def peak_of(waveform: NDArray[np.float32]) -> float:
    """Return the largest absolute sample, NaN where one is, 0 of none."""
    with np.errstate(invalid="ignore"):
        # Two passes without a copy.
        return float(max(waveform.max(initial=0.0), -waveform.min(initial=0.0)))


def check_peak(peak: float, name: str) -> None:
    """Raise where samples, as of "X[3]", are integers that were not scaled."""
    if peak > LARGEST:
        raise ValueError(
            f"{name} has samples up to {peak:.5g}, and waveforms lie in [-1, 1]; divide it by its "
            "full scale, as in waveform / 32768 where it was made from int16."
        )


def warn_of_silent(peaks: Mapping[str, float], *, stacklevel: int) -> None:
    """Warn once of waveforms without a sound, given by name; `stacklevel` as the caller's."""
    silent = [name for name, peak in peaks.items() if peak == 0]
    if silent:
        warnings.warn(
            f"{silent[0]} is silent throughout{and_others(len(silent))}: there is nothing in it "
            "to learn, and what is answered of it tells nothing.",
            UserWarning,
            stacklevel=stacklevel + 1,
        )


def warn_of_loud(peaks: Mapping[str, float], *, stacklevel: int) -> None:
    """Warn once of waveforms beyond full scale, given by name; `stacklevel` as the caller's."""
    loud = [name for name, peak in peaks.items() if peak > LOUDEST]
    if loud:
        warnings.warn(
            f"{loud[0]} has samples up to {peaks[loud[0]]:.3g}, outside [-1, 1]"
            f"{and_others(len(loud))}. Samples are taken as they are; scale all speech alike, for "
            "training as for use.",
            UserWarning,
            stacklevel=stacklevel + 1,
        )
