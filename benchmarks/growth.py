"""How time grows with the work: 1, 2, 4 and 8 times as much of it.

    python benchmarks/growth.py [--repeats 3] [--quick]

Features, training and prediction of the networks, and Procrustes analysis, on one core. A
growth of 1 is time in proportion to the work. Networks are there and traced; what trains, goes on.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

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
HEADERS = [
    "work",
    *(f"{times} times, s" for times in TIMES),
    "growth",
    "by the medians",
    "by CPU seconds",
]


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3, help="runs of each")
    parser.add_argument("--quick", action="store_true", help="a quarter of the work")
    options = parser.parse_args()
    size = 1 if options.quick else 4
    rows = []
    for name, prepare in WORK.items():  # one after the other, for all of it at once is much memory
        seconds = measure({str(n): prepare(n * size) for n in TIMES}, options.repeats)
        rows.append(row(name, list(seconds.values())))
    path = write_results(
        "growth",
        title="How time grows with the work",
        headers=HEADERS,
        rows=rows,
        notes=[
            "Growth is the slope of the logarithms: 1 is in proportion. What every call costs "
            "whatever it is given makes it less.",
            f"Seconds are the best of {options.repeats} runs of each in turns; one thread. "
            "Networks are built and traced before.",
        ],
    )
    print(path.read_text())


def row(name: str, runs: list[list[tuple[float, float]]]) -> list[Any]:
    """Return a line of the table from the wall and CPU seconds of each amount of work."""
    walls, cpus = ([[pair[i] for pair in of_one] for of_one in runs] for i in (0, 1))
    best = [min(of_one) for of_one in walls]
    middle = [median(of_one) for of_one in walls]
    least = [min(of_one) for of_one in cpus]
    return [name, *best, *(growth(times) for times in (best, middle, least))]


def growth(seconds: list[float]) -> float:
    """Return the slope of the logarithms."""
    return float(np.polyfit(np.log(TIMES), np.log(seconds), 1)[0])


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


def training(kind: Any, times: int) -> Callable[[], object]:
    """Train a network of this kind for one epoch more."""
    entries, targets = lesson(kind, times)
    network = kind(epochs=1, warm_start=True, random_state=SEED)
    return lambda: network.fit(entries, targets)


def prediction(kind: Any, times: int) -> Callable[[], object]:
    """Predict with a network of this kind."""
    network = kind(epochs=1, random_state=SEED).fit(*lesson(kind, 1))
    entries, _ = lesson(kind, times)
    return lambda: network.predict(entries)


def lesson(kind: Any, times: int) -> tuple[list[Any], Any]:
    """Return what a network of this kind learns from."""
    # Of a device network's work, an epoch of which has costs of its own, it takes more.
    entries, labels = utterances(times * (16 if kind is DualAttentionDeviceClassifier else 1))
    if kind is DSRNRegressor:
        return entries, [windows.frames[:, :18] for windows in entries]
    if kind is DualAttentionDeviceClassifier:
        return [windows.frames[:, :24] for windows in entries], labels
    return entries, labels


def procrustes(times: int) -> Callable[[], object]:
    """Fit to shapes of 36 points."""
    shapes = np.random.default_rng(SEED).normal(size=(5000 * times, 36, 2))
    return lambda: ProcrustesPCAShape().fit(shapes)


WORK: dict[str, Callable[[int], Callable[[], object]]] = {
    "features": features,
    "training DERN": partial(training, DERNClassifier),
    "prediction by DERN": partial(prediction, DERNClassifier),
    "training DSRN": partial(training, DSRNRegressor),
    "prediction by DSRN": partial(prediction, DSRNRegressor),
    "training DA-CNN": partial(training, DualAttentionDeviceClassifier),
    "prediction by DA-CNN": partial(prediction, DualAttentionDeviceClassifier),
    "Procrustes and PCA": procrustes,
}

if __name__ == "__main__":
    main()
