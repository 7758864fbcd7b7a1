"""What a model is trained on: recordings, their labels, and for faces their landmark tracks."""

from __future__ import annotations

import argparse
import warnings
from collections import Counter
from collections.abc import Sequence
from itertools import compress
from typing import Any

import numpy as np
from sklearn.utils import Bunch

from skaffect._words import and_others, counted
from skaffect.audio import AudioReader
from skaffect.cli._corpora import SPLIT_COLUMNS, read_corpus
from skaffect.cli._tracks import find_tracks


def read_lesson(options: argparse.Namespace, *, unheard_speakers: bool = False) -> Bunch:
    """Read the recordings of a folder for a job, and look whether all files are there.

    Parameters
    ----------
    options : argparse.Namespace
        Those of ``skaffect train`` or ``evaluate``.
    unheard_speakers : bool, default=False
        Whether speakers are to be tested who have not been heard: then each device needs two.

    Returns
    -------
    lesson : Bunch
        As :func:`read_corpus` returns it. For animation, `tracks` are beside the recordings,
        and those without one are left out.

    Raises
    ------
    OSError, ValueError
        If there is nothing to learn from, or devices cannot be learnt from it.
    """
    if options.tracks is not None and options.job != "animation":
        raise ValueError(f"--tracks are for animation; {options.job} learns from sound alone.")
    if options.live and options.job == "device":
        raise ValueError("--live is for emotion and animation; nothing tells devices live.")
    corpus: Bunch = read_corpus(options)
    if options.job == "animation":
        corpus = _with_tracks(corpus, options.folder, options.tracks or options.folder)
        if "target" in corpus and len(set(corpus.target)) == 1:
            raise ValueError(
                f"all recordings with a track are {corpus.target[0]!s}, and emotions need at "
                "least two: write * instead of {emotion} in the pattern, and one network learns "
                "all."
            )
    # Both name the files that cannot be read; none is decoded.
    if options.job == "device":
        from skaffect.datasets import check_device_recordings

        speakers = corpus.get("speaker") if unheard_speakers else None
        check_device_recordings(corpus.data, corpus.target, speakers)
    else:
        AudioReader().fit(corpus.data)
    columns = ["speaker"] if unheard_speakers else []
    # Copies of two devices have been looked for.
    check_sounds(corpus, columns if options.job == "device" else ["target", *columns])
    return corpus


def check_sounds(corpus: Bunch, columns: Sequence[str]) -> None:
    """Warn of silent files, and raise of copies that differ in one of these columns."""
    from skaffect._sound_files import is_silent
    from skaffect.datasets._twins import check_twins

    are_silent = [is_silent(path) for path in corpus.data]
    if silent := list(compress(corpus.data, are_silent)):
        warnings.warn(
            f"{silent[0]!r} is silent throughout{and_others(len(silent))}: there is nothing in it "
            "to learn, remove it.",
            UserWarning,
            stacklevel=2,
        )
    sounding = np.flatnonzero(np.logical_not(are_silent))
    files = [corpus.data[i] for i in sounding]
    for name in columns:
        if name in corpus:
            what = "label" if name == "target" else name
            check_twins(files, np.asarray(corpus[name])[sounding], what)


def extent(lesson: Bunch) -> str:
    """Say in some words how much there is to learn from."""
    text = counted(len(lesson.data), "recording")
    if "speaker" in lesson:
        text += f" of {counted(len(set(lesson.speaker)), 'speaker')}"
    return f"{text}: {', '.join(sorted(set(lesson.target)))}" if "target" in lesson else text


def describe(lesson: Bunch, options: argparse.Namespace) -> dict[str, Any]:
    """Return what should be known about the model wherever it goes, as plain JSON."""
    labels = Counter(map(str, lesson.get("target", ())))
    return {
        "job": options.job,
        "corpus": options.corpus or options.pattern,
        "description": lesson.DESCR,
        "recordings": len(lesson.data),
        "speakers": len(set(lesson.speaker)) if "speaker" in lesson else None,
        "classes": dict(sorted(labels.items())),
        "splits": "none: every recording was learnt from",
        "epochs": options.epochs,
        "random_state": options.random_state,
        "live": options.live,
    }


def _with_tracks(corpus: Bunch, folder: str, tracks_folder: str) -> Bunch:
    """Return those recordings of a corpus that have landmark tracks, and the tracks."""
    tracks = find_tracks(corpus.data, folder, tracks_folder)
    chosen = list(tracks)
    columns = ("speaker", "target", *SPLIT_COLUMNS)
    known = {name: corpus[name][chosen] for name in columns if name in corpus}
    return Bunch(
        data=[corpus.data[i] for i in chosen],
        tracks=list(tracks.values()),
        DESCR=corpus.DESCR,
        **known,
    )
