"""The generated corpus of affective speech, which is there when no recorded one is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import Bunch, check_random_state

from skaffect._parameters import check_integer, check_option, check_real
from skaffect.datasets._emotions import EMOTIONS
from skaffect.datasets._face_motion import FPS, draw_landmarks, draw_talker
from skaffect.datasets._phones import Track
from skaffect.datasets._speaking import draw_sentence, draw_utterance, speak
from skaffect.datasets._voices import draw_prosody, draw_voice

_MODES = {"neutral": ("neutral",), "whispered": ("whispered",), "both": ("neutral", "whispered")}
# Keys of the independent random streams, so that nothing depends on how much else is made.
_VOICE, _SENTENCE, _PLAN, _SOUND, _TALKER, _FACE = range(6)
_FACES = f"""\
Each utterance comes with the face that speaks it, {FPS:g} times in a second: 36 landmarks that the
same phones move, with the emotion's expression, on a head that sways. Nobody was filmed.
"""


class _Row(NamedTuple):
    """One utterance with what is known about it."""

    waveform: NDArray[np.float32]
    emotion: str
    speaker: str
    sentence: str
    mode: str
    phones: Track
    landmarks: NDArray[np.float32] | None


def make_affective_speech(
    n_speakers: int = 8,
    n_sentences: int = 4,
    *,
    emotions: Sequence[str] = EMOTIONS,
    mode: Literal["neutral", "whispered", "both"] = "neutral",
    emotion_strength: float = 1.0,
    sr: int = 16000,
    landmarks: bool = False,
    random_state: int | np.random.RandomState | None = None,
) -> Bunch:
    """Generate a corpus of affective speech by source-filter synthesis.

    Every speaker says every sentence once in every emotion (and mode), as in acted corpora.
    A sentence is a sequence of nonsense words; the same ones are said by everybody, so both
    speaker-disjoint and sentence-disjoint splits make sense. Speakers differ in vocal tract,
    pitch (every second one has a high voice), voice quality, tempo and level, and each has
    their own way of expressing an emotion. Emotions differ in the mean, the range and the
    ending of the pitch, in tempo, level, spectral tilt, breathiness, roughness, precision and
    formants, in the directions that the literature reports [1]_ [2]_ [3]_; a whisper keeps
    those that need no voice.

    With `landmarks`, the same phones also move a face, as a tracker would see it: they say at
    every time where jaw and lips aim, blended over 0.15 s (which is coarticulation). Speakers
    differ in the shape of jaw, nose and lips and in how far they move. Emotions change the
    face at rest (a smile, a frown, pressed lips, a sneer) and how far speech moves it: 1.4
    times as far as neutral speech in anger, 0.65 times in sadness. The head moves slowly, in
    the plane of the picture.

    Parameters
    ----------
    n_speakers : int, default=8
        Number of speakers, at least 1.
    n_sentences : int, default=4
        Number of sentences, at least 1, each said by every speaker in every emotion.
    emotions : sequence of str, default=EMOTIONS
        Which of the seven emotions, in the order in which they are to be said.
    mode : {"neutral", "whispered", "both"}, default="neutral"
        Neutral (voiced) speech, whispered speech, or each utterance once in both.
    emotion_strength : float, default=1.0
        Factor on everything that emotions change, 0 to 2. At 0 nothing tells them apart.
    sr : int, default=16000
        Sampling rate in Hz, at least 8000.
    landmarks : bool, default=False
        Whether to make the speaking faces too. The sound is the same, to the bit.
    random_state : int, RandomState instance or None, default=None
        Seed of speakers, sentences and readings. With the same seed, speakers, sentences,
        emotions and modes that two calls share sound and look the same, to the bit, however
        many others there are; with another `sr` they are the same readings at another rate,
        and with another `emotion_strength` only the emotions' part changes.

    Returns
    -------
    Bunch
        With one entry per utterance, speaker by speaker:

        data : list of ndarray of shape (n_times,), float32
            Waveforms in [-1, 1], most of them 1.5 to 3 s long.
        target : ndarray of str
            Emotions.
        speaker, sentence, mode : ndarray of str
            Who says what, and whether ``"neutral"`` or ``"whispered"``.
        phones : list of ndarray
            Phone tracks: structured arrays with the fields ``phone``, ``start`` and ``end``
            (seconds), without gaps from 0 to the last sample; ``"sil"`` is silence.
        landmarks : list of ndarray of shape (n_video_frames, 36, 2), float32
            Only with `landmarks`: x (right) and y (down) in pixels of the points of
            :data:`LOWER_FACE`, in its order. Frame ``i`` is at ``i / fps`` seconds, the last
            one at the end of the sound or up to one frame later.

        and also:

        sr : int
            Sampling rate in Hz.
        fps : float
            Only with `landmarks`: 25.0 video frames in a second.
        DESCR : str
            What this corpus is.

    Raises
    ------
    TypeError
        If a number is not one, or if `emotions` is a single string.
    ValueError
        If an option lies outside its set or its range.

    References
    ----------
    .. [1] P. N. Juslin and P. Laukka, "Communication of emotions in vocal expression and
       music performance: different channels, same code?", Psychological Bulletin 129(5),
       770-814, 2003, :doi:`10.1037/0033-2909.129.5.770`.
    .. [2] R. Banse and K. R. Scherer, "Acoustic profiles in vocal emotion expression",
       J. Personality and Social Psychology 70(3), 614-636, 1996,
       :doi:`10.1037/0022-3514.70.3.614`.
    .. [3] I. R. Murray and J. L. Arnott, "Toward the simulation of emotion in synthetic
       speech", J. Acoust. Soc. Am. 93(2), 1097-1108, 1993, :doi:`10.1121/1.405558`.

    Examples
    --------
    >>> from skaffect import make_affective_speech
    >>> corpus = make_affective_speech(2, 1, emotions=("happy", "sad"), random_state=0)
    >>> len(corpus.data), corpus.data[0].dtype, corpus.sr
    (4, dtype('float32'), 16000)
    >>> corpus.target.tolist()
    ['happy', 'sad', 'happy', 'sad']
    >>> corpus.speaker.tolist()
    ['speaker01', 'speaker01', 'speaker02', 'speaker02']
    >>> corpus.phones[0]["phone"][:5].tolist()
    ['sil', 'w', 'uw', 'y', 'aa']

    The same with faces, one every 0.04 s:

    >>> corpus = make_affective_speech(
    ...     2, 1, emotions=("happy", "sad"), landmarks=True, random_state=0
    ... )
    >>> corpus.landmarks[0].shape, corpus.fps
    ((58, 36, 2), 25.0)
    """
    check_integer("n_speakers", n_speakers, at_least=1)
    check_integer("n_sentences", n_sentences, at_least=1)
    emotions = _checked_emotions(emotions)
    check_option("mode", mode, _MODES)
    check_real("emotion_strength", emotion_strength, within=(0, 2))
    check_integer("sr", sr, at_least=8000)
    check_option("landmarks", landmarks, (True, False))
    seeds = check_random_state(random_state).randint(2**32, size=4, dtype=np.uint32).tolist()
    rows = list(
        _utterances(
            n_speakers, n_sentences, emotions, _MODES[mode], emotion_strength, sr, landmarks, seeds
        )
    )
    data, target, speaker, sentence, modes, phones, tracks = zip(*rows, strict=True)
    faces: dict[str, Any] = {"landmarks": list(tracks), "fps": FPS} if landmarks else {}
    description = _description(
        data, n_speakers, n_sentences, emotions, mode, emotion_strength, sr, landmarks
    )
    return Bunch(
        data=list(data),
        target=np.array(target),
        speaker=np.array(speaker),
        sentence=np.array(sentence),
        mode=np.array(modes),
        phones=list(phones),
        sr=sr,
        **faces,
        DESCR=description,
    )


def _checked_emotions(emotions: Sequence[str]) -> tuple[str, ...]:
    """Return the emotions as a tuple, or raise."""
    if isinstance(emotions, str):
        raise TypeError(f"emotions must be a sequence of names; write [{emotions!r}].")
    emotions = tuple(str(emotion) for emotion in emotions)
    unknown = [emotion for emotion in emotions if emotion not in EMOTIONS]
    if unknown or not emotions or len(set(emotions)) < len(emotions):
        allowed = ", ".join(repr(emotion) for emotion in EMOTIONS)
        raise ValueError(
            f"emotions must be one or more of {allowed}, each at most once; got {emotions!r}."
        )
    return emotions


def _utterances(
    n_speakers: int,
    n_sentences: int,
    emotions: tuple[str, ...],
    modes: tuple[str, ...],
    strength: float,
    sr: int,
    landmarks: bool,
    seeds: list[int],
) -> Iterator[_Row]:
    """Yield every speaker's reading of every sentence in every emotion and mode."""

    def stream(*key: int) -> np.random.Generator:
        return np.random.default_rng(np.random.SeedSequence(seeds, spawn_key=key))

    sentences = [draw_sentence(stream(_SENTENCE, j)) for j in range(n_sentences)]
    for i in range(n_speakers):
        voice = draw_voice(low=i % 2 == 0, rng=stream(_VOICE, i))
        talker = draw_talker(stream(_TALKER, i))
        for j, sentence in enumerate(sentences):
            for emotion in emotions:
                for mode in modes:
                    key = (i, j, EMOTIONS.index(emotion), _MODES["both"].index(mode))
                    plan = stream(_PLAN, *key)
                    prosody = draw_prosody(voice, emotion, strength, plan)
                    utterance = draw_utterance(sentence, prosody, mode == "whispered", plan)
                    waveform = speak(utterance, sr, stream(_SOUND, *key))
                    track = utterance.track
                    face = (
                        draw_landmarks(talker, track, emotion, strength, stream(_FACE, *key))
                        if landmarks
                        else None
                    )
                    names = f"speaker{i + 1:02d}", f"sentence{j + 1:02d}"
                    yield _Row(waveform, emotion, *names, mode, track, face)


def _description(
    data: Sequence[NDArray[np.float32]],
    n_speakers: int,
    n_sentences: int,
    emotions: tuple[str, ...],
    mode: str,
    strength: float,
    sr: int,
    landmarks: bool,
) -> str:
    """Return the corpus' account of itself."""
    minutes = sum(len(waveform) for waveform in data) / sr / 60
    faces = _FACES if landmarks else ""
    return f"""Generated affective speech

This is synthetic speech, made by skaffect.make_affective_speech; nobody was recorded.
Glottal pulses and noise were sent through moving formants (Klatt 1980): {len(data)} utterances,
{minutes:.1f} minutes at {sr} Hz, of {n_speakers} speakers who say {n_sentences} nonsense
sentences each in {len(emotions)} emotions ({", ".join(emotions)}), mode "{mode}", with
emotion_strength {strength:g}. What the emotions change follows the literature in direction;
the sizes were chosen so that the task is neither trivial nor hopeless across speakers. Use it
to test, teach and demonstrate: figures measured on it say nothing about human emotion.
{faces}It is free of any rights of others and may be used for any purpose.
"""
