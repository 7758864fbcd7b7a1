"""SAVEE, the Surrey Audio-Visual Expressed Emotion database."""

from __future__ import annotations

import re
from os import PathLike

from sklearn.utils import Bunch

from skaffect.datasets._corpus import Fields, read_corpus

_EMOTION_CODES = {
    "a": "angry",
    "d": "disgust",
    "f": "fear",
    "h": "happy",
    "n": "neutral",
    "sa": "sad",
    "su": "surprise",
}

# DC/a01.wav in the official layout, DC_a01.wav in the flat one, and films are DC/a1.avi
_PATH = re.compile(r"(?:.*[/_])?(DC|JE|JK|KL)[/_](a|d|f|h|n|sa|su)(\d\d?)\.\w+", re.DOTALL)

_DESCR = """\
SAVEE: Surrey Audio-Visual Expressed Emotion database
-----------------------------------------------------

Four male native English speakers (DC, JE, JK, KL) speak 120 sentences from TIMIT each,
480 utterances in all, filmed with markers painted on their faces: 15 sentences for each of
anger, disgust, fear, happiness, sadness and surprise (3 common to all emotions, 2 of that
emotion, 10 generic ones that differ between emotions), and 30 neutral ones, among them the
3 common ones and the 2 x 6 of the emotions. Audio is WAV at 44.1 kHz.

The names of the files number the sentences within an emotion and do not say which of them
are the common ones.

Citation: S. Haq and P. J. B. Jackson, "Multimodal Emotion Recognition", in W. Wang (ed.),
Machine Audition: Principles, Algorithms and Systems, IGI Global, ch. 17, pp. 398-423, 2010,
doi:10.4018/978-1-61520-919-4.ch017.

Licence: from the University of Surrey for research, on registration at
http://kahlan.eps.surrey.ac.uk/savee/; the terms are those given there.
"""


def load_savee(root: str | PathLike[str]) -> Bunch:
    """Read the utterances of SAVEE, in its official or its flat layout.

    Parameters
    ----------
    root : str or os.PathLike
        Folder that holds ``AudioData/DC/a01.wav`` and so on, with films (if there) in
        ``AudioVisualClip/DC/a1.avi``; or, flat, ``DC_a01.wav``. It may also be
        ``AudioData`` or one speaker's folder: only the last folder and the name count.
        Numbers have one digit or two; SAVEE's films have one where its sounds have two.

    Returns
    -------
    bunch : :class:`~sklearn.utils.Bunch`
        Dictionary-like object; all but DESCR have one element per utterance:

        data : list of str
            Paths of the recordings, sorted.
        target : ndarray of str, shape (n_utterances,)
            Emotions: ``"angry"``, ``"disgust"``, ``"fear"``, ``"happy"``, ``"neutral"``,
            ``"sad"`` or ``"surprise"``.
        speaker : ndarray of str, shape (n_utterances,)
            ``"DC"``, ``"JE"``, ``"JK"`` or ``"KL"``.
        sentence : ndarray of str, shape (n_utterances,)
            Emotion code and number of the sentence, in two digits, such as ``"a03"``; see
            Notes.
        video : ndarray of str, shape (n_utterances,)
            Path of the film of the utterance, or ``""`` where there is none.
        DESCR : str
            What the corpus is, its citation and its licence.

    Raises
    ------
    FileNotFoundError, NotADirectoryError
        If `root` does not exist, or is not a folder.
    ValueError
        If no file in `root` is named like an utterance of SAVEE, or one is there twice.

    Warns
    -----
    UserWarning
        If there are audio files with other names; they are left out.

    Notes
    -----
    `sentence` is what the name says: the number of a sentence within its emotion. It is
    equal across speakers, and never across emotions, although three sentences are common
    to all emotions and twelve more are spoken both with an emotion and neutrally: the
    names do not tell which. A split by `sentence` therefore keeps apart the numbered
    sentences, but not those texts.

    If there are several films of an utterance, the first in sorted order is given.

    References
    ----------
    .. [1] S. Haq and P. J. B. Jackson, "Multimodal Emotion Recognition", in W. Wang (ed.),
       Machine Audition: Principles, Algorithms and Systems, IGI Global, ch. 17,
       pp. 398-423, 2010, https://doi.org/10.4018/978-1-61520-919-4.ch017

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from skaffect.datasets import load_savee
    >>> with TemporaryDirectory() as root:
    ...     for name in ("DC_a01.wav", "KL_su15.wav"):
    ...         Path(root, name).touch()
    ...     bunch = load_savee(root)
    >>> bunch.target.tolist(), bunch.speaker.tolist(), bunch.sentence.tolist()
    (['angry', 'surprise'], ['DC', 'KL'], ['a01', 'su15'])
    """
    return read_corpus(
        root,
        _parse,
        name="SAVEE",
        layout=(
            "files such as 'AudioData/DC/a01.wav' or 'DC_a01.wav': speaker DC, JE, JK or KL, "
            "emotion a, d, f, h, n, sa or su, and a number of one or two digits"
        ),
        description=_DESCR,
        video_key=("speaker", "sentence"),
    )


def _parse(path: str) -> Fields | None:
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    speaker, emotion, number = match.groups()
    return {
        "target": _EMOTION_CODES[emotion],
        "speaker": speaker,
        "sentence": f"{emotion}{number:0>2}",
    }
