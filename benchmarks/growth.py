"""How time grows with the work: 1, 2, 4 and 8 times as much of it.

    python benchmarks/growth.py [--repeats 3] [--quick]

Features, training and prediction of the networks, and Procrustes analysis, on one core. A
growth of 1 is time in proportion to the work.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
for _name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

from skaffect._quiet import quiet_tensorflow

quiet_tensorflow()

import numpy as np

from benchmarks._results import write_results
from benchmarks._timing import measure
from skaffect import (
    DERNClassifier,
    DSRNRegressor,
    DualAttentionDeviceClassifier,
    MFSCWindower,
    ProcrustesPCAShape,
    Windows,
)

TIMES = (1, 2, 4, 8)
N_FRAMES, SEED = 400, 0


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3, help="runs of each")
    parser.add_argument("--quick", action="store_true", help="a quarter of the work")
    options = parser.parse_args()
    seconds = measure(
        {
            f"{name} {times}": run
            for name, prepare in WORK.items()
            for times in TIMES
            for run in [prepare(times if options.quick else 4 * times)]
        },
        options.repeats,
    )
    rows = []
    for name in WORK:
        best = [min(wall for wall, _ in seconds[f"{name} {times}"]) for times in TIMES]
        growth = np.polyfit(np.log(TIMES), np.log(best), 1)[0]
        rows.append([name, *best, growth])
    path = write_results(
        "growth",
        title="How time grows with the work",
        headers=["work", *(f"{times} times, s" for times in TIMES), "growth"],
        rows=rows,
        notes=[
            "Growth is the slope of the logarithms: 1 is in proportion. What every call costs "
            "whatever it is given, as tracing a network, makes it less.",
            f"Best of {options.repeats} runs of each in turns; one thread.",
        ],
    )
    print(path.read_text())


def features(times: int) -> Callable[[], object]:
    """Compute frames and windows of five seconds of sound each."""
    rng = np.random.default_rng(SEED)
    waveforms = [rng.normal(0, 0.1, 80_000).astype(np.float32) for _ in range(10 * times)]
    return lambda: MFSCWindower().fit_transform(waveforms)


def utterances(times: int) -> tuple[list[Windows], np.ndarray]:
    """Return utterances of four seconds and their emotions."""
    rng = np.random.default_rng(SEED)
    n = 4 * times
    entries = [Windows(rng.standard_normal((N_FRAMES, 40), np.float32)) for _ in range(n)]
    return entries, np.arange(n) % 4


def dern_training(times: int) -> Callable[[], object]:
    """Train for an epoch."""
    entries, emotions = utterances(times)
    return lambda: DERNClassifier(epochs=1, random_state=SEED).fit(entries, emotions)


def dern_prediction(times: int) -> Callable[[], object]:
    """Predict with one network."""
    dern = DERNClassifier(epochs=1, random_state=SEED).fit(*utterances(1))
    entries, _ = utterances(times)
    return lambda: dern.predict(entries)


def dsrn_prediction(times: int) -> Callable[[], object]:
    """Predict with one network."""
    few, _ = utterances(1)
    dsrn = DSRNRegressor(epochs=1, random_state=SEED).fit(few, [x.frames[:, :18] for x in few])
    entries, _ = utterances(times)
    return lambda: dsrn.predict(entries)


def attention_training(times: int) -> Callable[[], object]:
    """Train for twenty epochs: one takes far less than compiling the network."""
    entries, devices = utterances(2 * times)
    frames = [windows.frames[:, :24] for windows in entries]
    classifier = DualAttentionDeviceClassifier(epochs=20, random_state=SEED)
    return lambda: classifier.fit(frames, devices)


def procrustes(times: int) -> Callable[[], object]:
    """Fit to shapes of 36 points."""
    shapes = np.random.default_rng(SEED).normal(size=(5000 * times, 36, 2))
    return lambda: ProcrustesPCAShape().fit(shapes)


WORK = {
    "features": features,
    "training DERN": dern_training,
    "prediction by DERN": dern_prediction,
    "prediction by DSRN": dsrn_prediction,
    "training DA-CNN": attention_training,
    "Procrustes and PCA": procrustes,
}

if __name__ == "__main__":
    main()
