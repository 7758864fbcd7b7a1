"""EmoDB, the Berlin Database of Emotional Speech."""

from __future__ import annotations

import re
from os import PathLike

from sklearn.utils import Bunch

from skaffect.datasets._corpus import Fields, read_corpus

# letters of the German words: Wut, Langeweile, Ekel, Angst, Freude, Trauer
_EMOTION_CODES = {
    "W": "angry",
    "L": "boredom",
    "E": "disgust",
    "A": "fear",
    "F": "happy",
    "T": "sad",
    "N": "neutral",
}
_SEXES = {
    "03": "male",
    "08": "female",
    "09": "female",
    "10": "male",
    "11": "male",
    "12": "male",
    "13": "female",
    "14": "female",
    "15": "male",
    "16": "female",
}
_SENTENCES = {
    "a01": "Der Lappen liegt auf dem Eisschrank.",
    "a02": "Das will sie am Mittwoch abgeben.",
    "a04": "Heute abend könnte ich es ihm sagen.",
    "a05": "Das schwarze Stück Papier befindet sich da oben neben dem Holzstück.",
    "a07": "In sieben Stunden wird es soweit sein.",
    "b01": "Was sind denn das für Tüten, die da unter dem Tisch stehen?",
    "b02": "Sie haben es gerade hochgetragen und jetzt gehen sie wieder runter.",
    "b03": "An den Wochenenden bin ich jetzt immer nach Hause gefahren und habe Agnes besucht.",
    "b09": "Ich will das eben wegbringen und dann mit Karl was trinken gehen.",
    "b10": "Die wird auf dem Platz sein, wo wir sie immer hinlegen.",
}

_NAME = re.compile(r"(0[389]|1[0-6])(a0[12457]|b0[1239]|b10)([AEFLNTW])([a-z]?)\.\w+")

# The second release keeps laryngograms there, under the names of the recordings.
_LARYNGOGRAMS = "laryngo"

_DESCR = """\
EmoDB: Berlin Database of Emotional Speech
------------------------------------------

Ten actors (5 male, 5 female) speak ten everyday German sentences with anger, boredom,
disgust, anxiety, happiness, sadness, and neutrally. The first release holds the 535
recordings whose emotion at least 80 % of the listeners recognised, the second one 816;
WAV at 16 kHz.

Citation: F. Burkhardt, A. Paeschke, M. Rolfes, W. F. Sendlmeier and B. Weiss, "A Database
of German Emotional Speech", Interspeech, pp. 1517-1520, 2005,
doi:10.21437/Interspeech.2005-446.

Licence: CC0 1.0 as republished by audEERING (https://github.com/audeering/emodb).
"""


def load_emodb(root: str | PathLike[str]) -> Bunch:
    """Read the recordings of EmoDB.

    Parameters
    ----------
    root : str or os.PathLike
        Folder that holds ``wav/03a01Fa.wav`` and so on; the folders may be others, or none.

    Returns
    -------
    bunch : :class:`~sklearn.utils.Bunch`
        Dictionary-like object; all but DESCR have one element per utterance:

        data : list of str
            Paths of the recordings, sorted.
        target : ndarray of str, shape (n_utterances,)
            Emotions: ``"angry"``, ``"boredom"``, ``"disgust"``, ``"fear"`` (the corpus says
            anxiety), ``"happy"``, ``"neutral"`` or ``"sad"``. Six of them are shared by the
            package; boredom is EmoDB's own, and it has no surprise.
        speaker : ndarray of str, shape (n_utterances,)
            Numbers of the actors, such as ``"03"``.
        sentence : ndarray of str, shape (n_utterances,)
            Code of the text, such as ``"a01"``: the same for all actors and emotions.
        transcript : ndarray of str, shape (n_utterances,)
            The German text.
        version : ndarray of str, shape (n_utterances,)
            Letter that tells the versions of an utterance apart, or ``""``.
        sex : ndarray of str, shape (n_utterances,)
            ``"male"`` or ``"female"``.
        DESCR : str
            What the corpus is, its citation and its licence.

    Raises
    ------
    FileNotFoundError, NotADirectoryError
        If `root` does not exist, or is not a folder.
    ValueError
        If no file in `root` is named like a recording of EmoDB, or one is there twice.

    Warns
    -----
    UserWarning
        If there are audio files with other names; they are left out.

    Notes
    -----
    The laryngograms of the second release, in its folder ``laryngo``, are left out.

    References
    ----------
    .. [1] F. Burkhardt, A. Paeschke, M. Rolfes, W. F. Sendlmeier and B. Weiss, "A Database
       of German Emotional Speech", Interspeech, pp. 1517-1520, 2005,
       https://doi.org/10.21437/Interspeech.2005-446

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from skaffect.datasets import load_emodb
    >>> with TemporaryDirectory() as root:
    ...     Path(root, "03a01Fa.wav").touch()
    ...     bunch = load_emodb(root)
    >>> bunch.target.tolist(), bunch.speaker.tolist(), bunch.sentence.tolist()
    (['happy'], ['03'], ['a01'])
    """
    return read_corpus(
        root,
        _parse,
        name="EmoDB",
        layout=(
            "files such as 'wav/03a01Fa.wav': speaker 03 or 08 to 16, text such as a01, "
            "emotion A, E, F, L, N, T or W, and a letter for the version"
        ),
        description=_DESCR,
    )


def _parse(path: str) -> Fields | None:
    *folders, name = path.split("/")
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    if _LARYNGOGRAMS in folders:
        return {}
    speaker, sentence, emotion, version = match.groups()
    return {
        "target": _EMOTION_CODES[emotion],
        "speaker": speaker,
        "sentence": sentence,
        "transcript": _SENTENCES[sentence],
        "version": version,
        "sex": _SEXES[speaker],
    }
