"""Emotion recognition end to end: from speech to a table and a picture, over speakers.

``make demo`` runs it on generated speech; ``make demo DATA=folder`` on a RAVDESS folder, or
on recordings whose paths say what they are, as in ``anna/angry_01.wav``: a folder for each
speaker, and the emotion first in the file's name.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from skaffect._quiet import quiet_tensorflow

# Two folds train side by side, so each takes one thread.
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
quiet_tensorflow()

import matplotlib

matplotlib.use("Agg")

import numpy as np
from sklearn.model_selection import GroupKFold, cross_validate
from sklearn.pipeline import Pipeline
from sklearn.utils import Bunch

from skaffect import AudioReader, DERNClassifier, MFSCWindower, make_affective_speech
from skaffect.datasets import load_corpus, load_ravdess
from skaffect.plotting import plot_confusion
from skaffect.report import PAPER_TABLE_III, FoldAnswers, markdown_table, recall_rows


def main() -> None:
    """Read or generate speech, cross-validate over speakers, show the outcome."""
    options = parse_options()
    started = time.monotonic()
    try:
        corpus = read_corpus(options.data)
        AudioReader().fit(corpus.data)  # names the first that is missing or no recording
    except (OSError, ValueError) as error:
        raise SystemExit(f"DATA={options.data}: {error}") from error
    classes, speakers = np.unique(corpus.target), np.unique(corpus.speaker)
    if len(speakers) < 2:
        raise SystemExit(f"Cross-validation over speakers needs two, found {speakers.tolist()}.")
    n_folds = min(4, len(speakers))
    print(f"{len(corpus.data)} utterances, {len(speakers)} speakers, {len(classes)} emotions.")
    print(
        f"Training {n_folds} networks, each tested on speakers it has not heard, two at a time; "
        f"on two free cores this takes {expected_time(options.data)} ...",
        flush=True,
    )

    model = Pipeline(
        [
            ("audio", AudioReader()),
            ("features", MFSCWindower(short="error")),
            ("emotion", network(options)),
        ]
    )
    outcome = cross_validate(
        model,
        corpus.data,
        corpus.target,
        groups=corpus.speaker,
        cv=GroupKFold(n_folds),
        n_jobs=2,
        scoring="balanced_accuracy",
        return_estimator=True,
        return_indices=True,
        error_score="raise",
        verbose=2,
    )
    folds = [
        FoldAnswers(corpus.target[test], fitted.predict([corpus.data[i] for i in test]))
        for fitted, test in zip(outcome["estimator"], outcome["indices"]["test"], strict=True)
    ]
    print_table(folds, classes)
    picture = options.output / "confusion.png"
    true, predicted = (np.concatenate(answers) for answers in zip(*folds, strict=True))
    plot_confusion(true, predicted, labels=classes).figure.savefig(picture, dpi=150)
    print(f"\nConfusion matrix: {picture}")
    print(f"Done in {time.monotonic() - started:.0f} s.")


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of recordings; without it, generated")
    parser.add_argument("--epochs", type=int, help="passes over the training frames")
    parser.add_argument("--output", type=Path, help="folder for the picture")
    options = parser.parse_args()
    if options.output is None:
        options.output = Path("results") / ("demo" if options.data is None else "demo-data")
    options.output.mkdir(parents=True, exist_ok=True)
    return options


def read_corpus(folder: Path | None) -> Bunch:
    """Return recordings of a folder, or generated speech without one."""
    if folder is None:
        print("Generating affective speech ...", flush=True)
        return make_affective_speech(n_speakers=12, n_sentences=3, random_state=0)
    if any(folder.glob("Actor_*")):
        return load_ravdess(folder)
    return load_corpus(folder, "{speaker}/{emotion}_*", target="emotion")


def network(options: argparse.Namespace) -> DERNClassifier:
    """Return DERN with its defaults, which are for real speech, or as short as a demo is."""
    dern = DERNClassifier(random_state=0)
    if options.data is None:
        # Few epochs leave no time for augmentation.
        dern.set_params(epochs=5, augmentation=0.0)
    return dern if options.epochs is None else dern.set_params(epochs=options.epochs)


def expected_time(folder: Path | None) -> str:
    """Say how long the training of all folds takes."""
    if folder is None:
        return "two to three minutes"
    return "about half a minute for each minute of recordings"


def print_table(folds: list[FoldAnswers], classes: np.ndarray) -> None:
    """Print each emotion's recall beside the paper's Table III."""
    rows = [
        (
            row.name,
            round(100 * row.mean, 1),
            round(100 * row.std, 1),
            PAPER_TABLE_III.get(row.name),
        )
        for row in recall_rows(folds, classes)
    ]
    print("\nUtterances recognised, in percent, mean and spread over folds of unheard speakers:\n")
    print(markdown_table(["emotion", "ours", "spread", "paper"], rows))
    print(
        "\nThe paper's figures are its Table III: SAVEE, four speakers, who are the same in\n"
        "training and validation. Another corpus and an easier split, not a comparison."
    )


if __name__ == "__main__":
    main()
