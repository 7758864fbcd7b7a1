"""Recognition of recording devices, beside the paper's Table 3.

::

    python benchmarks/device.py --experiment 1 --root data
    python benchmarks/device.py --experiment 2
    python benchmarks/device.py --experiment 1 --corpus mobiphone --root folder
    python benchmarks/device.py --experiment 2 --corpus wspire --root folder

Experiment 1 is real speech (``ravdess`` in --root) through measured microphones (``micirp``
there), without a codec and with AMR; experiment 2 is neutral and whispered speech, generated,
through five devices. Three folds over speakers, shuffled by the seed; a mismatched test is on
the same fold's speakers in the other mode of speech. Every network trains for a fixed number
of epochs. A stopped run goes on where it was.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from skaffect._quiet import quiet_tensorflow

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
quiet_tensorflow()

import matplotlib

matplotlib.use("Agg")

import numpy as np
from sklearn.metrics import accuracy_score
from sklearn.utils import Bunch

from benchmarks._device_attention import attention, draw_attention, write_deletion
from benchmarks._device_systems import (
    BASELINE,
    DUAL,
    N_MICROPHONES,
    N_SENTENCES,
    N_SPEAKERS,
    N_UTTERANCES,
    SINGLE,
    SVM,
    at_level,
    read_generated,
    read_mobiphone,
    read_ravdess_through_microphones,
    read_wspire,
    system,
)
from benchmarks._device_table import SYSTEMS, ChoiceProtocol, Columns, columns_of, orderings
from benchmarks._precision import InPrecision, add_precision
from benchmarks._results import minutes_of, spread, write_results
from skaffect import DeviceProtocol, System, run_protocol

AMR_KBPS = 12.2
AMR = f"Ex-1, AMR {AMR_KBPS}"
# Table 3, percent.
PAPER = {
    "Ex-1": {BASELINE: 92.21, SINGLE: 86.64, DUAL: 94.56},
    "neutral": {BASELINE: 93.8, SINGLE: 97.82, DUAL: 99.12},
    "whispered": {BASELINE: 91.54, SINGLE: 99.08, DUAL: 99.37},
    "neutral/whispered": {BASELINE: 73.72, SINGLE: 60.52, DUAL: 69.45},
    "whispered/neutral": {BASELINE: 66.86, SINGLE: 49.36, DUAL: 51.4},
}
# Experiment 1 has three thousand recordings to train on, experiment 2 four hundred.
EPOCHS = {
    1: {"epochs": 100, "baseline_epochs": 10},
    2: {"epochs": 180, "baseline_epochs": 20},
}
METRICS = {"accuracy": accuracy_score}
TRAINING = "training accuracy"

Observation = Callable[[Any, Bunch, Mapping[str, Bunch]], Any]

CHOICES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (DUAL, "nothing", {}),
    (DUAL, "in one stretch", {"crop_pieces": 1}),
    (DUAL, "two seconds, in one stretch", {"crop_frames": 200, "crop_pieces": 1}),
    (DUAL, "whole utterances", {"crop_frames": None}),
    (DUAL, "plain softmax, score_scale=1", {"score_scale": 1.0}),
    (DUAL, "sigmoid attention", {"attention": "sigmoid"}),
    (DUAL, "bands summed, equation 2 as printed", {"band_pooling": "sum"}),
    (DUAL, "dropout 0.2", {"dropout": 0.2}),
    (SINGLE, "nothing", {}),
    (SINGLE, "in one stretch", {"crop_pieces": 1}),
    (SINGLE, "whole utterances", {"crop_frames": None}),
    (SINGLE, "average of 2 bands", {"averaged_bands": 2}),
    (SINGLE, "average of all 12 bands", {"averaged_bands": 12}),
    (BASELINE, "nothing", {}),
    (SVM, "nothing", {}),
)


def main() -> None:
    """Run what is not yet done, then write the table."""
    options = parse_options()
    conditions = read_corpora(options)
    if options.choices:
        compare_choices(conditions, options)
        return
    result = run_protocol(
        {name: observed(name, options) for name in SYSTEMS},
        conditions,
        DeviceProtocol(
            "mode" if options.experiment == 2 else None, random_state=options.random_state
        ),
        folder=options.output,
        metrics=METRICS,
        n_jobs=options.jobs,
        random_state=options.random_state,
        verbose=1,
    )
    write_table(result, options)
    if options.experiment == 2 and options.corpus == "simulated":
        seen = attended(result)
        draw_attention(seen)
        write_deletion(seen)


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--experiment", type=int, choices=[1, 2], required=True)
    parser.add_argument("--corpus", choices=["simulated", "mobiphone", "wspire"])
    parser.add_argument("--root", type=Path, help="folder of the corpus")
    parser.add_argument("--epochs", type=int, help="of the attention networks")
    parser.add_argument("--baseline-epochs", type=int)
    parser.add_argument("--choices", action="store_true", help="compare readings of the paper")
    add_precision(parser)
    parser.add_argument("--random-state", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--output", type=Path, help="folder of the run")
    options = parser.parse_args()
    options.corpus = options.corpus or "simulated"
    if options.corpus == {1: "wspire", 2: "mobiphone"}[options.experiment]:
        parser.error(f"{options.corpus} is not the corpus of experiment {options.experiment}")
    if options.root is None and (options.experiment, options.corpus) != (2, "simulated"):
        parser.error("--root, the folder of the corpus, is needed")
    for name, epochs in EPOCHS[options.experiment].items():
        if vars(options)[name] is None:
            setattr(options, name, epochs)
    if options.output is None:
        what = "choices" if options.choices else f"ex{options.experiment}"
        options.output = Path("results") / f"device-{what}-{options.corpus}"
    return options


def read_corpora(options: argparse.Namespace) -> dict[str, Bunch]:
    """Return the corpora that were asked for, every recording at one level."""
    if options.corpus == "mobiphone":
        corpora = {"Ex-1": read_mobiphone(options.root)}
    elif options.corpus == "wspire":
        corpora = {"Ex-2": read_wspire(options.root)}
    elif options.experiment == 2:
        corpora = {"Ex-2": read_generated(options.random_state)}
    else:
        codecs = {"Ex-1": None} if options.choices else {"Ex-1": None, AMR: AMR_KBPS}
        corpora = {
            name: read_ravdess_through_microphones(
                options.root / "ravdess",
                options.root / "micirp",
                amr_kbps=amr_kbps,
                random_state=options.random_state,
            )
            for name, amr_kbps in codecs.items()
        }
    for corpus in corpora.values():
        corpus.data = [at_level(waveform) for waveform in corpus.data]
    return corpora


def observed(name: str, options: argparse.Namespace, **changes: Any) -> System:
    """Return a system with the epochs and the arithmetic that were asked for."""
    epochs = options.baseline_epochs if name == BASELINE else options.epochs
    # The baseline computes no faster in bfloat16.
    precision = "float32" if name == BASELINE else options.precision
    observations: dict[str, Observation] = {TRAINING: training_accuracy}
    if name == DUAL and options.experiment == 2 and options.corpus == "simulated":
        observations["attention"] = partial(attention, random_state=options.random_state)
    return System(
        InPrecision(system(name, epochs, options.random_state, **changes), precision),
        observations=observations,
    )


def training_accuracy(model: Any, trained: Bunch, parts: Mapping[str, Bunch]) -> float:
    """Return the share of recordings recognised that the system was trained on."""
    return float(model.score(trained.data, trained.target))


def compare_choices(conditions: dict[str, Bunch], options: argparse.Namespace) -> None:
    """Compare readings of the paper on validation speakers of the first fold's training part."""
    systems = {f"{name}, {label}": (name, changes) for name, label, changes in CHOICES}
    result = run_protocol(
        {label: observed(name, options, **changes) for label, (name, changes) in systems.items()},
        conditions,
        ChoiceProtocol(random_state=options.random_state),
        folder=options.output,
        metrics=METRICS,
        n_jobs=options.jobs,
        random_state=options.random_state,
        verbose=1,
    )
    path = write_results(
        f"device_choices_ex{options.experiment}",
        title="Readings of the paper's device networks, on validation speakers",
        headers=["system", "what differs from the defaults", "percent", "in training"],
        rows=[
            [
                name,
                label,
                *(
                    f"{100 * np.mean(accuracies):.1f}"
                    for accuracies in (
                        result.table.value[result.table.system == f"{name}, {label}"],
                        training(result, f"{name}, {label}"),
                    )
                ),
            ]
            for name, label, _ in CHOICES
        ],
        notes=[
            "Each trained once, and asked about a quarter of the speakers of the first training "
            "part, whose test part is not touched; those of the other folds hold these speakers. "
            "Differences of a few percent may be those of another seed.",
            what_was_heard(options),
            f"Attention networks: {options.epochs} epochs; baseline: {options.baseline_epochs}. "
            f"{options.precision}.",
        ],
    )
    print(path.read_text())


def write_table(result: Bunch, options: argparse.Namespace) -> None:
    """Write Table 3's columns, each beside the paper's, and which of its orderings hold."""
    columns = columns_of(result.table)
    minutes = minutes_of(options.output)
    rows: list[list[Any]] = []
    for name in SYSTEMS:
        row: list[Any] = [name]
        for column, accuracies in columns.items():
            row += [percent(accuracies[name]), paper(column).get(name)]
        rows.append([*row, round(minutes[name], 1)])
    headers = ["system"]
    for column in columns:
        headers += [column, f"{column}, paper"]
    path = write_results(
        f"device_ex{options.experiment}" + ("" if options.corpus == "simulated" else "_original"),
        title=f"Recording devices, experiment {options.experiment}: percent of utterances",
        headers=[*headers, "minutes"],
        rows=rows,
        notes=notes(result, columns, options),
        packages=("av",),
    )
    print(path.read_text())


def notes(result: Bunch, columns: Columns, options: argparse.Namespace) -> list[str]:
    """Say what the table's figures are of."""
    heard = int(result.table.n_train.iloc[0])
    return [
        'Mean and standard deviation over 3 folds over speakers. "a/b" trains on mode a and '
        "tests on the same fold's speakers in mode b.",
        what_was_heard(options),
        f"The attention networks train for {options.epochs} epochs, {options.precision}, the "
        f"baseline for {options.baseline_epochs}, on {heard} recordings a fold; percent "
        "recognised of what they were trained on: "
        + ", ".join(f"{name} {100 * np.mean(training(result, name)):.0f}" for name in SYSTEMS)
        + ".",
        "Each fold. "
        + "; ".join(
            f"{column}, {name}: " + ", ".join(f"{100 * a:.1f}" for a in accuracies[name])
            for column, accuracies in columns.items()
            for name in SYSTEMS
        )
        + ".",
        "Orderings of the paper's table: " + "; ".join(orderings(columns)) + ".",
        "The networks' settings are the package's defaults, but for the numbers of epochs. They "
        "were chosen on validation speakers of the first fold's training part of Ex-1, without a "
        "codec, some of whom are tested in its other folds: its first fold is the one that no "
        "choice has seen. Epochs and utterances are so many that an experiment ends within an "
        "hour on two cores.",
        f"Minutes are of one core, all folds and columns together; {options.jobs} pieces ran "
        "side by side.",
    ]


def training(result: Bunch, name: str) -> list[float]:
    """Return a system's accuracies on what it was trained on, of all conditions and folds."""
    return [
        fold[TRAINING]
        for condition in result.observations[name].values()
        for fold in condition.values()
    ]


def attended(result: Bunch) -> dict[str, list[dict[str, Any]]]:
    """Return what dual attention attended to in each mode of speech, fold by fold."""
    by_mode: dict[str, list[dict[str, Any]]] = {}
    for fold, seen in result.observations[DUAL]["Ex-2"].items():
        by_mode.setdefault(fold.partition(",")[0], []).append(seen["attention"])
    return by_mode


def percent(accuracies: Any) -> str:
    """Return mean and standard deviation in percent, as text."""
    return spread(100 * np.array(accuracies), 1)


def paper(column: str) -> dict[str, float]:
    """Return the paper's column; its AMR files are wide-band, so one serves both of ours."""
    return PAPER["Ex-1" if column.startswith("Ex-1") else column]


def what_was_heard(options: argparse.Namespace) -> str:
    """Describe the recordings."""
    if options.corpus != "simulated":
        return "The paper's own corpus, all recordings brought to one level."
    if options.experiment == 2:
        return (
            f"Generated speech, {N_SPEAKERS} speakers, {N_SENTENCES} sentences in both modes, "
            "through five devices, all brought to one level; the paper's wSPIRE has 88 speakers "
            "and 50 sentences: not a comparison."
        )
    return (
        f"RAVDESS, 16 speakers, {N_UTTERANCES} utterances of each, drawn by the seed and freed of "
        f"digital silence at the ends, through {N_MICROPHONES} measured microphones with "
        "self-noise 40 dB below speech. All recordings are brought to one level before any "
        f"system hears them. AMR-NB at {AMR_KBPS} kbit/s empties the bands above 4 kHz, unlike "
        "the paper's AMR at 16 kHz. The paper's MOBIPHONE is played back to 21 phones: not a "
        "comparison."
    )


if __name__ == "__main__":
    main()
