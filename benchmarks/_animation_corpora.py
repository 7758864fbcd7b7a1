"""The corpora that the animation benchmark runs on, with a face for every audio frame."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import Bunch

from skaffect import (
    LOWER_FACE,
    AudioReader,
    LandmarkExtractor,
    MFSCWindower,
    ProcrustesPCAShape,
    Windows,
    load_grid,
    load_savee,
    make_affective_speech,
    resample_track,
)

FPS = 25.0
# Faces lie within six times the median distance from the mean face; a lost face beyond eight.
_FAILED_TIMES = 6.0


def prepared(corpus: Bunch) -> Bunch:
    """Return the columns that systems are told, with faces at the audio frames."""
    X = MFSCWindower(normalize=None, short="error").fit_transform(corpus.data)
    columns = {
        "data": corpus.data,
        "target": targets(corpus.tracks, list(X), corpus.failed),
        "group": corpus.group,
    }
    if corpus.failed is not None:
        columns["with_lost"] = targets(corpus.tracks, list(X))
    if corpus.emotion is not None:
        columns["emotion"] = corpus.emotion
    return Bunch(**columns)


def read_generated(n_speakers: int, n_sentences: int, strength: float, random_state: int) -> Bunch:
    """Return generated speech with faces."""
    corpus = make_affective_speech(
        n_speakers,
        n_sentences,
        emotion_strength=strength,
        landmarks=True,
        random_state=random_state,
    )
    return Bunch(
        data=corpus.data,
        tracks=corpus.landmarks,
        failed=None,
        emotion=corpus.target,
        group=corpus.speaker,
    )


def read_grid(root: Path) -> Bunch:
    """Return GRID's sentences with the landmark tracks beside them."""
    corpus = load_grid(root)
    path = root / "landmarks68.npz"
    if not path.exists():
        raise SystemExit(
            f"{path.name} is not in --root: an array (n_frames, 68, 2) at {FPS:g} fps for each "
            "sentence, named by its six letters."
        )
    with np.load(path) as tracks:
        points = [tracks[sentence][:, list(LOWER_FACE)] for sentence in corpus.sentence]
    return Bunch(
        data=AudioReader().fit_transform(corpus.data),
        tracks=points,
        failed=failed_frames(points),
        emotion=None,
        group=corpus.sentence,
    )


def read_savee(root: Path, predictor: Path) -> Bunch:
    """Return SAVEE's utterances with landmarks found in its films."""
    corpus = load_savee(root)
    if not all(corpus.video):
        raise SystemExit("Some utterances of SAVEE in --root have no film; all are needed.")
    tracks = list(LandmarkExtractor(predictor, verbose=True).transform(list(corpus.video)))
    return Bunch(
        data=AudioReader().fit_transform(corpus.data),
        tracks=tracks,
        failed=failed_frames(tracks),
        emotion=corpus.target,
        group=corpus.speaker,
    )


def failed_frames(tracks: Sequence[NDArray[Any]]) -> list[NDArray[np.bool_]]:
    """Tell the frames whose points are no face: far from all faces, by the tracks alone."""
    parameters = ProcrustesPCAShape().fit_transform(list(tracks))
    distances = [np.linalg.norm(entry, axis=1) for entry in parameters]
    limit = _FAILED_TIMES * np.median(np.concatenate(distances))
    return [distance > limit for distance in distances]


def targets(
    tracks: Sequence[NDArray[Any]],
    X: Sequence[Windows],
    failed: Sequence[NDArray[np.bool_]] | None = None,
) -> list[NDArray[Any]]:
    """Move tracks to the audio frames, NaN outside of their span and where tracking failed."""
    moved = []
    for i, (track, entry) in enumerate(zip(tracks, X, strict=True)):
        bad = np.zeros(len(track), bool) if failed is None else failed[i]
        good = np.flatnonzero(~bad)
        if len(good) == 0:
            raise ValueError(f"tracks[{i}] shows no face in any frame; leave this utterance out.")
        nearest = good[np.abs(good - np.arange(len(track))[:, np.newaxis]).argmin(axis=1)]
        resampled, inside = resample_track(track[nearest], len(entry), fps=FPS)
        at = (np.arange(len(entry)) * 0.01 + 0.0125) * FPS
        last = len(track) - 1
        lost = bad[np.minimum(np.floor(at).astype(int), last)]
        lost |= bad[np.minimum(np.ceil(at).astype(int), last)]
        resampled[~inside | lost] = np.nan
        moved.append(resampled)
    return moved
