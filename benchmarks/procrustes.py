"""Speed of aligning shapes, beside a loop of scipy.spatial.procrustes.

    OMP_NUM_THREADS=1 python benchmarks/procrustes.py [--shapes 20000] [--repeats 5]

Both bring the same shapes of 36 points to one mean shape: ours all at once, scipy's one at a
time. SciPy's also reflects and reports a disparity; the aligned points of shapes that need no
reflection are compared in the same run.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("OMP_NUM_THREADS", "1")

from skaffect._quiet import quiet_tensorflow

quiet_tensorflow()

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import procrustes

from benchmarks._results import write_results
from benchmarks._timing import measure, speed_headers, speed_ratios, speed_rows
from skaffect import ProcrustesPCAShape

N_POINTS, SEED = 36, 0
OURS, SCIPY, FIT = "align", "loop of scipy.spatial.procrustes", "fit, its PCA included"


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shapes", type=int, default=20_000)
    parser.add_argument("--repeats", type=int, default=5, help="runs of each")
    options = parser.parse_args()
    shapes = faces(options.shapes)
    model = ProcrustesPCAShape().fit(shapes)
    seconds = measure(
        {
            OURS: lambda: model.align(shapes),
            SCIPY: lambda: one_by_one(model.mean_shape_, shapes),
            FIT: lambda: ProcrustesPCAShape().fit(shapes),
        },
        options.repeats,
    )
    best, middle = speed_ratios(seconds, OURS, SCIPY)
    path = write_results(
        "procrustes",
        title="Speed of Procrustes alignment",
        headers=speed_headers("shapes"),
        rows=speed_rows(seconds, options.shapes),
        notes=[
            f"Aligning is {best:.0f} times as fast (best runs; {middle:.0f} by the medians) as "
            "scipy's in a loop.",
            f"The aligned points differ by at most {difference(model, shapes[:500]):.1e} of the "
            "mean shape's size.",
            f"{options.repeats} runs of each in turns on {options.shapes} shapes of {N_POINTS} "
            "points, one thread.",
        ],
    )
    print(path.read_text())


def faces(n_shapes: int) -> NDArray[np.float64]:
    """Return shapes that differ a little, each turned, sized and placed at random."""
    rng = np.random.default_rng(SEED)
    shape = rng.normal(size=(N_POINTS, 2))
    shapes = shape + 0.1 * rng.normal(size=(n_shapes, N_POINTS, 2))
    angles = rng.uniform(-0.5, 0.5, n_shapes)
    turns = np.array([[np.cos(angles), -np.sin(angles)], [np.sin(angles), np.cos(angles)]])
    sizes = rng.uniform(50, 100, (n_shapes, 1, 1))
    return shapes @ turns.transpose(2, 0, 1) * sizes + rng.uniform(100, 300, (n_shapes, 1, 2))


def one_by_one(mean: NDArray[np.float64], shapes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the shapes aligned to the mean by scipy, which gives it unit size."""
    return np.stack([procrustes(mean, shape)[1] for shape in shapes])


def difference(model: ProcrustesPCAShape, shapes: NDArray[np.float64]) -> float:
    """Return the largest difference between both ways, each with sizes and places taken out."""
    ours = np.asarray(model.align(shapes), np.float64).reshape(shapes.shape)
    ours -= ours.mean(axis=1, keepdims=True)
    ours /= np.linalg.norm(ours, axis=(1, 2), keepdims=True)
    theirs = one_by_one(model.mean_shape_, shapes)
    theirs /= np.linalg.norm(theirs, axis=(1, 2), keepdims=True)
    return float(np.abs(ours - theirs).max())


if __name__ == "__main__":
    main()
