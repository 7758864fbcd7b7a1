"""Neutral and whispered speech recorded by five devices at once: wSPIRE."""

from __future__ import annotations

import re
from os import PathLike
from pathlib import Path

import numpy as np
from sklearn.utils import Bunch

from skaffect.datasets._corpus import Fields, read_corpus

_DEVICES = {name.lower(): name for name in ("Headset", "Moto", "Nokia", "Zoom", "iPhone")}
_MODES = {"neutral": "neutral", "whisper": "whispered"}

# ID06_006_F_Neutral_Headset_11.wav
_NAME = re.compile(
    r"ID0*(?P<speaker>[1-9]\d{0,2})_0*(?P<set>[1-9])_(?P<sex>[FM])_"
    r"(?P<mode>Neutral|Whisper)_(?P<device>Headset|Moto|Nokia|Zoom|iPhone)_"
    r"0*(?P<sentence>[1-9]|[1-4]\d|50)\.\w+",
    re.IGNORECASE,
)

_DESCR = """\
wSPIRE: a parallel multi-device corpus in neutral and whispered speech
----------------------------------------------------------------------

Speakers of Indian English (92 in the published corpus, 88 in the paper on devices) say one
of nine sets of 50 sentences from MOCHA-TIMIT each, first neutrally and then whispering, in
a sound-proof room, recorded by five devices at once: a Zoom H6 handy recorder with its XYH-6
microphone (Zoom), a Philips SHP-1900/97 headset (Headset), an Apple iPhone 7 (iPhone), a
Nokia 5.1 (Nokia) and a Motorola Moto E5 Plus (Moto). Recorded at 44.1 kHz, later downsampled
to 16 kHz. A tone of 1 kHz and 1 s marks the beginning.

Citation: B. Singhal, A. R. Naini and P. K. Ghosh, "wSPIRE: A parallel multi-device corpus in
neutral and whispered speech", 24th Conference of the Oriental COCOSDA (O-COCOSDA),
pp. 146-151, IEEE, 2021.

Licence: CC BY 4.0 (attribution), Indian Institute of Science, Bengaluru,
https://spiredatasets.ee.iisc.ac.in/wspirecorpus.
"""


def load_wspire(root: str | PathLike[str]) -> Bunch:
    """Read the recordings of wSPIRE.

    Recordings open with a tone that is not speech: put a :class:`ToneTrimmer` behind the
    :class:`AudioReader`.

    Parameters
    ----------
    root : str or os.PathLike
        Folder that holds ``ID06_006_F_Neutral_Headset_11.wav`` and so on. The names say
        everything, so the folders may be any, or none, and the files FLAC, for example.

    Returns
    -------
    bunch : :class:`~sklearn.utils.Bunch`
        Dictionary-like object; all but DESCR have one element per recording:

        data : list of str
            Paths of the recordings, sorted.
        target : ndarray of str, shape (n_recordings,)
            Devices: ``"Headset"``, ``"Moto"``, ``"Nokia"``, ``"Zoom"`` or ``"iPhone"``.
        speaker : ndarray of str, shape (n_recordings,)
            Numbers of the speakers, such as ``"006"``.
        sentence : ndarray of str, shape (n_recordings,)
            Set and number of the sentence, such as ``"6-11"``: the same words for all who
            were given this set.
        mode : ndarray of str, shape (n_recordings,)
            ``"neutral"`` or ``"whispered"``.
        sex : ndarray of str, shape (n_recordings,)
            ``"male"`` or ``"female"``.
        timestamps : ndarray of str, shape (n_recordings,)
            Path of the ``.lab`` file of the same name in the same folder, or ``""`` where
            there is none.
        DESCR : str
            What the corpus is, its citation and its licence.

    Raises
    ------
    FileNotFoundError, NotADirectoryError
        If `root` does not exist, or is not a folder.
    ValueError
        If no file in `root` is named like a recording of wSPIRE, or one is there twice.

    Warns
    -----
    UserWarning
        If there are audio files with other names; they are left out.

    See Also
    --------
    ToneTrimmer : Keeps the opening tone out of the utterances.
    check_device_recordings : What to check before devices are learnt from recordings.

    Notes
    -----
    The names are those of the corpus' own description. Nothing is assumed about folders.
    The description does not say what the ``.lab`` files hold, and they are not read; nor
    whether the tones of a second that told speakers whether they had read correctly (1 to
    2 kHz rising, or falling) were cut off the end.

    References
    ----------
    .. [1] B. Singhal, A. R. Naini and P. K. Ghosh, "wSPIRE: A parallel multi-device corpus in
       neutral and whispered speech", O-COCOSDA, pp. 146-151, IEEE, 2021.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from skaffect.datasets import load_wspire
    >>> with TemporaryDirectory() as root:
    ...     Path(root, "ID06_006_F_Whisper_Headset_11.wav").touch()
    ...     bunch = load_wspire(root)
    >>> bunch.target.tolist(), bunch.speaker.tolist(), bunch.mode.tolist()
    (['Headset'], ['006'], ['whispered'])
    """
    bunch = read_corpus(
        root,
        _parse,
        name="wSPIRE",
        layout=(
            "files such as 'ID06_006_F_Neutral_Headset_11.wav': speaker, set of sentences "
            "(1 to 9), F or M, Neutral or Whisper, Headset, Zoom, iPhone, Moto or Nokia, and "
            "sentence (1 to 50)"
        ),
        description=_DESCR,
    )
    bunch.timestamps = np.array([_timestamps(path) for path in bunch.data])
    return bunch


def _parse(path: str) -> Fields | None:
    match = _NAME.fullmatch(path.rpartition("/")[2])
    if match is None:
        return None
    return {
        "target": _DEVICES[match["device"].lower()],
        "speaker": f"{int(match['speaker']):03d}",
        "sentence": f"{match['set']}-{int(match['sentence']):02d}",
        "mode": _MODES[match["mode"].lower()],
        "sex": "female" if match["sex"] in "Ff" else "male",
    }


def _timestamps(path: str) -> str:
    beside = Path(path).with_suffix(".lab")
    return str(beside) if beside.is_file() else ""
