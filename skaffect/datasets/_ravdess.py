"""RAVDESS, the Ryerson Audio-Visual Database of Emotional Speech and Song."""

from __future__ import annotations

import re
from collections.abc import Iterable
from os import PathLike

from sklearn.utils import Bunch

from skaffect.datasets._corpus import Fields, read_corpus
from skaffect.datasets._emotions import EMOTIONS

_EMOTION_CODES = {
    "01": "neutral",
    "02": "calm",
    "03": "happy",
    "04": "sad",
    "05": "angry",
    "06": "fear",
    "07": "disgust",
    "08": "surprise",
}
_INTENSITIES = {"01": "normal", "02": "strong"}
_STATEMENTS = {"01": "Kids are talking by the door", "02": "Dogs are sitting by the door"}

# modality - channel - emotion - intensity - statement - repetition - actor
_NAME = re.compile(r"(0[1-3])-(0[12])-(0[1-8])-(0[12])-(0[12])-(0[12])-(0[1-9]|1\d|2[0-4])\.\w+")
_AUDIO_ONLY, _SPEECH = "03", "01"

_DESCR = """\
RAVDESS: The Ryerson Audio-Visual Database of Emotional Speech and Song, its speech
------------------------------------------------------------------------------------

24 professional actors (12 male, 12 female) speak two North American English statements,
each twice, as calm, happy, sad, angry, fearful, surprised and disgusted speech at two
intensities, and as neutral speech at one: 60 recordings for each actor, 1440 in all,
published as 16-bit WAV files at 48 kHz.

Every actor speaks the same two statements, so folds that part the speakers do not part
the sentences. Many recordings begin and end with digital silence, and two of them,
03-01-03-01-02-01-07 and 03-01-03-01-02-02-07, are the same recording.

Citation: S. R. Livingstone and F. A. Russo, "The Ryerson Audio-Visual Database of
Emotional Speech and Song (RAVDESS): A dynamic, multimodal set of facial and vocal
expressions in North American English", PLoS ONE 13(5): e0196391, 2018,
doi:10.1371/journal.pone.0196391. Data: doi:10.5281/zenodo.1188976.

Licence: CC BY-NC-SA 4.0 (attribution, not for commercial use, share alike).
"""


def load_ravdess(root: str | PathLike[str], *, emotions: Iterable[str] = EMOTIONS) -> Bunch:
    """Read the speech recordings of RAVDESS.

    Parameters
    ----------
    root : str or os.PathLike
        Folder that holds ``Actor_01/03-01-01-01-01-01-01.wav`` and so on. The names say
        everything, so the folders may be others, or none, and the files FLAC, for example.
    emotions : iterable of str, default=EMOTIONS
        Emotions to read, of ``"angry"``, ``"calm"``, ``"disgust"``, ``"fear"``, ``"happy"``,
        ``"neutral"``, ``"sad"`` and ``"surprise"``. The default is the seven that the
        package's models share, without calm.

    Returns
    -------
    bunch : :class:`~sklearn.utils.Bunch`
        Dictionary-like object; all but DESCR have one element per utterance:

        data : list of str
            Paths of the recordings, sorted.
        target : ndarray of str, shape (n_utterances,)
            Emotions.
        speaker : ndarray of str, shape (n_utterances,)
            Actors, ``"01"`` to ``"24"``.
        sentence : ndarray of str, shape (n_utterances,)
            Statement that is spoken, ``"01"`` or ``"02"``: the same for all actors.
        transcript : ndarray of str, shape (n_utterances,)
            Words of the statement.
        intensity : ndarray of str, shape (n_utterances,)
            ``"normal"`` or ``"strong"``; neutral speech is always normal.
        repetition : ndarray of int, shape (n_utterances,)
            1 or 2.
        sex : ndarray of str, shape (n_utterances,)
            ``"male"`` (actors of odd number) or ``"female"``.
        DESCR : str
            What the corpus is, its citation and its licence.

    Raises
    ------
    FileNotFoundError, NotADirectoryError
        If `root` does not exist, or is not a folder.
    ValueError
        If no file in `root` is such a recording, one is there twice, or an emotion is unknown.

    Warns
    -----
    UserWarning
        If there are audio files with other names; they are left out.

    Notes
    -----
    Sung recordings (second number 02) and films, with sound (first number 01) or without
    (02), are left out without a word.

    References
    ----------
    .. [1] S. R. Livingstone and F. A. Russo, "The Ryerson Audio-Visual Database of Emotional
       Speech and Song (RAVDESS)", PLoS ONE 13(5): e0196391, 2018,
       https://doi.org/10.1371/journal.pone.0196391

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from skaffect.datasets import load_ravdess
    >>> with TemporaryDirectory() as root:
    ...     Path(root, "03-01-05-02-01-01-12.wav").touch()
    ...     bunch = load_ravdess(root)
    >>> bunch.target.tolist(), bunch.speaker.tolist(), bunch.intensity.tolist()
    (['angry'], ['12'], ['strong'])
    """
    wanted = _check_emotions(emotions)

    def parse(path: str) -> Fields | None:
        match = _NAME.fullmatch(path.rpartition("/")[2])
        if match is None:
            return None
        modality, channel, emotion, intensity, statement, repetition, actor = match.groups()
        if (modality, channel) != (_AUDIO_ONLY, _SPEECH) or _EMOTION_CODES[emotion] not in wanted:
            return {}
        return {
            "target": _EMOTION_CODES[emotion],
            "speaker": actor,
            "sentence": statement,
            "transcript": _STATEMENTS[statement],
            "intensity": _INTENSITIES[intensity],
            "repetition": int(repetition),
            "sex": "male" if int(actor) % 2 else "female",
        }

    return read_corpus(
        root,
        parse,
        name="RAVDESS",
        layout=(
            "speech recordings such as 'Actor_12/03-01-05-02-01-01-12.wav' "
            "(modality 03, channel 01, emotion, intensity, statement, repetition, actor) "
            f"of the emotions {sorted(wanted)}"
        ),
        description=_DESCR,
    )


def _check_emotions(emotions: Iterable[str]) -> frozenset[str]:
    if isinstance(emotions, str):
        raise TypeError(f"emotions must be several names; write emotions=[{emotions!r}]")
    wanted, known = frozenset(emotions), sorted(_EMOTION_CODES.values())
    if not wanted or wanted.difference(known):
        raise ValueError(f"emotions must be among {known}, got {sorted(wanted, key=str)}")
    return wanted
