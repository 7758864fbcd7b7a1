"""The phones of the generated corpora: how each one sounds and where it puts the mouth.

A track says which phone is spoken when. Everything that moves while speaking (formants,
sources, jaw, lips) is a target for each phone, blended over time by `trace`.

References
----------
G. E. Peterson and H. L. Barney, "Control methods used in a study of the vowels", J. Acoust.
Soc. Am. 24(2), 175-184, 1952, doi:10.1121/1.1906875 (the men's average vowel formants).
D. H. Klatt, "Software for a cascade/parallel formant synthesizer", J. Acoust. Soc. Am.
67(3), 971-995, 1980, doi:10.1121/1.383940 (consonant targets, rounded).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Track = NDArray[np.void]

TRACK_DTYPE = np.dtype([("phone", "U3"), ("start", "f8"), ("end", "f8")])
"""A row of a phone track: the phone's name, its start and its end in seconds."""

SILENCE = "sil"
_CLOSURE_FRACTION = 0.6
_BURST_SECONDS = 0.014


@dataclass(frozen=True)
class Phone:
    """Targets of one phone, for a male vocal tract of 17.5 cm.

    Parameters
    ----------
    formants : tuple of float
        Centres of the first three formants, Hz.
    seconds : float
        Typical duration in running speech.
    voicing, aspiration, frication : float
        Amplitudes of the three sources; 1 is the voice of a vowel.
    noise_hz, noise_bandwidth : float
        Where the frication noise lies, Hz.
    nasality : float
        Opening of the velum, 0 to 1.
    stop : bool
        Whether the sources act in turn: closure, burst, aspiration.
    jaw, lips : float
        Opening of the jaw and of the lips, 0 (closed) to 1.
    width : float
        Width of the mouth, -1 (narrow) to 1 (spread).
    rounding : float
        Rounding and protrusion of the lips, 0 to 1.
    """

    formants: tuple[float, float, float]
    seconds: float
    voicing: float = 0.0
    aspiration: float = 0.0
    frication: float = 0.0
    noise_hz: float = 3000.0
    noise_bandwidth: float = 3000.0
    nasality: float = 0.0
    stop: bool = False
    jaw: float = 0.1
    lips: float = 0.3
    width: float = 0.0
    rounding: float = 0.0


def _vowel(
    formants: tuple[float, float, float],
    seconds: float,
    *,
    jaw: float,
    lips: float,
    width: float = 0.0,
    rounding: float = 0.0,
) -> Phone:
    """Return a phone of voice alone."""
    return Phone(
        formants, seconds, voicing=1.0, jaw=jaw, lips=lips, width=width, rounding=rounding
    )


_VOWELS = {
    "iy": _vowel((270, 2290, 3010), 0.12, jaw=0.20, lips=0.35, width=0.90),
    "ih": _vowel((390, 1990, 2550), 0.09, jaw=0.30, lips=0.40, width=0.50),
    "eh": _vowel((530, 1840, 2480), 0.11, jaw=0.50, lips=0.55, width=0.45),
    "ae": _vowel((660, 1720, 2410), 0.14, jaw=0.75, lips=0.75, width=0.50),
    "aa": _vowel((730, 1090, 2440), 0.14, jaw=0.95, lips=0.85, rounding=0.05),
    "ao": _vowel((570, 840, 2410), 0.14, jaw=0.70, lips=0.65, width=-0.45, rounding=0.60),
    "uh": _vowel((440, 1020, 2240), 0.09, jaw=0.35, lips=0.35, width=-0.35, rounding=0.50),
    "uw": _vowel((300, 870, 2240), 0.12, jaw=0.20, lips=0.20, width=-0.80, rounding=1.00),
    "ah": _vowel((640, 1190, 2390), 0.10, jaw=0.55, lips=0.55, width=0.05),
    "er": _vowel((490, 1350, 1690), 0.12, jaw=0.30, lips=0.35, width=-0.20, rounding=0.40),
}

# Where the noise of a constriction lies, depending on its place.
_AT_LIPS: dict[str, Any] = {"noise_hz": 1000.0, "noise_bandwidth": 2500.0, "lips": 0.0}
_AT_TEETH: dict[str, Any] = {"noise_hz": 7000.0, "noise_bandwidth": 6000.0, "lips": 0.08}
_AT_RIDGE: dict[str, Any] = {"noise_hz": 6000.0, "noise_bandwidth": 1800.0, "width": 0.4}
_BEHIND_RIDGE: dict[str, Any] = {"noise_hz": 3400.0, "noise_bandwidth": 1400.0, "lips": 0.35}
_TONGUE_TIP: dict[str, Any] = {"noise_hz": 4500.0, "noise_bandwidth": 2500.0, "width": 0.15}
_TONGUE_BACK: dict[str, Any] = {"noise_hz": 2200.0, "noise_bandwidth": 900.0, "jaw": 0.2}

_CONSONANTS = {
    "m": Phone((300, 1100, 2130), 0.070, voicing=0.45, nasality=1.0, jaw=0.15, lips=0.0),
    "n": Phone((300, 1400, 2470), 0.065, voicing=0.45, nasality=1.0, jaw=0.15, width=0.15),
    "l": Phone((360, 1300, 2700), 0.065, voicing=0.60, jaw=0.30, lips=0.4, width=0.1),
    "r": Phone((310, 1060, 1380), 0.065, voicing=0.60, jaw=0.2, width=-0.25, rounding=0.5),
    "w": Phone((290, 610, 2150), 0.070, voicing=0.55, lips=0.15, width=-0.8, rounding=1.0),
    "y": Phone((260, 2070, 3020), 0.060, voicing=0.60, width=0.6),
    "h": Phone((500, 1500, 2500), 0.060, aspiration=0.12, jaw=0.4, lips=0.45),
    "f": Phone((340, 1100, 2080), 0.100, frication=0.05, **_AT_TEETH),
    "v": Phone((220, 1100, 2080), 0.070, voicing=0.30, frication=0.025, **_AT_TEETH),
    "s": Phone((320, 1390, 2530), 0.110, frication=0.16, **_AT_RIDGE),
    "z": Phone((240, 1390, 2530), 0.080, voicing=0.25, frication=0.08, **_AT_RIDGE),
    "sh": Phone(
        (300, 1840, 2750), 0.110, frication=0.18, width=-0.5, rounding=0.7, **_BEHIND_RIDGE
    ),
    "p": Phone((350, 950, 2150), 0.100, aspiration=0.07, frication=0.10, stop=True, **_AT_LIPS),
    "t": Phone(
        (350, 1700, 2600), 0.090, aspiration=0.07, frication=0.20, stop=True, **_TONGUE_TIP
    ),
    "k": Phone(
        (320, 1800, 2300), 0.100, aspiration=0.08, frication=0.18, stop=True, **_TONGUE_BACK
    ),
    "b": Phone((220, 950, 2150), 0.080, voicing=0.10, frication=0.07, stop=True, **_AT_LIPS),
    "d": Phone((220, 1700, 2600), 0.070, voicing=0.10, frication=0.13, stop=True, **_TONGUE_TIP),
    "g": Phone((220, 1800, 2300), 0.080, voicing=0.10, frication=0.12, stop=True, **_TONGUE_BACK),
}

_PAUSE = {SILENCE: Phone((500, 1500, 2500), 0.08, jaw=0.05, lips=0.05)}

PHONES: dict[str, Phone] = _PAUSE | _VOWELS | _CONSONANTS
VOWELS = tuple(_VOWELS)
ONSETS = tuple(_CONSONANTS)
CODAS = ("n", "m", "l", "r", "s", "z", "t", "d", "k")


class SourceParts(NamedTuple):
    """Intervals in which the sources are steady: a stop has three, other phones one."""

    starts: Floats  # seconds
    ends: Floats
    amplitudes: Floats  # (n_parts, 3): voicing, aspiration, frication


def targets(phones: Iterable[str], name: str) -> Floats:
    """Return the target `name` of each phone, ``(n_phones,)``; formants ``(n_phones, 3)``."""
    return np.array([getattr(PHONES[phone], name) for phone in phones], float)


def trace(track: Track, name: str, times: ArrayLike, seconds: float) -> Floats:
    """Return the course of the target `name` at `times`, blended over `seconds`."""
    return blend_weights(track["start"], times, seconds) @ targets(track["phone"], name)


def blend_weights(starts: ArrayLike, times: ArrayLike, seconds: float) -> Floats:
    """Return how much each of adjoining intervals counts at each time, ``(n_times, n_intervals)``.

    This is the exact convolution of steps at `starts` with a raised cosine that is `seconds`
    wide: rows sum to one, an interval shorter than that never fully reaches its target
    (which is coarticulation), and the result does not depend on a frame rate. The first and
    the last interval reach out to infinity.
    """
    borders = np.asarray(starts, float)[1:]
    position = (np.asarray(times, float)[:, np.newaxis] - borders) / seconds
    position = np.clip(position, -0.5, 0.5)
    passed = 0.5 + position + np.sin(2 * np.pi * position) / (2 * np.pi)
    return -np.diff(passed, axis=1, prepend=1.0, append=0.0)


def source_parts(track: Track) -> SourceParts:
    """Return the steady parts of a track, with the amplitudes of the sources in each."""
    starts, amplitudes = [], []
    for name, start, end in track:
        phone = PHONES[name]
        voicing, aspiration, frication = phone.voicing, phone.aspiration, phone.frication
        if phone.stop:
            burst = start + _CLOSURE_FRACTION * (end - start)
            release = min(burst + _BURST_SECONDS, 0.5 * (burst + end))
            starts += [start, burst, release]
            amplitudes += [(voicing, 0, 0), (voicing, 0, frication), (voicing, aspiration, 0)]
        else:
            starts.append(start)
            amplitudes.append((voicing, aspiration, frication))
    ends = np.append(starts[1:], track["end"][-1])
    return SourceParts(np.array(starts), ends, np.array(amplitudes, float))
