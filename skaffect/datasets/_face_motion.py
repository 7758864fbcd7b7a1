"""How the generated faces move: by the phones, by the emotion and with the head.

Phones give targets for jaw and lips, which blend into each other as the formants do, but over
twice the time: jaw and lips are heavier than the tip of the tongue and set out earlier.

References
----------
M. M. Cohen and D. W. Massaro, "Modeling coarticulation in synthetic visual speech", Models and
Techniques in Computer Animation, 139-156, 1993, doi:10.1007/978-4-431-66911-1_13.
A. Löfqvist and V. L. Gracco, "Lip and jaw kinematics in bilabial stop consonant production",
J. Speech, Language, and Hearing Research 40(4), 877-893, 1997, doi:10.1044/jslhr.4004.877.
P. Ekman and W. V. Friesen, "Facial Action Coding System", Consulting Psychologists Press, 1978.
C. Busso and S. Narayanan, "Interrelation between speech and facial gestures in emotional
utterances: a single subject study", IEEE Trans. Audio, Speech, and Language Processing 15(8),
2331-2347, 2007, doi:10.1109/TASL.2007.905145.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from skaffect.datasets._emotions import EMOTIONS
from skaffect.datasets._face_model import Face, Movement, draw_face, place_points
from skaffect.datasets._phones import PHONES, SILENCE, Floats, Track, blend_weights, targets

FPS = 25.0
# Twice the formants' 0.075 s. Visible coarticulation reaches further still across phones; this
# is what a window of 15 frames of sound, 0.165 s, can see whole.
_BLEND_SECONDS = 0.15
# Closing lips aim beyond contact (Löfqvist & Gracco), or short closures would stay open.
_BEYOND_CONTACT = 0.5
# Lips are soft: they flatten over this share of an open vowel's opening.
_SOFTNESS = 0.03
_TRACKER_PX = 0.2


class Expression(NamedTuple):
    """Departures from a speaker's neutral face, in the units of `Movement`."""

    gain: float  # natural log of the factor on what speech moves
    jaw: float
    opening: float  # not where lips are closed
    spread: float
    corners: float
    pressing: float
    sneer: float


# Directions after Ekman & Friesen (1978), gains after Busso & Narayanan (2007): articulation is
# larger in anger and happiness than in sadness. The sizes are ours.
EMOTION_EXPRESSIONS: dict[str, Expression] = {
    "angry": Expression(0.36, 0.0, 0.0, -0.4, -0.2, 1.0, 0.15),
    "disgust": Expression(-0.08, 0.0, 0.0, -0.1, -0.3, 0.1, 0.8),
    "fear": Expression(0.05, 0.05, 0.08, 0.9, -0.3, 0.3, 0.0),
    "happy": Expression(0.34, 0.0, 0.0, 0.6, 0.9, 0.2, 0.0),
    "neutral": Expression(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    "sad": Expression(-0.42, 0.0, 0.0, -0.2, -0.9, 0.0, 0.0),
    "surprise": Expression(0.40, 0.25, 0.12, -0.3, 0.1, 0.0, 0.0),
}

# How far speakers and their single utterances stray, as shares of these.
_STRAY = np.array(Expression(0.2, 0.1, 0.05, 0.4, 0.4, 0.3, 0.3))
_SPEAKER_GAIN = 0.15
_SPEAKER_SHIFT = 0.15
_UTTERANCE_SHIFT = 0.2
_ARTICULATION_GAIN = 0.08

# The head: log size, radians, and pixels from the corner of a picture of 360 x 288.
_HEAD_AT = np.array([0.0, 0.0, 180.0, 190.0])
_HEAD_REACH = np.array([0.03, math.radians(3.0), 8.0, 6.0])
_HEAD_SWAY = np.array([0.012, math.radians(1.5), 3.0, 2.5])
_SWAY_HZ = (0.1, 0.5)
_N_WAVES = 3


class Talker(NamedTuple):
    """A speaker as seen: the face and how they move it."""

    face: Face
    gain: float
    reach: Floats  # (n_emotions, n_fields of Expression), in the order of EMOTIONS


def draw_talker(rng: np.random.Generator) -> Talker:
    """Return a random speaker's face, with the departures of each emotion as they show it."""
    face = draw_face(rng)
    gain = math.exp(_ARTICULATION_GAIN * float(np.clip(rng.standard_normal(), -2, 2)))
    table = np.array([EMOTION_EXPRESSIONS[emotion] for emotion in EMOTIONS])
    factors = np.exp(_SPEAKER_GAIN * rng.standard_normal(table.shape))
    shifts = _SPEAKER_SHIFT * _STRAY * rng.standard_normal(table.shape)
    return Talker(face, gain, table * factors + shifts)


def draw_landmarks(
    talker: Talker, track: Track, emotion: str, strength: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return the face during an utterance as a tracker sees it, ``(n_video_frames, 36, 2)``.

    Frame ``i`` is at ``i / FPS`` seconds. The last frame is the first one at which the sound
    is over, so that every sample lies between frames.
    """
    expression = draw_expression(talker, emotion, strength, rng)
    waves = draw_head(rng)
    times = np.arange(math.ceil(track["end"][-1] * FPS) + 1) / FPS
    still = place_points(talker.face, articulate(track, talker.gain, expression, times))
    # Drawn last: the number of frames must not change what else is drawn.
    noise = _TRACKER_PX * rng.standard_normal(still.shape)
    return (in_picture(still, head_poses(waves, times)) + noise).astype(np.float32)


def draw_expression(
    talker: Talker, emotion: str, strength: float, rng: np.random.Generator
) -> Expression:
    """Return the expression during one utterance: the emotion's and the day's chance."""
    chance = _UTTERANCE_SHIFT * _STRAY * rng.standard_normal(len(_STRAY))
    return Expression(*(strength * talker.reach[EMOTIONS.index(emotion)] + chance).tolist())


def articulate(track: Track, gain: float, expression: Expression, times: Floats) -> Movement:
    """Return the movement at `times`, in seconds; each depends on its own time alone."""
    weights = blend_weights(track["start"], times, _BLEND_SECONDS)
    gain *= math.exp(expression.gain)
    jaw, spread, rounding = (
        gain * (weights @ targets(track["phone"], name)) for name in ("jaw", "width", "rounding")
    )
    opening = weights @ _opening_targets(track, gain, expression.opening)
    constant = np.ones(len(times))
    return Movement(
        jaw=jaw + expression.jaw,
        opening=0.5 * (opening + np.sqrt(opening**2 + _SOFTNESS**2)),
        spread=spread + expression.spread,
        rounding=rounding,
        corners=expression.corners * constant,
        pressing=expression.pressing * constant,
        sneer=expression.sneer * constant,
    )


def _opening_targets(track: Track, gain: float, offset: float) -> Floats:
    """Return where the lips aim in each phone; an expression does not part closed ones."""
    opening = gain * targets(track["phone"], "lips")
    spoken = track["phone"] != SILENCE
    closed = np.array([PHONES[phone].lips == 0 for phone in track["phone"]])
    return np.where(
        closed, -gain * _BEYOND_CONTACT - abs(offset), np.where(spoken, opening + offset, opening)
    )


class Waves(NamedTuple):
    """A slow movement of the head: rows are log size, rotation, x and y."""

    middle: Floats  # (4,)
    height: Floats  # (4, n_waves)
    hertz: Floats
    phase: Floats


def draw_head(rng: np.random.Generator) -> Waves:
    """Return a random place of the head in the picture and its sway about it."""
    size = (len(_HEAD_AT), _N_WAVES)
    return Waves(
        middle=_HEAD_AT + _HEAD_REACH * rng.standard_normal(len(_HEAD_AT)).clip(-2, 2),
        height=_HEAD_SWAY[:, np.newaxis] * rng.standard_normal(size).clip(-2, 2),
        hertz=rng.uniform(*_SWAY_HZ, size),
        phase=rng.uniform(0, 2 * np.pi, size),
    )


def head_poses(waves: Waves, times: Floats) -> Floats:
    """Return the head's log size, rotation in radians, x and y at `times`, ``(n_times, 4)``."""
    angle = 2 * np.pi * waves.hertz * times[:, np.newaxis, np.newaxis] + waves.phase
    return waves.middle + np.sum(waves.height * np.sin(angle), axis=2)


def in_picture(still: Floats, poses: Floats) -> Floats:
    """Return points turned, then resized, then moved by each frame's pose."""
    log_size, rotation, x, y = poses.T[..., np.newaxis]
    placed = np.exp(log_size + 1j * rotation) * (still[..., 0] + 1j * still[..., 1]) + x + 1j * y
    return np.stack([placed.real, placed.imag], axis=-1)
