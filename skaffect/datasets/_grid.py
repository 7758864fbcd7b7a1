"""GRID, the audiovisual sentence corpus."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from os import PathLike

from sklearn.utils import Bunch

from skaffect.datasets._corpus import Fields, read_corpus

_LETTERS = "abcdefghijklmnopqrstuvxyz"  # without w, the only name of several syllables
_WORDS: Mapping[str, Mapping[str, str]] = {
    "command": {"b": "bin", "l": "lay", "p": "place", "s": "set"},
    "colour": {"b": "blue", "g": "green", "r": "red", "w": "white"},
    "preposition": {"a": "at", "b": "by", "i": "in", "w": "with"},
    "letter": {letter: letter for letter in _LETTERS},
    "digit": {
        "z": "zero",
        "1": "one",
        "2": "two",
        "3": "three",
        "4": "four",
        "5": "five",
        "6": "six",
        "7": "seven",
        "8": "eight",
        "9": "nine",
    },
    "adverb": {"a": "again", "n": "now", "p": "please", "s": "soon"},
}

_CODE = re.compile(r"[blps][bgrw][abiw][a-vx-z][1-9z][anps]")
_TALKER = re.compile(r"(?:.*[^A-Za-z0-9])?(s(?:[1-9]|[12]\d|3[0-4]))", re.DOTALL)

_DESCR = """\
GRID: audiovisual sentence corpus
---------------------------------

34 talkers (18 male, 16 female) are filmed speaking 1000 sentences each, without emotion,
of six words: command, colour, preposition, letter, digit and adverb, as in "place green at
B 4 now". There are no films of talker s21.

Citation: M. Cooke, J. Barker, S. Cunningham and X. Shao, "An audio-visual corpus for speech
perception and automatic speech recognition", Journal of the Acoustical Society of America
120(5), pp. 2421-2424, 2006, doi:10.1121/1.2229005. Data: doi:10.5281/zenodo.3625687.

Licence: CC BY 4.0 (attribution).
"""


def load_grid(root: str | PathLike[str]) -> Bunch:
    """Read the sentences of GRID.

    Parameters
    ----------
    root : str or os.PathLike
        Folder that holds ``s1/bbaf2n.wav`` and so on, with films (if there) in the same
        folder or another of the same talker: ``s1/bbaf2n.mpg``, ``s1/video/bbaf2n.mpg``,
        ``video/s1/bbaf2n.mpg``. It may also be one talker's folder. The talker is named by
        the innermost folder called ``s1`` to ``s34``, or so after a sign (``grid_s1``).

    Returns
    -------
    bunch : :class:`~sklearn.utils.Bunch`
        Dictionary-like object; all but DESCR have one element per utterance. There is no
        `target`, for the corpus has no emotions.

        data : list of str
            Paths of the recordings, sorted.
        speaker : ndarray of str, shape (n_utterances,)
            Talkers, ``"s1"`` to ``"s34"``.
        sentence : ndarray of str, shape (n_utterances,)
            Code of the sentence, such as ``"bbaf2n"``; equal codes are equal texts.
        transcript : ndarray of str, shape (n_utterances,)
            The six words, such as ``"bin blue at f two now"``.
        command, colour, preposition, letter, digit, adverb : ndarray of str
            Each of the words, shape (n_utterances,).
        video : ndarray of str, shape (n_utterances,)
            Path of the film of the utterance, or ``""`` where there is none.
        DESCR : str
            What the corpus is, its citation and its licence.

    Raises
    ------
    FileNotFoundError, NotADirectoryError
        If `root` does not exist, or is not a folder.
    ValueError
        If no file in `root` is a sentence of GRID in a talker's folder, or one is there
        twice.

    Warns
    -----
    UserWarning
        If there are other audio files; they are left out.

    Notes
    -----
    Films alone are not read, though they have sound: ``load_corpus(root,
    "{speaker}/{sentence}.mpg")`` reads them. If there are several films of an utterance,
    the first in sorted order is given.

    References
    ----------
    .. [1] M. Cooke, J. Barker, S. Cunningham and X. Shao, "An audio-visual corpus for speech
       perception and automatic speech recognition", J. Acoust. Soc. Am. 120(5),
       pp. 2421-2424, 2006, https://doi.org/10.1121/1.2229005

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from skaffect.datasets import load_grid
    >>> with TemporaryDirectory() as root:
    ...     Path(root, "s1").mkdir()
    ...     Path(root, "s1", "bbaf2n.wav").touch()
    ...     bunch = load_grid(root)
    >>> bunch.speaker.tolist(), bunch.transcript.tolist()
    (['s1'], ['bin blue at f two now'])
    """
    return read_corpus(
        root,
        _parse,
        name="GRID",
        layout=(
            "files such as 's1/bbaf2n.wav': a talker's folder s1 to s34 (or so after a sign, "
            "grid_s1), and six letters for command, colour, preposition, letter, digit and adverb"
        ),
        description=_DESCR,
        video_key=("speaker", "sentence"),
    )


def _parse(path: str) -> Fields | None:
    *folders, name = path.split("/")
    code = name.rpartition(".")[0]
    speaker = _talker(folders)
    if speaker is None or not _CODE.fullmatch(code):
        return None
    words = {
        field: words[letter] for (field, words), letter in zip(_WORDS.items(), code, strict=True)
    }
    return {
        "speaker": speaker,
        "sentence": code,
        "transcript": " ".join(words.values()),
        **words,
    }


def _talker(folders: Sequence[str]) -> str | None:
    for folder in reversed(folders):
        if match := _TALKER.fullmatch(folder):
            return match[1]
    return None
