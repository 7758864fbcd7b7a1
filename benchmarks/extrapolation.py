"""What 10,000 hours of sound take, reckoned from what the other benchmarks measured.

::

    python benchmarks/extrapolation.py [--hours 100 1000 10000] [--workers 1 16 256]

Reads ``results/memory.json`` (features and training steps on recordings on disk) and
``results/dern_training_speed.json`` (prediction); run those before.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import _results
from skaffect._words import counted

SOURCES = ("memory", "dern_training_speed")
PREDICTION = "prediction, DERNClassifier"
FRAMES_PER_HOUR, FRAME_STRIDE, BATCH_SIZE = 360_000, 4, 128  # the latter DERN's defaults


class Costs(NamedTuple):
    """What one hour of sound costs: hours of one core, and storage in GiB."""

    features: float
    epoch: float
    prediction: float
    storage: float


def main() -> None:
    """Read, reckon, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=int, nargs="+", default=[100, 1000, 10_000])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 16, 256])
    options = parser.parse_args()
    memory, speed = (record(stem) for stem in SOURCES)
    longest = longest_run(memory)
    path = _results.write_results(
        "extrapolation",
        title="What more sound takes",
        headers=[
            "sound, hours",
            "DERN",
            *(f"{counted(n, 'worker')}, hours" for n in options.workers),
            "storage, GiB",
        ],
        rows=table(costs(longest, speed), options.hours, options.workers),
        notes=[
            "Measured, in CPU time: features from compressed files into the cache, the cache's "
            f"size and the steps of training from it at {longest['sound, hours']:g} hours "
            f"({_origin(memory)}); prediction of windows in memory ({_origin(speed)}). Workers "
            "are single cores of those machines.",
            "Assumed: time and storage in proportion to the sound beyond what was run, workers "
            "that never wait for one another or for the disk, and none that is lost.",
            f"An epoch draws one frame in {FRAME_STRIDE}, as if none were silent; silent ones "
            "are not drawn. One network trains in one process: more workers train more folds, "
            "emotions or candidates at a time, not one of them sooner. A larger `frame_stride` "
            "shortens the epoch as much.",
            "Storage is of the frames, 40 bands in single precision; the sound comes on top.",
        ],
    )
    print(path.read_text())


def record(stem: str) -> dict[str, Any]:
    """Return what another benchmark wrote."""
    path = _results.RESULTS / f"{stem}.json"
    if not path.exists():
        raise SystemExit(f"Run the benchmark that writes {path.name} first.")
    return json.loads(path.read_text())


def longest_run(memory: dict[str, Any]) -> dict[str, Any]:
    """Return DERN's row with the most sound."""
    rows = [row for row in memory["rows"] if row["network"] == "DERN"]
    return max(rows, key=lambda row: row["sound, hours"])


def costs(run: dict[str, Any], speed: dict[str, Any]) -> Costs:
    """Return the costs of an hour of sound."""
    hours = run["sound, hours"]
    windows_per_hour = run["training steps"] * BATCH_SIZE / (run["training, CPU minutes"] / 60)
    (predicted,) = (row["best, windows/CPU s"] for row in speed["rows"] if row[""] == PREDICTION)
    return Costs(
        features=run["features, CPU minutes"] / 60 / hours,
        epoch=FRAMES_PER_HOUR / FRAME_STRIDE / windows_per_hour,
        prediction=FRAMES_PER_HOUR / predicted / 3600,
        storage=run["on disk, GiB"] / hours,
    )


def table(costs: Costs, hours: list[int], workers: list[int]) -> list[list[Any]]:
    """Return three rows for each amount of sound."""
    return [
        row
        for n in hours
        for row in (
            [n, "features, once", *(n * costs.features / w for w in workers), n * costs.storage],
            [
                n,
                "an epoch of one network",
                *(n * costs.epoch if w == 1 else None for w in workers),
                None,
            ],
            [n, "prediction", *(n * costs.prediction / w for w in workers), None],
        )
    ]


def _origin(source: dict[str, Any]) -> str:
    return f"commit {source['commit']}, {source['machine']}"


if __name__ == "__main__":
    main()
