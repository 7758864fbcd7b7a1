"""What the animation benchmark compares, and the corpora that it runs on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import Bunch

from skaffect import (
    LOWER_FACE,
    AudioReader,
    DERNClassifier,
    DSRNRegressor,
    EmotionConditionedRegressor,
    LandmarkExtractor,
    ProcrustesPCAShape,
    ShapeTargetRegressor,
    Windows,
    load_grid,
    load_savee,
    make_affective_speech,
    resample_track,
)

FPS = 25.0
# Faces lie within six times the median distance from the mean face; a lost face beyond eight.
_FAILED_TIMES = 6.0


def cascade(
    dern_epochs: int, augmentation: float, dsrn: DSRNRegressor, random_state: int
) -> ShapeTargetRegressor:
    """Return the paper's cascade, with the all-combined network beside it."""
    return ShapeTargetRegressor(
        EmotionConditionedRegressor(
            DERNClassifier(
                epochs=dern_epochs, augmentation=augmentation, random_state=random_state
            ),
            dsrn,
            universal=True,
        )
    )


class WindowRidge(RegressorMixin, BaseEstimator):
    """Ridge regression from whole windows, its normal equations summed up over utterances."""

    def __init__(self, alpha: float = 1000.0) -> None:
        self.alpha = alpha

    def fit(self, X: Sequence[Windows], y: Sequence[NDArray[Any]]) -> WindowRidge:
        """Solve for the weights of a window's every value."""
        n_inputs = 1 + X[0].shape[1] * X[0].shape[2]
        squares, products = np.zeros((n_inputs, n_inputs)), np.zeros((n_inputs, y[0].shape[1]))
        for entry, target in zip(X, y, strict=True):
            known = ~np.isnan(target[:, 0])
            inputs = _with_one(entry)[known]
            squares += inputs.T @ inputs
            products += inputs.T @ target[known]
        penalty = self.alpha * np.eye(n_inputs)
        penalty[0, 0] = 0.0
        self.weights_ = np.linalg.solve(squares + penalty, products)
        return self

    def predict(self, X: Sequence[Windows]) -> NDArray[Any]:
        """Answer every frame of each utterance."""
        answers = np.empty(len(X), dtype=object)
        for i, entry in enumerate(X):
            answers[i] = _with_one(entry) @ self.weights_
        return answers


def _with_one(entry: Windows) -> NDArray[np.float64]:
    windows = np.asarray(entry, np.float64).reshape(len(entry), -1)
    return np.hstack([np.ones((len(entry), 1)), windows])


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


def thinned(
    train: NDArray[np.intp], emotion: NDArray[Any], group: NDArray[Any]
) -> NDArray[np.intp]:
    """Return as many utterances of each group as each emotion has there, in turns.

    Raises
    ------
    ValueError
        If a group has not equally many utterances of all emotions.
    """
    labels = np.unique(emotion)
    chosen: list[int] = []
    for name in np.unique(group[train]):
        of = [train[(group[train] == name) & (emotion[train] == label)] for label in labels]
        if len({len(part) for part in of}) > 1:
            raise ValueError(f"{name} has not equally many utterances of all emotions.")
        for k in range(len(of[0])):
            chosen.append(int(of[len(chosen) % len(labels)][k]))
    return np.array(chosen)
