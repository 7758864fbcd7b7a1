"""Live use on one core: how long a step of 10 ms takes, and how many times real time that is.

::

    python benchmarks/streaming.py [--seconds 20] [--repeats 3]

Networks of the papers' sizes, trained for an epoch, hear generated speech. Every step's wall time
counts, features and landmarks included, the last step's (``finish``) too; what a new stream
prepares is no part of it. The first second warms up.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import NamedTuple

from skaffect._quiet import quiet_tensorflow

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
for variable in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
quiet_tensorflow()

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import make_pipeline

from benchmarks._results import write_results
from benchmarks._timing import cpu_seconds
from skaffect import (
    DERNClassifier,
    DSRNRegressor,
    EmotionConditionedRegressor,
    EmotionStream,
    FaceStream,
    MFSCWindower,
    ShapeTargetRegressor,
    make_affective_speech,
    resample_track,
)

SR, SEED = 16000, 0
STEPS = {"10 ms": 160, "1 s": SR}
EMOTION = "happy"
HEADERS = [
    "",
    "look-ahead, ms",
    "step",
    "median, ms",
    "99th percentile, ms",
    "times real time",
    "median run",
    "by CPU time",
]

Stream = EmotionStream | FaceStream


class Steps(NamedTuple):
    """Wall seconds of each step of a run, and CPU seconds of all."""

    walls: list[float]
    cpu: float


def main() -> None:
    """Train, measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=20, help="length of the speech")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each")
    options = parser.parse_args()
    speech, streams = prepare(options.seconds)
    print("measuring", flush=True)
    runs: dict[tuple[str, str], list[Steps]] = {
        (name, step): [] for name in streams for step in STEPS
    }
    for _ in range(options.repeats):  # in turns
        for (name, step), of_one in runs.items():
            of_one.append(steps(streams[name](), speech, STEPS[step]))
    rows = [
        [name, 1000 * streams[name]().delay_seconds, step, *row(of_one, options.seconds)]
        for (name, step), of_one in runs.items()
    ]
    path = write_results(
        "streaming",
        title="Speed of live use",
        headers=HEADERS,
        rows=rows,
        notes=[
            f"{options.seconds} s of generated speech, networks of the papers' sizes, single "
            "precision, one thread. Times of steps are of the wall clock, of every step of all "
            f"runs; times real time are of the best of {options.repeats} runs of each in turns.",
            "Look-ahead: from the last sample of a frame to the last one that its answer needs.",
            "The cascade that hears emotions runs DERN and the DSRN of one or two emotions, the "
            f"others one DSRN; the emotion given is {EMOTION!r}.",
        ],
    )
    print(path.read_text())


def prepare(seconds: int) -> tuple[NDArray[np.float32], dict[str, Callable[[], Stream]]]:
    """Return speech of so many seconds, and what makes each stream."""
    corpus = make_affective_speech(2, 1, landmarks=True, random_state=SEED)
    windower = MFSCWindower(normalize="corpus", floor_db=None, skip_silence=False)
    X = windower.fit_transform(corpus.data)
    tracks = [
        resample_track(track, len(entry))[0]
        for track, entry in zip(corpus.landmarks, X, strict=True)
    ]
    dern, dsrn = (kind(epochs=1, random_state=SEED) for kind in (DERNClassifier, DSRNRegressor))
    face = ShapeTargetRegressor(dsrn).fit(X, tracks)
    cascade = ShapeTargetRegressor(EmotionConditionedRegressor(dern, dsrn))
    cascade.fit(X, tracks, emotion=corpus.target)
    emotion = make_pipeline(windower, cascade.regressor_.classifier_)
    one, all_of_them = make_pipeline(windower, face), make_pipeline(windower, cascade)
    streams: dict[str, Callable[[], Stream]] = {
        "emotion": lambda: EmotionStream(emotion),
        "face, one DSRN": lambda: FaceStream(one),
        "face, emotion given": lambda: FaceStream(all_of_them, emotion=EMOTION),
        "face, emotions heard": lambda: FaceStream(all_of_them),
    }
    return np.resize(np.concatenate(corpus.data), seconds * SR), streams


def row(runs: list[Steps], duration: float) -> list[float]:
    """Return a line of the table, without its first cells."""
    every = np.concatenate([of_one.walls for of_one in runs])
    walls, cpus = [sum(of_one.walls) for of_one in runs], [of_one.cpu for of_one in runs]
    return [
        1000 * float(np.median(every)),
        1000 * float(np.percentile(every, 99)),
        *(duration / seconds for seconds in (min(walls), median(walls), min(cpus))),
    ]


def steps(stream: Stream, speech: NDArray[np.float32], n_times: int) -> Steps:
    """Return what each step took, after a second of warming up."""
    stream.feed(speech[:SR])
    walls, cpu = [], cpu_seconds()
    for start in range(0, len(speech), n_times):
        begin = time.perf_counter()
        stream.feed(speech[start : start + n_times])
        walls.append(time.perf_counter() - begin)
    begin = time.perf_counter()
    stream.finish()
    return Steps([*walls, time.perf_counter() - begin], cpu_seconds() - cpu)


if __name__ == "__main__":
    main()
