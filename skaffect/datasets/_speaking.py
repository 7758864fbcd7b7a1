"""Sentences, how one utterance of them is said, and the synthesiser's controls for it.

References
----------
S. T. Jovicic, "Formant feature differences between whispered and voiced sustained vowels",
Acustica 84(4), 739-743, 1998 (the first formant rises most in a whisper).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from skaffect.datasets._phones import (
    CODAS,
    ONSETS,
    PHONES,
    SILENCE,
    TRACK_DTYPE,
    VOWELS,
    Floats,
    Track,
    blend_weights,
    source_parts,
    targets,
    trace,
)
from skaffect.datasets._synthesis import Controls, frame_times, synthesize
from skaffect.datasets._voices import Prosody

_SYLLABLES = (7, 8)
_FORMANT_BLEND_SECONDS = 0.075
_SOURCE_BLEND_SECONDS = 0.014
_ACCENT_SECONDS = 0.30
_EFFORT_DB_PER_SEMITONE = 0.8
_FINAL_FALL_DB = 4.0
_FORMANT_SPACING_HZ = 1000.0
_BANDWIDTHS = (70.0, 90.0, 150.0)  # Hz, of the three formants that move
_WHISPER_FORMANTS = (1.22, 1.08, 1.04)
_WHISPER_WIDTHS = 1.6
_WHISPER_ASPIRATION = 0.25
_WHISPER_LEVEL_DB = -14.0
_VOICE_BAR = 0.2  # what is voiced more weakly than this has its mouth closed
_NOISE_FLOOR_DB = -72.0
_PEAK = 0.98


class Sentence(NamedTuple):
    """What is said."""

    phones: tuple[str, ...]
    stressed: NDArray[np.bool_]  # (n_phones,), true on the first vowel of each word


class Utterance(NamedTuple):
    """One reading of a sentence: everything but the noise, at no particular rate."""

    track: Track
    accents: Floats  # (n_phones,), heights of the pitch accents, 0 where there is none
    prosody: Prosody
    whispered: bool

    @property
    def speech_seconds(self) -> tuple[float, float]:
        """Where speech begins and ends between the silences."""
        return float(self.track["end"][0]), float(self.track["start"][-1])


def draw_sentence(rng: np.random.Generator) -> Sentence:
    """Return a random sentence of words of one to three syllables, some parted by pauses."""
    remaining = int(rng.integers(_SYLLABLES[0], _SYLLABLES[1] + 1))
    phones, stressed = [SILENCE], [False]
    while remaining:
        length = min(remaining, int(rng.choice([1, 2, 3], p=[0.25, 0.45, 0.3])))
        remaining -= length
        for syllable in range(length):
            phones += [str(rng.choice(ONSETS)), str(rng.choice(VOWELS))]
            stressed += [False, syllable == 0]
        # Only words end in a consonant, so that none pile up inside of them.
        if rng.random() < 0.5:
            phones.append(str(rng.choice(CODAS)))
            stressed.append(False)
        if remaining and rng.random() < 0.2:
            phones.append(SILENCE)
            stressed.append(False)
    return Sentence((*phones, SILENCE), np.array([*stressed, False]))


def draw_utterance(
    sentence: Sentence, prosody: Prosody, whispered: bool, rng: np.random.Generator
) -> Utterance:
    """Return one reading of a sentence: its timing and its accents are never twice the same."""
    accents = np.where(sentence.stressed, rng.uniform(0.5, 1.3, len(sentence.phones)), 0.0)
    return Utterance(_draw_track(sentence, prosody.tempo, rng), accents, prosody, whispered)


def speak(utterance: Utterance, sr: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return the waveform of an utterance at its level, over a quiet recording noise."""
    track = utterance.track
    n_times = math.ceil(track["end"][-1] * sr)
    speech = synthesize(controls(utterance, frame_times(n_times, sr), sr), n_times, sr, rng)
    level_db = utterance.prosody.level_db + _WHISPER_LEVEL_DB * utterance.whispered
    spoken = track["phone"][np.searchsorted(track["end"], np.arange(n_times) / sr)] != SILENCE
    speech *= 10 ** (level_db / 20) / np.sqrt(np.mean(speech[spoken] ** 2))
    speech += 10 ** (_NOISE_FLOOR_DB / 20) * rng.standard_normal(n_times)
    return (speech * min(1.0, _PEAK / np.abs(speech).max())).astype(np.float32)


def controls(utterance: Utterance, times: Floats, sr: int) -> Controls:
    """Return the synthesiser's controls at `times`, in seconds, for sound at `sr` Hz."""
    track, prosody = utterance.track, utterance.prosody
    semitones = prosody.pitch_range * pitch_contour(utterance, times)
    progress = _progress(utterance, times)
    ending = prosody.ending * np.clip((progress - 0.7) / 0.3, 0, 1) ** 2
    effort_db = _EFFORT_DB_PER_SEMITONE * semitones - _FINAL_FALL_DB * progress**2
    formants = _formants(utterance, times, sr)
    widths = np.array([*_BANDWIDTHS, *(100.0 * np.arange(3, formants.shape[1]))])
    widths *= _WHISPER_WIDTHS if utterance.whispered else 1.0
    cavity_scale = np.sqrt(prosody.formant_scale)
    return Controls(
        f0=np.clip(prosody.f0 * 2 ** ((semitones + ending) / 12), 50.0, 700.0),
        formants=formants,
        bandwidths=np.tile(widths, (len(times), 1)),
        amplitudes=_amplitudes(utterance, effort_db, times),
        noise_hz=cavity_scale * trace(track, "noise_hz", times, _SOURCE_BLEND_SECONDS),
        noise_bandwidth=trace(track, "noise_bandwidth", times, _SOURCE_BLEND_SECONDS),
        nasality=trace(track, "nasality", times, _SOURCE_BLEND_SECONDS),
        tilt_db=np.maximum(prosody.tilt_db - 0.5 * effort_db, 1.0),
        open_quotient=np.full(len(times), prosody.open_quotient),
        jitter=prosody.jitter,
        shimmer=prosody.shimmer,
    )


def pitch_contour(utterance: Utterance, times: Floats) -> Floats:
    """Return the movement of the pitch in units of an accent, about zero on average.

    It falls slowly from the first phone to the last and rises on each accented vowel.
    """
    track, accents = utterance.track, utterance.accents
    centres = 0.5 * (track["start"] + track["end"])[accents > 0]
    distance = np.clip((times[:, np.newaxis] - centres) / _ACCENT_SECONDS, -0.5, 0.5)
    onset, offset = utterance.speech_seconds
    # Accents and their share of the time: a raised cosine is half as high on average.
    mean = 0.5 * _ACCENT_SECONDS * accents.sum() / (offset - onset) - 0.5
    movement = np.cos(np.pi * distance) ** 2 @ accents[accents > 0]
    return movement - _progress(utterance, times) - mean


def _draw_track(sentence: Sentence, tempo: float, rng: np.random.Generator) -> Track:
    """Return when each phone is said, silences at both ends included."""
    seconds = targets(sentence.phones, "seconds")
    # Stressed vowels are longer, so is what precedes the end, and nobody is a metronome.
    seconds *= (1 + 0.25 * sentence.stressed) * np.exp(0.1 * rng.standard_normal(len(seconds)))
    seconds[-4:-1] *= 1.25
    seconds /= tempo
    seconds[[0, -1]] = rng.uniform(0.12, 0.25, 2)
    track = np.empty(len(seconds), TRACK_DTYPE)
    track["phone"] = sentence.phones
    track["end"] = np.cumsum(seconds)
    track["start"] = np.append(0.0, track["end"][:-1])
    return track


def _progress(utterance: Utterance, times: Floats) -> Floats:
    """Return how far the utterance has come, from 0 at its first phone to 1 after its last."""
    onset, offset = utterance.speech_seconds
    return np.clip((times - onset) / (offset - onset), 0, 1)


def _formants(utterance: Utterance, times: Floats, sr: int) -> Floats:
    """Return three formants that move, and the higher ones up to half of `sr`."""
    track, prosody = utterance.track, utterance.prosody
    neutral = np.array(PHONES[SILENCE].formants)
    lowest = neutral * (targets(track["phone"], "formants") / neutral) ** prosody.precision
    if utterance.whispered:
        lowest *= _WHISPER_FORMANTS
    weights = blend_weights(track["start"], times, _FORMANT_BLEND_SECONDS)
    moving = weights @ lowest * prosody.formant_scale
    spacing = _FORMANT_SPACING_HZ * prosody.formant_scale
    higher = spacing * (np.arange(3, int(0.5 * sr / spacing)) + 0.5)
    # The higher formants go a little way with the third.
    follow = (moving[:, 2:] / (2.5 * spacing)) ** 0.3
    return np.hstack([moving, follow * higher])


def _amplitudes(utterance: Utterance, effort_db: Floats, times: Floats) -> Floats:
    """Return the amplitudes of voicing, aspiration and frication."""
    parts = source_parts(utterance.track)
    voicing, aspiration, frication = parts.amplitudes.T
    if utterance.whispered:
        aspiration = aspiration + _WHISPER_ASPIRATION * np.where(voicing > _VOICE_BAR, voicing, 0)
        voicing = np.zeros_like(voicing)
    else:
        aspiration = aspiration + voicing * 10 ** (utterance.prosody.breath_db / 20)
    steady = np.stack([voicing, aspiration, frication], axis=1)
    amplitudes = blend_weights(parts.starts, times, _SOURCE_BLEND_SECONDS) @ steady
    amplitudes[:, :2] *= 10 ** (effort_db / 20)[:, np.newaxis]
    return amplitudes
