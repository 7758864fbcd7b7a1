"""Recognition of recording devices, beside the paper's Table 3.

::

    python benchmarks/device.py --experiment 1 --root ../shared/data
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
import time
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

import matplotlib.pyplot as plt
import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.utils import Bunch

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
    parts,
    read_generated,
    read_mobiphone,
    read_ravdess_through_microphones,
    read_wspire,
    system,
)
from benchmarks._device_table import (
    N_FOLDS,
    SYSTEMS,
    Columns,
    orderings,
    split,
    validation_split,
)
from benchmarks._precision import add_precision, set_precision
from benchmarks._results import RESULTS, write_results
from benchmarks._resume import Pieces
from skaffect import (
    band_weights,
    deletion_test,
    frame_weights,
    phone_classes,
    plot_band_weights,
    plot_frame_weights,
    weight_histogram,
)

AMR_KBPS = 12.2
# Table 3, percent.
PAPER = {
    "Ex-1": {BASELINE: 92.21, SINGLE: 86.64, DUAL: 94.56},
    "neutral": {BASELINE: 93.8, SINGLE: 97.82, DUAL: 99.12},
    "whispered": {BASELINE: 91.54, SINGLE: 99.08, DUAL: 99.37},
    "neutral/whispered": {BASELINE: 73.72, SINGLE: 60.52, DUAL: 69.45},
    "whispered/neutral": {BASELINE: 66.86, SINGLE: 49.36, DUAL: 51.4},
}
MODES = ("neutral", "whispered")

CHOICES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (DUAL, "nothing", {}),
    (DUAL, "whole utterances", {"crop_frames": None}),
    (DUAL, "plain softmax, score_scale=1", {"score_scale": 1.0}),
    (DUAL, "sigmoid attention", {"attention": "sigmoid"}),
    (DUAL, "bands summed, equation 2 as printed", {"band_pooling": "sum"}),
    (DUAL, "no dropout", {"dropout": 0.0}),
    (SINGLE, "nothing", {}),
    (SINGLE, "whole utterances", {"crop_frames": None}),
    (SINGLE, "average of 2 bands", {"averaged_bands": 2}),
    (SINGLE, "average of all 12 bands", {"averaged_bands": 12}),
    (BASELINE, "nothing", {}),
    (SVM, "nothing", {}),
)

Answer = dict[str, Any]


def main() -> None:
    """Run what is not yet done, then write the table."""
    options = parse_options()
    pieces = Pieces(options.output, settings(options))
    corpora = read_corpora(options)
    # Both modes of speech are of one corpus.
    for corpus in {id(corpus): corpus for corpus, _ in corpora.values()}.values():
        corpus.data = [at_level(waveform) for waveform in corpus.data]
    if options.choices:
        compare_choices(next(iter(corpora.values()))[0], pieces, options)
        return
    run = Parallel(n_jobs=options.jobs, return_as="generator")
    tasks = [
        (condition, name, fold)
        for fold in range(N_FOLDS)
        for condition in corpora
        for name in SYSTEMS
    ]
    columns: Columns = {}
    minutes = dict.fromkeys(SYSTEMS, 0.0)
    training = []
    attended: dict[str, list[dict[str, Any]]] = {}
    for (condition, name, fold), answer in zip(
        tasks,
        run(
            delayed(pieces.get)(
                f"{condition}-{name}-fold{fold}".replace(" ", "-"),
                answer_fold,
                *corpora[condition],
                condition,
                name,
                fold,
                options,
            )
            for condition, name, fold in tasks
        ),
        strict=True,
    ):
        for column, accuracy in answer["accuracy"].items():
            columns.setdefault(column, {}).setdefault(name, []).append(accuracy)
        minutes[name] += answer["minutes"]
        if answer["attention"] is not None:
            attended.setdefault(condition, []).append(answer["attention"])
        training.append((name, answer["training accuracy"], answer["recordings"]))
        print(f"{condition}, fold {fold}, {name}: {answer['accuracy']}", flush=True)
    write_table(columns, minutes, training, options)
    if attended:
        draw_attention(attended)
        write_deletion(attended)


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--experiment", type=int, choices=[1, 2], required=True)
    parser.add_argument("--corpus", choices=["simulated", "mobiphone", "wspire"])
    parser.add_argument("--root", type=Path, help="folder of the corpus")
    parser.add_argument("--epochs", type=int, default=60, help="of the attention networks")
    parser.add_argument("--baseline-epochs", type=int, default=20)
    parser.add_argument("--choices", action="store_true", help="compare readings of the paper")
    add_precision(parser)
    parser.add_argument("--random-state", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--output", type=Path, help="folder of the finished pieces")
    options = parser.parse_args()
    options.corpus = options.corpus or "simulated"
    if options.corpus == {1: "wspire", 2: "mobiphone"}[options.experiment]:
        parser.error(f"{options.corpus} is not the corpus of experiment {options.experiment}")
    if options.root is None and (options.experiment, options.corpus) != (2, "simulated"):
        parser.error("--root, the folder of the corpus, is needed")
    if options.output is None:
        what = "choices" if options.choices else f"ex{options.experiment}"
        options.output = Path("results") / f"device-{what}-{options.corpus}"
    return options


def settings(options: argparse.Namespace) -> dict[str, Any]:
    """Return everything that the finished pieces depend on besides the code."""
    left_out = ("jobs", "output", "root")
    return {name: value for name, value in vars(options).items() if name not in left_out}


def read_corpora(options: argparse.Namespace) -> dict[str, tuple[Bunch, str | None]]:
    """Return the corpus of every training condition, and the mode of speech to train on."""
    if options.corpus == "mobiphone":
        return {"Ex-1": (read_mobiphone(options.root), None)}
    if options.experiment == 1:
        return {
            name: (
                read_ravdess_through_microphones(
                    options.root / "ravdess",
                    options.root / "micirp",
                    amr_kbps=amr_kbps,
                    random_state=options.random_state,
                ),
                None,
            )
            for name, amr_kbps in (("Ex-1", None), (f"Ex-1, AMR {AMR_KBPS}", AMR_KBPS))
        }
    if options.corpus == "wspire":
        corpus = read_wspire(options.root)
    else:
        corpus = read_generated(options.random_state)
    return {mode: (corpus, mode) for mode in MODES}


def answer_fold(
    corpus: Bunch,
    mode: str | None,
    condition: str,
    name: str,
    number: int,
    options: argparse.Namespace,
) -> Answer:
    """Train one system on a fold's speakers and score it on the others."""
    started = time.monotonic()
    train, test = split(corpus.speaker, number, options.random_state)
    tests = {condition: test}
    if mode is not None:
        train &= corpus.mode == mode
        tests = {
            mode if other == mode else f"{mode}/{other}": test & (corpus.mode == other)
            for other in MODES
        }
    model = system_of(name, options)
    model.fit(parts(corpus.data, train), corpus.target[train])
    accuracy = {
        column: model.score(parts(corpus.data, own), corpus.target[own])
        for column, own in tests.items()
    }
    answer = {
        "accuracy": accuracy,
        "attention": None,
        "training accuracy": model.score(parts(corpus.data, train), corpus.target[train]),
        "recordings": int(train.sum()),
        "minutes": (time.monotonic() - started) / 60,
    }
    if name == DUAL and mode is not None and corpus.phones is not None:
        answer["attention"] = attention(model, corpus, tests[mode], options.random_state)
    return answer


def attention(
    model: Any, corpus: Bunch, chosen: NDArray[np.bool_], random_state: int
) -> dict[str, Any]:
    """Return what Figure 2 shows of held-out utterances, and the deletion test."""
    X = parts(corpus.data, chosen)
    weights = frame_weights(model, X)
    classes = phone_classes(parts(corpus.phones, chosen), [len(entry) for entry in weights])
    deletion = deletion_test(
        model, X, corpus.target[chosen], corpus.speaker[chosen], random_state=random_state
    )
    return {
        "band weights": band_weights(model, X).tolist(),
        "frame weights": {k: v.tolist() for k, v in weight_histogram(weights, classes).items()},
        "deletion": {
            name: np.asarray(deletion[name]).tolist()
            for name in ("fractions", "removed", "attended", "random")
        },
    }


def system_of(name: str, options: argparse.Namespace, **changes: Any) -> Any:
    """Return a system with the epochs and the arithmetic that were asked for."""
    # The baseline computes no faster in bfloat16.
    set_precision("float32" if name == BASELINE else options.precision)
    epochs = options.baseline_epochs if name == BASELINE else options.epochs
    return system(name, epochs, options.random_state, **changes)


def compare_choices(corpus: Bunch, pieces: Pieces, options: argparse.Namespace) -> None:
    """Compare readings of the paper on validation speakers of the first fold's training part."""
    run = Parallel(n_jobs=options.jobs, return_as="generator")
    rows = []
    for (name, label, _), answer in zip(
        CHOICES,
        run(
            delayed(pieces.get)(
                f"{name}-{label}".replace(" ", "-"), validate, corpus, name, changes, options
            )
            for name, label, changes in CHOICES
        ),
        strict=True,
    ):
        rows.append([name, label, 100 * answer["accuracy"], 100 * answer["training accuracy"]])
        print(rows[-1], flush=True)
    path = write_results(
        f"device_choices_ex{options.experiment}",
        title="Readings of the paper's device networks, on validation speakers",
        headers=["system", "what differs from the defaults", "percent", "in training"],
        rows=rows,
        notes=[
            "Speakers of the first fold's training part, every fourth of whom is heard by no "
            "network here and scored. That fold's test part is not touched; those of the other "
            "folds hold these speakers.",
            what_was_heard(options),
            f"Attention networks: {options.epochs} epochs; baseline: {options.baseline_epochs}. "
            f"{options.precision}.",
        ],
    )
    print(path.read_text())


def validate(
    corpus: Bunch, name: str, changes: dict[str, Any], options: argparse.Namespace
) -> Answer:
    """Score one reading on speakers of the first fold's training part."""
    heard, unheard = validation_split(corpus.speaker, options.random_state)
    model = system_of(name, options, **changes)
    model.fit(parts(corpus.data, heard), corpus.target[heard])
    return {
        "accuracy": model.score(parts(corpus.data, unheard), corpus.target[unheard]),
        "training accuracy": model.score(parts(corpus.data, heard), corpus.target[heard]),
    }


def write_table(
    columns: Columns,
    minutes: dict[str, float],
    training: list[tuple[str, float, int]],
    options: argparse.Namespace,
) -> None:
    """Write Table 3's columns, each beside the paper's, and which of its orderings hold."""
    rows: list[list[Any]] = []
    for name in SYSTEMS:
        row: list[Any] = [name]
        for column, accuracies in columns.items():
            percent = 100 * np.array(accuracies[name])
            row += [f"{percent.mean():.1f} ± {percent.std():.1f}", paper(column).get(name)]
        rows.append([*row, round(minutes[name], 1)])
    headers = ["system"]
    for column in columns:
        headers += [column, f"{column}, paper"]
    fitted = {
        name: np.mean([accuracy for who, accuracy, _ in training if who == name])
        for name in SYSTEMS
    }
    path = write_results(
        f"device_ex{options.experiment}" + ("" if options.corpus == "simulated" else "_original"),
        title=f"Recording devices, experiment {options.experiment}: percent of utterances",
        headers=[*headers, "minutes"],
        rows=rows,
        notes=[
            f'Mean and standard deviation over {N_FOLDS} folds over speakers. "a/b" trains on '
            "mode a and tests on the same fold's speakers in mode b.",
            what_was_heard(options),
            f"The attention networks train for {options.epochs} epochs, {options.precision}, the "
            f"baseline for {options.baseline_epochs}, on {training[0][2]} recordings a fold; "
            "percent recognised of what they were trained on: "
            + ", ".join(f"{name} {100 * value:.0f}" for name, value in fitted.items())
            + ".",
            "Each fold. "
            + "; ".join(
                f"{column}, {name}: " + ", ".join(f"{100 * a:.1f}" for a in accuracies[name])
                for column, accuracies in columns.items()
                for name in SYSTEMS
            )
            + ".",
            "Orderings of the paper's table: " + "; ".join(orderings(columns)) + ".",
            "The networks' settings are the package's defaults, which were chosen on validation "
            "speakers of the first fold's training part of Ex-1, some of whom are tested in its "
            "other folds: its first fold is the one that no choice has seen.",
            f"Minutes are of one core, all folds and columns together; {options.jobs} pieces ran "
            "side by side.",
        ],
        packages=("av",),
    )
    print(path.read_text())


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


def draw_attention(attended: dict[str, list[dict[str, Any]]]) -> None:
    """Save Figure 2: band weights by mode, and frame weights over kinds of speech."""
    figure, axes = plt.subplots(1, 3, figsize=(19, 5.2), layout="constrained")
    plot_band_weights(
        {
            mode: np.concatenate([fold["band weights"] for fold in folds])
            for mode, folds in attended.items()
        },
        ax=axes[0],
    )
    for ax, (mode, folds) in zip(axes[1:], attended.items(), strict=True):
        histogram = {
            kind: np.mean([fold["frame weights"][kind] for fold in folds], axis=0)
            for kind in folds[0]["frame weights"]
        }
        plot_frame_weights(histogram, title=f"Frame weights, {mode} speech", ax=ax)
    figure.savefig(RESULTS / "device_ex2_attention.png", dpi=100)


def write_deletion(attended: dict[str, list[dict[str, Any]]]) -> None:
    """Write by how much the true device's log-probability falls without attended frames."""
    rows = []
    for mode, folds in attended.items():
        tests = [fold["deletion"] for fold in folds]
        for i, fraction in enumerate(tests[0]["fractions"]):
            ours, others = (
                np.concatenate([test[name][i] for test in tests])
                for name in ("attended", "random")
            )
            rows.append(
                [
                    mode,
                    f"{100 * fraction:.0f} %",
                    100 * float(np.mean([test["removed"][i] for test in tests])),
                    *(f"{x.mean():.3f} ± {x.std():.3f}" for x in (ours, others, ours - others)),
                    f"{(ours > others).sum()} of {len(ours)}",
                ]
            )
    path = write_results(
        "device_ex2_deletion",
        title="Without the frames that dual attention attends to most",
        headers=[
            "speech",
            "to remove",
            "removed, %",
            "fall, attended",
            "fall, random",
            "difference",
            "speakers who fall further",
        ],
        rows=rows,
        notes=[
            "Fall of the true device's mean log-probability on held-out speakers, mean and "
            "standard deviation over the speakers of all folds; random is the mean of 20 draws "
            "of as many steps of four frames. Differences are paired by speaker; speakers of one "
            "fold share a network.",
        ],
    )
    print(path.read_text())


if __name__ == "__main__":
    main()
