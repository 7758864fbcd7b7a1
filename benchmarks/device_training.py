"""Speed of training the device networks on utterances of 1 to 8 seconds.

    python benchmarks/device_training.py [--repeats 3]

``fit`` of the attention classifiers, whose batches are of utterances of like length, beside
``keras.Model.fit`` of the same network out of Keras's own layers on shuffled batches that are
all padded to the longest utterance, of our network on the same batches, and on ones that are
padded to the longest of their own, in turns.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skaffect._quiet import quiet_tensorflow

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
quiet_tensorflow()

import keras

from benchmarks._plain_attention import plain_network
from benchmarks._results import write_results
from benchmarks._timing import measure, speed_headers, speed_ratios, speed_rows
from skaffect import (
    DualAttentionDeviceClassifier,
    SingleAttentionDeviceClassifier,
    build_dual_attention,
    build_single_attention,
)
from skaffect._length_batches import pad_batch

N_BANDS, N_DEVICES, FRAMES_PER_SECOND = 24, 21, 100
SECONDS = (1.0, 8.0)
BATCH_SIZE, SEED = 16, 0
OURS, OWN = "fit", "our network, padded to the batch's longest"
PLAIN, ALL = (f"{whose}, padded to the longest utterance" for whose in ("Keras", "our network"))
NETWORKS: dict[str, tuple[Any, Callable[..., Any]]] = {
    "DA-CNN": (DualAttentionDeviceClassifier, build_dual_attention),
    "SA-CNN": (SingleAttentionDeviceClassifier, build_single_attention),
}


class PaddedBatches(keras.utils.PyDataset):
    """Shuffled batches, padded to one length or each to its own longest utterance."""

    def __init__(
        self, entries: Sequence[NDArray[Any]], targets: NDArray[Any], n_frames: int | None
    ) -> None:
        super().__init__()
        self._entries, self._targets, self._n_frames = entries, targets, n_frames
        self._rng = np.random.default_rng(SEED)
        self._order = self._rng.permutation(len(entries))

    def __len__(self) -> int:
        return -(-len(self._entries) // BATCH_SIZE)

    def __getitem__(self, number: int) -> tuple[dict[str, NDArray[Any]], NDArray[Any]]:
        drawn = self._order[number * BATCH_SIZE : (number + 1) * BATCH_SIZE]
        entries = [self._entries[i] for i in drawn]
        n_frames = self._n_frames or max(map(len, entries))
        return pad_batch(entries, n_frames), self._targets[drawn]

    def on_epoch_end(self) -> None:
        """Shuffle anew."""
        self._order = self._rng.permutation(len(self._entries))


def main() -> None:
    """Measure, print and write."""
    options = parse_options()
    lengths = np.linspace(*SECONDS, options.utterances) * FRAMES_PER_SECOND
    rng = np.random.default_rng(SEED)
    entries = [
        rng.standard_normal((int(n), N_BANDS), dtype=np.float32) for n in rng.permutation(lengths)
    ]
    labels = rng.permutation(np.arange(len(entries)) % N_DEVICES)
    rows, notes = [], []
    for name in NETWORKS:
        seconds = measure(contestants(name, entries, labels, options.epochs), options.repeats)
        rows += speed_rows(seconds, len(entries) * options.epochs, f"{name}, ")
        for other in (PLAIN, ALL, OWN):
            best, middle = speed_ratios(seconds, OURS, other)
            notes.append(
                f"{name}: {best:.2f} times as fast (best runs; {middle:.2f} by the medians) as "
                f"{other}."
            )
    path = write_results(
        "device_training",
        title="Speed of training the device networks",
        headers=speed_headers("utterances", "training"),
        rows=rows,
        notes=[
            *notes,
            f"{options.repeats} runs of each in turns; {options.epochs} epochs of {len(entries)} "
            f"utterances of {SECONDS[0]:g} to {SECONDS[1]:g} s, uniformly, in batches of "
            f"{BATCH_SIZE}, Table 1's networks. Building and tracing is part of every run.",
            "Keras is the same network out of Keras's own layers, its LSTMs one by one, without "
            "masks: padding is heard there, and no time is spent on leaving it out.",
            "All train on whole utterances, as the paper does, and not on the stretches of the "
            "package's defaults.",
        ],
    )
    print(path.read_text())


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3, help="runs of each")
    parser.add_argument("--utterances", type=int, default=192)
    parser.add_argument("--epochs", type=int, default=2)
    return parser.parse_args()


def contestants(
    name: str, entries: list[NDArray[Any]], labels: NDArray[Any], epochs: int
) -> dict[str, Callable[[], object]]:
    """Return runs that train the same network on the same utterances for the same epochs."""
    kind, build = NETWORKS[name]
    # Whole utterances, and everything else as Keras does by default.
    model = kind(
        crop_frames=None,
        dropout=0.0,
        learning_rate=1e-3,
        learning_rate_schedule="constant",
        epochs=epochs,
        batch_size=BATCH_SIZE,
        random_state=SEED,
    )
    targets = np.eye(N_DEVICES, dtype=np.float32)[labels]

    def bare(n_frames: int | None, *, plain: bool = False) -> None:
        network = build(N_BANDS, N_DEVICES, seed=SEED)
        if plain:
            network = plain_network(network)
        network.compile(keras.optimizers.Adam(), loss="categorical_crossentropy")
        network.fit(PaddedBatches(entries, targets, n_frames), epochs=epochs, verbose=0)

    return {
        OURS: lambda: model.fit(entries, labels),
        PLAIN: lambda: bare(max(map(len, entries)), plain=True),
        ALL: lambda: bare(max(map(len, entries))),
        OWN: lambda: bare(None),
    }


if __name__ == "__main__":
    main()
