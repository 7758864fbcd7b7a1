"""Memory of training DERN and speed of its windows, which are never all in memory.

    python benchmarks/dern_training.py [--only memory] [--repeats 3]

Memory: the peak of fresh processes that train on a quarter of an hour and on an hour of
frames. Speed: training and prediction beside bare Keras and beside SciKeras used the ordinary
way, both with the same network on ready-made windows, in turns, so that what else the machine
does hits all alike.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skaffect._quiet import quiet_tensorflow

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks._memory import peak_resident
from benchmarks._timing import cpu_ratio, measure, speed_headers, speed_ratios, speed_rows

N_BANDS, CONTEXT, N_CLASSES = 40, 15, 7
FRAMES_PER_SECOND, UTTERANCE_SECONDS = 100, 4
BATCH_SIZE, PREDICTION_BATCH, SEED = 128, 256, 0
MEMORY_HEADERS = ["speech, minutes", "frames, MiB", "peak, MiB", "as windows, MiB"]
OURS, DEFAULT = "DERNClassifier", "DERNClassifier, augmentation=0.5"
BARE, SCIKERAS = "bare Keras on ready-made windows", "SciKeras on ready-made windows"
MIB = 2**20

Runs = dict[str, Callable[[], object]]


def main() -> None:
    """Measure, print and write what was asked for."""
    arguments = parse_arguments()
    if arguments.peak_of is not None:
        print(json.dumps(peak_memory(arguments.peak_of, arguments.frame_stride)))
        return
    if arguments.only != "speed":
        report_memory(arguments)
    if arguments.only != "memory":
        report_speed(arguments)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=["memory", "speed"])
    parser.add_argument("--repeats", type=int, default=3, help="processes, and runs, of each")
    parser.add_argument("--minutes", type=float, nargs=2, default=[15, 60], help="for memory")
    parser.add_argument("--frame-stride", type=int, default=4, help="for memory")
    parser.add_argument("--windows", type=int, default=20_000, help="for speed")
    parser.add_argument("--epochs", type=int, default=2, help="for speed")
    parser.add_argument("--peak-of", type=float, metavar="MINUTES", help=argparse.SUPPRESS)
    return parser.parse_args()


def random_utterances(n_frames: int) -> tuple[list[Any], NDArray[np.intp]]:
    """Return utterances of random frames with random labels: what they hold costs nothing."""
    from skaffect import Windows

    rng = np.random.default_rng(SEED)
    length = UTTERANCE_SECONDS * FRAMES_PER_SECOND
    lengths = [min(length, n_frames - start) for start in range(0, n_frames, length)]
    frames = (rng.standard_normal((n, N_BANDS), dtype=np.float32) for n in lengths)
    labels = rng.permutation(np.arange(len(lengths)) % N_CLASSES)
    return [Windows(part, CONTEXT) for part in frames], labels


# Memory


def peak_memory(minutes: float, frame_stride: int) -> int:
    """Train for an epoch and return the peak of this process's resident memory in bytes."""
    quiet_tensorflow()
    from skaffect import DERNClassifier

    utterances, labels = random_utterances(round(minutes * 60 * FRAMES_PER_SECOND))
    DERNClassifier(
        epochs=1, batch_size=BATCH_SIZE, frame_stride=frame_stride, random_state=SEED
    ).fit(utterances, labels)
    return peak_resident()


def peak_of_process(minutes: float, frame_stride: int) -> int:
    command = [sys.executable, __file__, "--peak-of", str(minutes)]
    answer = subprocess.run(
        [*command, "--frame-stride", str(frame_stride)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return int(json.loads(answer.stdout.splitlines()[-1]))


def report_memory(arguments: argparse.Namespace) -> None:
    sizes = [
        minutes * 60 * FRAMES_PER_SECOND * N_BANDS * np.float32().nbytes
        for minutes in arguments.minutes
    ]
    peaks: list[list[int]] = [[], []]
    for _ in range(arguments.repeats):
        for i, minutes in enumerate(arguments.minutes):
            peaks[i].append(peak_of_process(minutes, arguments.frame_stride))
    middle = [median(values) for values in peaks]
    slope = (middle[1] - middle[0]) / (sizes[1] - sizes[0])
    rows = [
        [minutes, size / MIB, peak / MIB, size * CONTEXT / MIB]
        for minutes, size, peak in zip(arguments.minutes, sizes, middle, strict=True)
    ]
    spread = max(max(values) - min(values) for values in peaks) / MIB
    notes = [
        f"Peak resident memory grows by {slope:.2f} times the added frames; windows in an array "
        f"would be {CONTEXT} times.",
        f"Median of {arguments.repeats} fresh processes, which lie within {spread:.0f} MiB; one "
        f"epoch of Table I's network on random frames, one in {arguments.frame_stride} drawn.",
    ]
    write("dern_training_memory", "Memory of training DERN", MEMORY_HEADERS, rows, notes)


# Speed


def report_speed(arguments: argparse.Namespace) -> None:
    training_runs, prediction_runs = contestants(arguments)
    training = measure(training_runs, arguments.repeats)
    # After the training: SciKeras predicts with what it trained.
    prediction = measure(prediction_runs, arguments.repeats)
    rows = [
        *speed_rows(training, arguments.windows * arguments.epochs, "training, "),
        *speed_rows(prediction, arguments.windows, "prediction, "),
    ]
    ratios = [
        f"{what}: {OURS} is {best:.2f} times as fast as {other} (best runs; {middle:.2f} by the "
        f"medians, {cpu_ratio(seconds, OURS, other):.2f} by CPU seconds)."
        for what, seconds in (("Training", training), ("Prediction", prediction))
        for other in (BARE, SCIKERAS)
        for best, middle in [speed_ratios(seconds, OURS, other)]
    ]
    notes = [
        *ratios,
        f"{arguments.repeats} runs of each in turns; {arguments.epochs} epochs of "
        f"{arguments.windows} windows in batches of {BATCH_SIZE}, Table I's network. Building "
        "and tracing it is part of every run of training; cutting the ready-made windows is not.",
        f"Prediction is of all windows, in batches of {PREDICTION_BATCH}; ours cuts them and "
        "counts the votes as well.",
    ]
    headers = speed_headers("windows")
    write("dern_training_speed", "Speed of DERN on windows", headers, rows, notes)


def contestants(arguments: argparse.Namespace) -> tuple[Runs, Runs]:
    """Return runs that train the same network on the same windows, and that ask trained ones."""
    quiet_tensorflow()
    import keras
    from scikeras.wrappers import KerasClassifier

    from skaffect import DERNClassifier
    from skaffect.nets import build_dern

    utterances, labels = random_utterances(arguments.windows)
    windows = np.concatenate([np.asarray(utterance) for utterance in utterances])
    classes = np.repeat(labels, [len(each) for each in utterances])
    targets = np.eye(N_CLASSES, dtype=np.float32)[classes]
    dern = DERNClassifier(
        epochs=arguments.epochs, batch_size=BATCH_SIZE, frame_stride=1, random_state=SEED
    )

    def network() -> keras.Model:
        return build_dern((N_BANDS, CONTEXT), N_CLASSES, dropout=dern.dropout, seed=SEED)

    wrapped = KerasClassifier(
        network,
        loss="categorical_crossentropy",
        optimizer="adam",
        batch_size=BATCH_SIZE,
        epochs=arguments.epochs,
        predict__batch_size=PREDICTION_BATCH,
        verbose=0,
    )

    def ours(augmentation: float) -> None:
        dern.set_params(augmentation=augmentation).fit(utterances, labels)

    def bare() -> None:
        model = network()
        model.compile(keras.optimizers.Adam(), loss="categorical_crossentropy")
        model.fit(windows, targets, batch_size=BATCH_SIZE, epochs=arguments.epochs, verbose=0)

    untrained = network()
    return (
        {
            OURS: lambda: ours(0.0),
            BARE: bare,
            SCIKERAS: lambda: wrapped.fit(windows, classes),
            DEFAULT: lambda: ours(0.5),
        },
        {
            OURS: lambda: dern.predict(utterances),
            BARE: lambda: untrained.predict(windows, batch_size=PREDICTION_BATCH, verbose=0),
            SCIKERAS: lambda: wrapped.predict(windows),
        },
    )


def write(
    stem: str, title: str, headers: list[str], rows: list[list[Any]], notes: list[str]
) -> None:
    # Imported here: what is measured must not carry the report's memory.
    from benchmarks._results import write_results

    print(write_results(stem, title=title, headers=headers, rows=rows, notes=notes).read_text())


if __name__ == "__main__":
    main()
