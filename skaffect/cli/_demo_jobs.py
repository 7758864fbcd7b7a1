"""The jobs of the demo: generated recordings, or yours, and training as short as a demo is."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sklearn.utils import Bunch

from skaffect.audio import AudioReader
from skaffect.cli._job import Job
from skaffect.cli._job_animation import animation_job
from skaffect.cli._job_device import EX_2_NEUTRAL, device_job
from skaffect.cli._job_emotion import emotion_job
from skaffect.cli._lessons import check_sounds
from skaffect.cli._pipelines import animation_pipeline, device_pipeline, emotion_pipeline
from skaffect.cli._progress import say
from skaffect.cli._tracks import Track
from skaffect.datasets import (
    load_corpus,
    load_ravdess,
    make_affective_speech,
    make_device_recordings,
)


class Sizes(NamedTuple):
    """How much is generated, and how long networks train on it.

    Six minutes of two processors hold no more. `epochs` are those of the job's own network.
    """

    speakers: int
    sentences: int
    folds: int
    epochs: int


EMOTION = Sizes(speakers=10, sentences=3, folds=4, epochs=4)
FACES = Sizes(speakers=8, sentences=2, folds=2, epochs=8)
FACE_EMOTIONS = ("angry", "happy", "neutral", "sad")
FACE_DERN_EPOCHS = 10
DEVICES = Sizes(speakers=9, sentences=4, folds=3, epochs=110)
BASELINE_EPOCHS = 15
# Less than the defaults: few epochs of few recordings have too few steps otherwise.
_DERN_BATCH, _DSRN_BATCH, _DEVICE_BATCH = 32, 64, 16
_GENERATED = "generated speech"


def demo_jobs(data: Path | None, random_state: int) -> Iterator[tuple[Job, int]]:
    """Yield each job and its number of folds; recordings are made when their turn comes.

    Parameters
    ----------
    data : Path or None
        Folder of recordings for the emotion job; None generates them.
    random_state : int
        Seed of what is generated.

    Raises
    ------
    OSError, ValueError
        If the recordings cannot be read, or are of one speaker.
    """
    yield _emotion(data, random_state)
    say("Generating speech with faces ...")
    yield _faces(random_state), FACES.folds
    say("Generating recordings of devices ...")
    yield _devices(random_state), DEVICES.folds


def _emotion(data: Path | None, random_state: int) -> tuple[Job, int]:
    if data is not None:
        corpus = _read(data)
        n_folds = min(EMOTION.folds, len(set(corpus.speaker)))
        # DERN's defaults are for real speech.
        return emotion_job(corpus, data.resolve().name, emotion_pipeline()), n_folds
    say("Generating affective speech ...")
    corpus = make_affective_speech(EMOTION.speakers, EMOTION.sentences, random_state=random_state)
    pipeline = emotion_pipeline(epochs=EMOTION.epochs)
    # Few epochs leave no time for augmentation.
    pipeline.set_params(emotion__augmentation=0.0, emotion__batch_size=_DERN_BATCH)
    return emotion_job(corpus, _GENERATED, pipeline), EMOTION.folds


def _read(folder: Path) -> Bunch:
    """Read RAVDESS as it is, or a folder for each speaker with the emotion first in the name."""
    if any(folder.glob("Actor_*")):
        corpus = load_ravdess(folder)
    else:
        with warnings.catch_warnings():
            # The emotion comes first, whatever other underscores a name has.
            warnings.filterwarnings("ignore", r"The pattern .* in more than one way", UserWarning)
            corpus = load_corpus(folder, "{speaker}/{emotion}_*", target="emotion")
    AudioReader().fit(corpus.data)  # names those that are missing or empty
    check_sounds(corpus, ["target", "speaker"])
    return corpus


def _faces(random_state: int) -> Job:
    corpus = make_affective_speech(
        FACES.speakers,
        FACES.sentences,
        emotions=FACE_EMOTIONS,
        landmarks=True,
        random_state=random_state,
    )
    pipeline = animation_pipeline(by_emotion=True, universal=True, epochs=FACES.epochs)
    pipeline.set_params(
        face__regressor__classifier__augmentation=0.0,
        face__regressor__classifier__batch_size=_DERN_BATCH,
        face__regressor__classifier__epochs=FACE_DERN_EPOCHS,
        face__regressor__regressor__batch_size=_DSRN_BATCH,
    )
    tracks = [Track(str(i), track, corpus.fps) for i, track in enumerate(corpus.landmarks)]
    return animation_job(corpus, tracks, _GENERATED, pipeline)


def _devices(random_state: int) -> Job:
    corpus = make_device_recordings(
        DEVICES.speakers, DEVICES.sentences, mode="neutral", random_state=random_state
    )
    pipeline = device_pipeline(epochs=DEVICES.epochs)
    pipeline.set_params(device__batch_size=_DEVICE_BATCH)
    return device_job(
        corpus,
        _GENERATED,
        pipeline,
        baseline_epochs=BASELINE_EPOCHS,
        published=EX_2_NEUTRAL,
    )


def sizes_in_words() -> str:
    """Say how short the networks' training is."""
    return (
        f"On generated recordings DERN trains for {EMOTION.epochs} epochs, the networks of faces "
        f"for {FACES.epochs} and those with attention for {DEVICES.epochs}, in smaller steps than "
        "by default: as long as a demo allows."
    )
