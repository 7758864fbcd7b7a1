"""Speed of DSRN beside the window formulation and its floor, and from sound to landmarks.

::

    python benchmarks/dsrn.py [--repeats 5]

The window formulation is Table II as printed, in bare Keras, on ready-made windows: batches
are not gathered in its time. Both have the same weights and see the same windows. The floor is
the bare matrix products of the dense layers' shapes, nine tenths of the multiplications. The
runs take turns, so that what else the machine does hits all alike. One thread, float32.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from skaffect._quiet import quiet_tensorflow

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
for variable in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
quiet_tensorflow()

import keras
import numpy as np
import soundfile
from numpy.typing import NDArray

from benchmarks._results import write_results
from benchmarks._timing import (
    Seconds,
    cpu_ratio,
    measure,
    speed_headers,
    speed_ratios,
    speed_rows,
)
from benchmarks._window_network import window_network
from skaffect import (
    AudioReader,
    DERNClassifier,
    DSRNRegressor,
    EmotionConditionedRegressor,
    MFSCWindower,
    ShapeTargetRegressor,
    Windows,
    make_affective_speech,
)
from skaffect._chunks import ChunkBatches
from skaffect._stream import as_stream

N_BANDS, CONTEXT, N_OUTPUTS, LAGS = 40, 15, 18, 5
SECONDS, BATCH_SIZE, SEED = 4, 512, 0
OURS, WINDOWS, FLOOR = "DSRNRegressor", "window formulation", "floor"


def main() -> None:
    """Measure, print and write."""
    options = parse_options()
    X, y = random_speech(options.frames)
    dsrn = DSRNRegressor(
        epochs=1, frame_stride=1, batch_size=BATCH_SIZE, random_state=SEED, dropout=0.5
    )
    fitted = dsrn.fit(X, y)
    oracle = compiled_window_network(fitted.model_)
    windows = np.concatenate([np.asarray(entry) for entry in X])
    difference = largest_difference(fitted, oracle, X, windows)
    training = measure(
        {**training_runs(dsrn, X, y, windows), FLOOR: products(fitted, options.frames, True)},
        options.repeats,
    )
    prediction = measure(
        {
            OURS: lambda: fitted.predict(X),
            WINDOWS: lambda: oracle.predict(windows, batch_size=BATCH_SIZE, verbose=0),
            FLOOR: products(fitted, options.frames, False),
        },
        options.repeats,
    )
    rows = [
        *speed_rows(training, options.frames, "training, "),
        *speed_rows(prediction, options.frames, "prediction, "),
    ]
    speed = whole_path(options)
    path = write_results(
        "dsrn",
        title="Speed of DSRN beside the window formulation",
        headers=speed_headers("frames"),
        rows=rows,
        notes=[
            f"Training is {ratios(training)}.",
            f"Prediction is {ratios(prediction)}.",
            "Floor: the matrix products of the dense layers and nothing else, for batches of as "
            "many windows, by NumPy: one for a layer in prediction, three in training (forward "
            "and both gradients). Ours saves some of their multiplications in prediction.",
            f"The largest difference between their estimates is {difference:.1e} of their spread.",
            f"{options.repeats} runs of each in turns on {options.frames} frames of "
            f"{SECONDS} s utterances, every frame of them, in batches of {BATCH_SIZE} windows, "
            "float32, one thread. Building and tracing is no part of a run; the window "
            "formulation's windows are ready-made, ours are cut in its time.",
            "From audio files to landmarks (reading, features, DERN, the regressors of the two "
            f"likeliest emotions, landmarks) at {speed[0]:.1f} times real time, "
            f"{speed[1]:.1f} for one DSRN without emotions; one thread, median of "
            f"{options.repeats} runs.",
        ],
    )
    print(path.read_text())


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5, help="runs of each")
    parser.add_argument("--frames", type=int, default=8000)
    return parser.parse_args()


def random_speech(n_frames: int) -> tuple[list[Windows], list[NDArray[np.float32]]]:
    """Return utterances of random frames with random targets."""
    rng = np.random.default_rng(SEED)
    length = SECONDS * 100
    sizes = [min(length, n_frames - start) for start in range(0, n_frames, length)]
    X = [Windows(rng.standard_normal((n, N_BANDS), dtype=np.float32), CONTEXT) for n in sizes]
    return X, [rng.standard_normal((n, N_OUTPUTS), dtype=np.float32) for n in sizes]


def compiled_window_network(network: keras.Model) -> keras.Model:
    """Return Table II on one window at a time, ready to train as `network` is trained."""
    windows = window_network(network)
    windows.compile(keras.optimizers.Adam(), loss="mean_squared_error")
    return windows


def largest_difference(
    fitted: DSRNRegressor, oracle: keras.Model, X: list[Windows], windows: NDArray[np.float32]
) -> float:
    """Return how far the two formulations' estimates lie apart at most, in their spread."""
    ours = np.concatenate(list(fitted._estimates(X)))
    theirs = oracle.predict(windows, batch_size=BATCH_SIZE, verbose=0)
    return float(np.abs(ours - theirs).max() / theirs.std())


def training_runs(
    dsrn: DSRNRegressor,
    X: list[Windows],
    y: list[NDArray[np.float32]],
    windows: NDArray[np.float32],
) -> dict[str, Callable[[], object]]:
    """Return an epoch of each on networks that are compiled already."""
    ours, oracle = dsrn.model_, compiled_window_network(dsrn.model_)
    batches = ChunkBatches(
        X,
        y,
        np.ones(len(X)),
        batch_size=BATCH_SIZE,
        output_context=LAGS,
        chunk_frames=80,
        seed=SEED,
    )
    around = [
        target[np.clip(np.arange(len(target))[:, None] + np.arange(-2, 3), 0, len(target) - 1)]
        for target in y
    ]
    targets = np.concatenate(around)
    return {
        OURS: lambda: ours.fit(as_stream(batches, ours), shuffle=False, verbose=0),
        WINDOWS: lambda: oracle.fit(windows, targets, batch_size=BATCH_SIZE, verbose=0),
    }


def products(fitted: DSRNRegressor, n_frames: int, training: bool) -> Callable[[], object]:
    """Return what multiplies matrices of the dense layers' shapes, for so many frames."""
    rng = np.random.default_rng(SEED)
    layers = []
    for layer in fitted.model_.layers:
        if isinstance(layer, keras.layers.Dense):
            kernel = layer.get_weights()[0]
            rows, gradient = (
                rng.standard_normal((BATCH_SIZE, n), dtype=np.float32) for n in kernel.shape
            )
            layers.append((rows, kernel, gradient))

    def run() -> None:
        for start in range(0, n_frames, BATCH_SIZE):
            n = min(BATCH_SIZE, n_frames - start)
            for rows, kernel, gradient in layers:
                np.matmul(rows[:n], kernel)
                if training:
                    np.matmul(gradient[:n], kernel.T)
                    np.matmul(rows[:n].T, gradient[:n])

    return run


def ratios(seconds: Seconds) -> str:
    """Return how many times faster ours is, and how far from its floor, in words."""
    best, middle = speed_ratios(seconds, OURS, WINDOWS)
    floor, floor_middle = speed_ratios(seconds, FLOOR, OURS)
    return (
        f"{best:.2f} times as fast as the window formulation (best runs; {middle:.2f} by the "
        f"medians, {cpu_ratio(seconds, OURS, WINDOWS):.2f} by CPU seconds) and takes "
        f"{floor:.2f} times the floor ({floor_middle:.2f} by the medians)"
    )


def whole_path(options: argparse.Namespace) -> tuple[float, float]:
    """Return real-time factors from audio files to landmarks: the cascade's, and one DSRN's."""
    speech = make_affective_speech(2, 1, landmarks=True, random_state=SEED)
    windower = MFSCWindower(short="error")
    X = list(windower.fit_transform(speech.data))
    tracks = [
        np.resize(track, (len(entry), *track.shape[1:]))
        for track, entry in zip(speech.landmarks, X, strict=True)
    ]
    dsrn = DSRNRegressor(epochs=1, random_state=SEED)
    cascade = EmotionConditionedRegressor(DERNClassifier(epochs=1, random_state=SEED), dsrn)
    models = [
        ShapeTargetRegressor(cascade).fit(X, tracks, emotion=speech.target),
        ShapeTargetRegressor(dsrn).fit(X, tracks),
    ]
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for i, waveform in enumerate(speech.data):
            paths.append(f"{folder}/{i}.wav")
            soundfile.write(paths[-1], waveform, speech.sr)
        duration = sum(map(len, speech.data)) / speech.sr
        factors = []
        for model in models:
            times = []
            for _ in range(options.repeats + 1):
                start = time.perf_counter()
                model.predict(windower.transform(AudioReader().fit_transform(paths)))
                times.append(time.perf_counter() - start)
            factors.append(duration / median(times[1:]))
    return factors[0], factors[1]


if __name__ == "__main__":
    main()
