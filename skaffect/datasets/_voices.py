"""Who speaks in the generated corpora, and what each emotion does to the way they speak.

References
----------
P. N. Juslin and P. Laukka, "Communication of emotions in vocal expression and music
performance: different channels, same code?", Psychological Bulletin 129(5), 770-814, 2003,
doi:10.1037/0033-2909.129.5.770.
R. Banse and K. R. Scherer, "Acoustic profiles in vocal emotion expression", J. Personality
and Social Psychology 70(3), 614-636, 1996, doi:10.1037/0022-3514.70.3.614.
I. R. Murray and J. L. Arnott, "Toward the simulation of emotion in synthetic speech",
J. Acoust. Soc. Am. 93(2), 1097-1108, 1993, doi:10.1121/1.405558.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from skaffect.datasets._emotions import EMOTIONS
from skaffect.datasets._phones import Floats


class Cues(NamedTuple):
    """Departures from a speaker's neutral way of speaking."""

    pitch: float  # semitones
    range: float  # natural log of the factor on the pitch movements
    tempo: float  # natural log of the factor on the speed
    level: float  # dB
    brightness: float  # dB gained at 3 kHz
    breath: float  # dB of aspiration
    roughness: float  # natural log of the factor on jitter and shimmer
    ending: float  # semitones at the end of the utterance
    precision: float  # natural log of the factor on the vowel space
    formants: float  # natural log of the factor on the formants


# Directions after Juslin & Laukka (2003), and Murray & Arnott (1993) where those have none;
# the sizes are ours: with them mel-cepstral statistics and an SVM recognise about two in three.
EMOTION_CUES: dict[str, Cues] = {
    "angry": Cues(3.5, 0.35, 0.08, 7.0, 8.0, -3.0, 0.8, -2.0, 0.15, -0.01),
    "disgust": Cues(-1.0, -0.10, -0.14, -1.0, 1.5, -1.0, 0.8, -1.5, -0.10, -0.05),
    "fear": Cues(4.5, -0.40, 0.16, -1.0, -2.5, 7.0, 1.0, 1.0, -0.10, 0.01),
    "happy": Cues(4.0, 0.40, 0.06, 4.0, 3.0, 0.0, 0.0, 1.0, 0.05, 0.07),
    "neutral": Cues(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    "sad": Cues(-1.5, -0.60, -0.18, -6.0, -5.0, 5.0, 0.2, -1.5, -0.18, -0.02),
    "surprise": Cues(6.0, 0.70, 0.0, 2.5, 0.5, 3.0, 0.0, 4.0, 0.10, 0.0),
}

# How far speakers and their single utterances stray, as shares of these.
_SPREAD = np.array(Cues(1.5, 0.2, 0.06, 2.0, 1.5, 2.0, 0.3, 1.0, 0.06, 0.012))
_SPEAKER_GAIN = 0.2
_SPEAKER_SHIFT = 0.2
_UTTERANCE_SHIFT = 0.3


class Voice(NamedTuple):
    """A speaker: the neutral voice, and the departures of each emotion as they express it."""

    f0: float  # Hz
    formant_scale: float  # 1 is a vocal tract of 17.5 cm
    pitch_range: float  # semitones of one accent
    tempo: float
    level_db: float  # RMS re full scale, pauses apart
    tilt_db: float  # at 3 kHz
    breath_db: float  # aspiration re the voice
    open_quotient: float
    jitter: float  # of a period
    shimmer: float  # relative
    reach: Floats  # (n_emotions, n_cues), in the order of EMOTIONS and Cues


class Prosody(NamedTuple):
    """How one utterance is spoken."""

    f0: float
    formant_scale: float
    precision: float
    pitch_range: float
    ending: float
    tempo: float
    level_db: float
    tilt_db: float
    breath_db: float
    open_quotient: float
    jitter: float
    shimmer: float


def draw_voice(low: bool, rng: np.random.Generator) -> Voice:
    """Return a random speaker with a low (man's) or a high (woman's) voice."""
    f0, scale = (115.0, 0.97) if low else (205.0, 1.11)
    z = rng.standard_normal(9)
    cues = np.array([EMOTION_CUES[emotion] for emotion in EMOTIONS])
    gain = np.exp(_SPEAKER_GAIN * rng.standard_normal(cues.shape))
    shift = _SPEAKER_SHIFT * _SPREAD * rng.standard_normal(cues.shape)
    return Voice(
        f0=f0 * 2 ** (2.0 * np.clip(z[0], -2, 2) / 12),
        formant_scale=float(np.clip(scale * np.exp(0.035 * z[1]), 0.85, 1.2)),
        pitch_range=2.4 * np.exp(0.15 * z[2]),
        tempo=np.exp(0.05 * z[3]),
        level_db=-28.0 + 2.0 * z[4],
        tilt_db=10.0 + 1.7 * z[5],
        breath_db=-32.0 + 2.0 * z[6],
        open_quotient=float(np.clip((0.5 if low else 0.62) + 0.05 * z[7], 0.35, 0.8)),
        jitter=0.004 * np.exp(0.3 * z[8]),
        shimmer=0.04 * np.exp(0.3 * z[8]),
        reach=cues * gain + shift,
    )


def draw_prosody(voice: Voice, emotion: str, strength: float, rng: np.random.Generator) -> Prosody:
    """Return how `voice` says one utterance: the emotion's cues and the day's chance."""
    chance = _UTTERANCE_SHIFT * _SPREAD * rng.standard_normal(len(_SPREAD))
    cues = Cues(*(strength * voice.reach[EMOTIONS.index(emotion)] + chance))
    roughness = np.exp(cues.roughness)
    # A pressed voice is bright, a breathy one dull: the glottis does both at once.
    open_quotient = voice.open_quotient - 0.015 * cues.brightness + 0.01 * cues.breath
    return Prosody(
        f0=voice.f0 * 2 ** (cues.pitch / 12),
        formant_scale=voice.formant_scale * np.exp(cues.formants),
        precision=np.exp(cues.precision),
        pitch_range=voice.pitch_range * np.exp(cues.range),
        ending=cues.ending,
        tempo=voice.tempo * np.exp(cues.tempo),
        level_db=voice.level_db + cues.level,
        tilt_db=max(1.0, voice.tilt_db - cues.brightness),
        breath_db=voice.breath_db + cues.breath,
        open_quotient=float(np.clip(open_quotient, 0.3, 0.9)),
        jitter=min(voice.jitter * roughness, 0.03),
        shimmer=min(voice.shimmer * roughness, 0.25),
    )
