"""MOBIPHONE, speech of TIMIT recorded by 21 mobile phones."""

from __future__ import annotations

import re
from os import PathLike

from sklearn.utils import Bunch

from skaffect.datasets._corpus import Fields, read_corpus

# HTC desire c/speaker1.wav as published; HTC desire c/speaker1/sa1.wav or
# HTC desire c/speaker1_sa1.wav once cut into sentences
_PATH = re.compile(
    r"(?:.*/)?(?P<device>(?!speaker\d+/)[^/]+)"
    r"/speaker(?P<speaker>\d{1,2})(?:[/_-](?P<sentence>[^/]+))?\.\w+",
    re.DOTALL,
)

_DESCR = """\
MOBIPHONE: speech recorded by 21 mobile phones
----------------------------------------------

Ten sentences each of 12 male and 12 female speakers of TIMIT, played back to 21 phones of
seven makers (HTC, LG, Sony Ericsson, Nokia, Apple, Samsung, Vodafone) under similar
conditions, recorded as AMR and converted to WAV: one file for each phone and speaker,
which holds all ten sentences. The names do not say which speakers are male.

Citation: C. Kotropoulos and S. Samaras, "Mobile phone identification using recorded speech
signals", 19th International Conference on Digital Signal Processing, pp. 586-591, IEEE,
2014, doi:10.1109/ICDSP.2014.6900732.

Licence: those of the corpus' distributors, and of TIMIT, whose speech this is.
"""


def load_mobiphone(root: str | PathLike[str]) -> Bunch:
    """Read the recordings of MOBIPHONE.

    Parameters
    ----------
    root : str or os.PathLike
        Folder that holds ``HTC desire c/speaker1.wav`` and so on, one folder for each
        phone; or, once cut into sentences, ``HTC desire c/speaker1/sa1.wav`` or
        ``HTC desire c/speaker1_sa1.wav``. Any name of the phone's folder will do. It may
        also be one phone's folder.

    Returns
    -------
    bunch : :class:`~sklearn.utils.Bunch`
        Dictionary-like object; all but DESCR have one element per recording:

        data : list of str
            Paths of the recordings, sorted.
        target : ndarray of str, shape (n_recordings,)
            Phones: the names of their folders.
        speaker : ndarray of str, shape (n_recordings,)
            ``"01"`` to ``"24"``, the same persons for all phones.
        sentence : ndarray of str, shape (n_recordings,)
            What follows the speaker in the name, ``""`` where a file holds all ten.
        DESCR : str
            What the corpus is, its citation and its licence.

    Raises
    ------
    FileNotFoundError, NotADirectoryError
        If `root` does not exist, or is not a folder.
    ValueError
        If no file in `root` is named like a recording of MOBIPHONE, or one is there twice.

    Warns
    -----
    UserWarning
        If there are audio files with other names; they are left out.

    See Also
    --------
    check_device_recordings : What to check before devices are learnt from recordings.

    Notes
    -----
    The layout of whole files is that of published code that reads the corpus. That of
    sentences is assumed: the corpus has none, but [1]_ counts ten recordings per speaker
    and phone, so somebody cut them.

    References
    ----------
    .. [1] Naini, Singhal, Ghosh, "Dual Attention Pooling Network for Recording Device
       Classification Using Neutral and Whispered Speech".
    .. [2] C. Kotropoulos and S. Samaras, "Mobile phone identification using recorded speech
       signals", 19th International Conference on Digital Signal Processing, 2014,
       :doi:`10.1109/ICDSP.2014.6900732`.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from skaffect.datasets import load_mobiphone
    >>> with TemporaryDirectory() as root:
    ...     for phone in ("LG L3", "iPhone5"):
    ...         Path(root, phone).mkdir()
    ...         Path(root, phone, "speaker7.wav").touch()
    ...     bunch = load_mobiphone(root)
    >>> bunch.target.tolist(), bunch.speaker.tolist()
    (['LG L3', 'iPhone5'], ['07', '07'])
    """
    return read_corpus(
        root,
        _parse,
        name="MOBIPHONE",
        layout=(
            "files such as 'HTC desire c/speaker1.wav' (phone, speaker 1 to 24) or, of single "
            "sentences, 'HTC desire c/speaker1/sa1.wav' or 'HTC desire c/speaker1_sa1.wav'"
        ),
        description=_DESCR,
    )


def _parse(path: str) -> Fields | None:
    match = _PATH.fullmatch(path)
    if match is None or not 1 <= int(match["speaker"]) <= 24:
        return None
    return {
        "target": match["device"],
        "speaker": f"{int(match['speaker']):02d}",
        "sentence": match["sentence"] or "",
    }
