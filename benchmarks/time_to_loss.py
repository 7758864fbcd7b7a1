"""What larger batches and reduced precision save: time to the same loss on unheard speakers.

::

    python benchmarks/time_to_loss.py [--root data/ravdess] [--seeds 2]

DERN trains in single and mixed precision, in batches of 128, 256 and 512 with the learning rate
in proportion, without augmentation, for which there is no time. What counts is when the loss on
validation speakers first comes down to the best one of single precision in batches of 128: windows
per second say nothing of that. One thread.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import Any

from skaffect._quiet import quiet_tensorflow

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
for variable in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
quiet_tensorflow()

import keras
import numpy as np
from sklearn.utils import Bunch

from benchmarks._loss_curves import Curve, loss_rows
from benchmarks._precision import set_precision
from benchmarks._results import write_results
from skaffect import AudioReader, DERNClassifier, MFSCWindower, make_affective_speech
from skaffect.cli._guessing import guessing_loss
from skaffect.datasets import load_ravdess

BATCH_SIZES, LEARNING_RATE = (128, 256, 512), 1e-3
PRECISIONS = ("float32", "mixed_bfloat16")
VALIDATION_FRACTION, FRAME_STRIDE = 1 / 3, 8
HEADERS = [
    "arithmetic",
    "batch",
    "learning rate",
    "an epoch, s",
    "best loss",
    "seeds that reach the first line's",
    "until then, s",
    "times as fast",
]


class Stopwatch(keras.callbacks.Callback):
    """Seconds that each epoch's training took, validation left out."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Start."""
        self._started = time.perf_counter()

    def on_test_begin(self, logs: Any = None) -> None:
        """Stop before the validation."""
        self.seconds.append(time.perf_counter() - self._started)


def main() -> None:
    """Train, print and write."""
    options = parse_options()
    speech = read(options)
    X = MFSCWindower().fit_transform(AudioReader().fit_transform(speech.data))
    precisions = PRECISIONS[:1] if options.single else PRECISIONS
    # What the others must reach comes first.
    curves: dict[tuple[str, int], list[Curve]] = {
        (precision, size): [] for precision in precisions for size in BATCH_SIZES
    }
    for seed in range(options.seeds):  # in turns
        for setting, seeds in curves.items():
            seeds.append(trained(*setting, X, speech, options.epochs, seed))
            print(*setting, seed, seeds[-1], file=sys.stderr, flush=True)
    path = write_results(
        "time_to_loss",
        title="Time to the same validation loss, by precision and batch size",
        headers=HEADERS,
        rows=[
            [precision, size, scaled_rate(size), *row]
            for (precision, size), row in zip(curves, loss_rows(curves), strict=True)
        ],
        notes=[
            f"DERN, {options.epochs} epochs of one frame in {FRAME_STRIDE}, no augmentation, on "
            f"{len(set(speech.speaker))} speakers "
            f"{'of RAVDESS' if options.root else 'that are generated'}, a third of whom are the "
            f"validation's; {options.seeds} seeds, which also draw the validation speakers. The "
            "mark is each seed's best validation loss by single precision in batches of "
            f"{BATCH_SIZES[0]}. Guessing by the emotions' shares has a loss of "
            f"{guessing_loss(speech.target):.2f}.",
            "Seconds are of training, wall clock, one thread, tracing included and validation "
            "not; those of an epoch leave the first one out. Medians over the seeds: the last two "
            "columns are empty where half of them never arrive.",
        ],
    )
    print(path.read_text())


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, help="folder of RAVDESS (default: generated speech)")
    parser.add_argument("--speakers", type=int, default=12)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument(
        "--single", action="store_true", help="single precision alone, on slow reduced precision"
    )
    return parser.parse_args()


def read(options: argparse.Namespace) -> Bunch:
    """Return so many speakers' recordings, their emotions and names."""
    if options.root is None:
        return make_affective_speech(options.speakers, 4, random_state=0)
    speech = load_ravdess(options.root)
    heard = np.isin(speech.speaker, np.unique(speech.speaker)[: options.speakers])
    return Bunch(
        data=[path for path, taken in zip(speech.data, heard, strict=True) if taken],
        target=np.asarray(speech.target)[heard],
        speaker=np.asarray(speech.speaker)[heard],
    )


def trained(
    precision: str, batch_size: int, X: Any, speech: Bunch, epochs: int, seed: int
) -> Curve:
    """Train one network, and return its validation losses and when it had them."""
    set_precision(precision)
    watch = Stopwatch()
    dern = DERNClassifier(
        batch_size=batch_size,
        learning_rate=scaled_rate(batch_size),
        epochs=epochs,
        frame_stride=FRAME_STRIDE,
        augmentation=0.0,
        early_stopping=True,
        validation_fraction=VALIDATION_FRACTION,
        patience=epochs,  # never
        callbacks=[lambda: watch],
        random_state=seed,
    ).fit(X, speech.target, groups=speech.speaker)
    return Curve(watch.seconds, dern.history_["val_loss"])


def scaled_rate(batch_size: int) -> float:
    """Return the learning rate in proportion to the batch."""
    return LEARNING_RATE * batch_size / BATCH_SIZES[0]


if __name__ == "__main__":
    main()
