"""Emotion recognition over speakers, beside the paper's Table III.

::

    python benchmarks/emotion.py --corpus ravdess --root ../shared/data/ravdess

Every fold's test speakers are heard by none of its networks before the end. A fold chooses
between utterance and corpus statistics by a validation part of its own training speakers.
Everything else is the package's defaults, which ``--ablations`` chose on the validation
speakers of all folds, so on some who are tested in another one. Two folds train side by side
with one thread each. A stopped run goes on where it was.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from skaffect._quiet import quiet_tensorflow

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
quiet_tensorflow()

import matplotlib

matplotlib.use("Agg")

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline
from sklearn.utils import Bunch

from benchmarks._emotion_systems import cepstral_svm, dern, majority
from benchmarks._precision import add_precision, set_precision
from benchmarks._results import RESULTS, write_results
from benchmarks._resume import Pieces
from skaffect import AudioReader, datasets
from skaffect.plotting import plot_confusion
from skaffect.report import PAPER_TABLE_III, FoldAnswers, recall_rows

# Parameters of the pipeline, over these. A fold chooses among the candidates.
COMMON = {"emotion__augmentation": 0.5, "emotion__epochs": 24, "emotion__frame_stride": 4}
CANDIDATES: dict[str, dict[str, Any]] = {
    "utterance statistics": {},
    "corpus statistics": {"features__normalize": "corpus"},
}
# What the package's defaults were chosen by, trained for a third as long.
ABLATION_EPOCHS = 8
ABLATIONS: dict[str, dict[str, Any]] = {
    name: {"emotion__epochs": ABLATION_EPOCHS, **changes}
    for name, changes in {
        "defaults": {},
        "corpus statistics": {"features__normalize": "corpus"},
        "no floor": {"features__floor_db": None},
        "silence kept": {"features__skip_silence": False},
        "loud frames only": {"features__silence_db": 28.0},
        "no augmentation": {"emotion__augmentation": 0.0},
    }.items()
}

Indices = NDArray[np.intp]
Fold = tuple[Indices, Indices]

PAPER_SETTINGS = {
    "features__normalize": "corpus",
    "features__floor_db": None,
    "features__skip_silence": False,
    "emotion__augmentation": 0.0,
    "emotion__epochs": 200,
    "emotion__learning_rate_schedule": "constant",
    "emotion__frame_stride": 1,
    "emotion__vote": "hard",
    "emotion__class_weight": None,
}
READERS: dict[str, Callable[[Path], Bunch]] = {
    "ravdess": datasets.load_ravdess,
    "savee": datasets.load_savee,
    "emodb": datasets.load_emodb,
}
SYSTEMS = ("DERN, counted votes", "DERN, averaged votes", "cepstral SVM", "majority")


def main() -> None:
    """Run what is not yet done, then write the tables and the picture."""
    options = parse_options()
    corpus = read_corpus(options)
    splitter = GroupKFold(options.folds)
    folds = list(splitter.split(corpus.data, corpus.target, groups=corpus.speaker))
    pieces = Pieces(options.output, settings(options, corpus))
    started = time.monotonic()
    corpus.waveforms = AudioReader().fit_transform(corpus.data)
    names = [f"fold{i}" for i in range(len(folds))]
    by_name = dict(zip(names, folds, strict=True))
    if options.ablations:
        validate_all(ABLATIONS, by_name, corpus, pieces, options)
        return
    choices = dict.fromkeys(names, "the paper's")
    if not options.paper:
        scores = validate_all(CANDIDATES, by_name, corpus, pieces, options)
        choices = {fold: max(CANDIDATES, key=lambda c, f=fold: scores[f, c]) for fold in names}
    run = Parallel(n_jobs=options.jobs, return_as="generator")
    answers = []
    for answer in run(
        delayed(pieces.get)(
            name,
            answer_fold,
            corpus,
            *fold,
            parameters(options, CANDIDATES.get(choices[name], PAPER_SETTINGS)),
            options.precision,
        )
        for name, fold in zip(names, folds, strict=True)
    ):
        answers.append(answer)
        uar = {
            system: balanced_accuracy_score(answer["true"], answer[system]) for system in SYSTEMS
        }
        print(f"fold {len(answers)} of {len(folds)}: {uar}", flush=True)
    seconds = time.monotonic() - started
    write_tables(answers, np.unique(corpus.target), choices, options, seconds)
    draw_confusion(answers, np.unique(corpus.target), RESULTS / f"{stem(options)}.png", options)


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", choices=[*READERS, "generated"], default="generated")
    parser.add_argument("--root", type=Path, help="folder of the corpus")
    parser.add_argument("--folds", type=int, default=4)
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--paper", action="store_true", help="the paper's settings, hours")
    kind.add_argument(
        "--ablations",
        action="store_true",
        help="only what the defaults were chosen by, on validation speakers",
    )
    add_precision(parser)
    parser.add_argument("--random-state", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--output", type=Path, help="folder of the finished pieces")
    options = parser.parse_args()
    if options.corpus != "generated" and options.root is None:
        parser.error(f"--corpus {options.corpus} needs --root, the corpus's folder")
    if options.output is None:
        kind = "paper" if options.paper else "ablations" if options.ablations else "ours"
        options.output = Path("results") / f"emotion-{options.corpus}-{kind}"
    return options


def read_corpus(options: argparse.Namespace) -> Bunch:
    """Return the corpus that was asked for."""
    if options.corpus == "generated":
        return datasets.make_affective_speech(
            n_speakers=12, n_sentences=4, random_state=options.random_state
        )
    return READERS[options.corpus](options.root)


def settings(options: argparse.Namespace, corpus: Bunch) -> dict[str, Any]:
    """Return everything that the finished pieces depend on."""
    return {
        "corpus": options.corpus,
        "utterances": _digest(corpus),
        "folds": options.folds,
        "candidates": {
            name: parameters(options, changes)
            for name, changes in (ABLATIONS if options.ablations else CANDIDATES).items()
        },
        "paper": PAPER_SETTINGS if options.paper else None,
        "precision": options.precision,
    }


def _digest(corpus: Bunch) -> str:
    """Return what tells this corpus from another one, or another part of it."""
    rows = zip(corpus.target, corpus.speaker, corpus.sentence, strict=True)
    text = "\n".join(" ".join(map(str, row)) for row in rows)
    return f"{len(corpus.data)} {hashlib.sha256(text.encode()).hexdigest()[:16]}"


def parameters(options: argparse.Namespace, changes: dict[str, Any]) -> dict[str, Any]:
    """Return all of the pipeline's parameters that some changes mean."""
    return {"emotion__random_state": options.random_state, **COMMON, **changes}


def validate_all(
    candidates: dict[str, dict[str, Any]],
    folds: dict[str, Fold],
    corpus: Bunch,
    pieces: Pieces,
    options: argparse.Namespace,
) -> dict[tuple[str, str], float]:
    """Score every candidate on validation speakers out of each fold's training part."""
    tasks = [(fold, candidate) for fold in folds for candidate in candidates]
    run = Parallel(n_jobs=options.jobs, return_as="generator")
    scores: dict[tuple[str, str], float] = {}
    for task, score in zip(
        tasks,
        run(
            delayed(pieces.get)(
                f"choice-{fold}-{candidate}",
                validate,
                corpus,
                folds[fold][0],
                parameters(options, candidates[candidate]),
                options.precision,
            )
            for fold, candidate in tasks
        ),
        strict=True,
    ):
        scores[task] = score
        print(f"{task}: {score:.3f}", flush=True)
    write_choices(scores, candidates, folds, options)
    return scores


def validate(corpus: Bunch, train: Indices, changes: dict[str, Any], precision: str) -> float:
    """Score one candidate on validation speakers out of a training part."""
    set_precision(precision)
    speakers = np.unique(corpus.speaker[train])
    held_out = np.isin(corpus.speaker[train], speakers[::4])
    inside, outside = train[~held_out], train[held_out]
    model = dern(**changes).fit(corpus.waveforms[inside], corpus.target[inside])
    answers = votes(model, corpus.waveforms[outside])
    uars = [balanced_accuracy_score(corpus.target[outside], answer) for answer in answers.values()]
    return float(np.mean(uars))


def answer_fold(
    corpus: Bunch, train: Indices, test: Indices, changes: dict[str, Any], precision: str
) -> dict[str, list[str]]:
    """Train every system on a fold's speakers and answer for its test utterances."""
    set_precision(precision)
    heard, emotions = corpus.waveforms[train], corpus.target[train]
    unheard = corpus.waveforms[test]
    answers = {"true": corpus.target[test]}
    answers |= votes(dern(**changes).fit(heard, emotions), unheard)
    answers["cepstral SVM"] = cepstral_svm().fit(heard, emotions).predict(unheard)
    answers["majority"] = majority().fit(heard, emotions).predict(unheard)
    return {system: answer.tolist() for system, answer in answers.items()}


def votes(model: Pipeline, waveforms: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """Return one network's answers under both ways of voting."""
    windows = model[:-1].transform(waveforms)
    return {
        f"DERN, {name} votes": model[-1].set_params(vote=vote).predict(windows)
        for name, vote in (("counted", "hard"), ("averaged", "soft"))
    }


def write_choices(
    scores: dict[tuple[str, str], float],
    candidates: dict[str, dict[str, Any]],
    folds: dict[str, Fold],
    options: argparse.Namespace,
) -> None:
    """Write what the validation speakers of every fold said about the candidates."""
    rows = [
        [candidate, *(own := [scores[fold, candidate] for fold in folds]), np.mean(own)]
        for candidate in candidates
    ]
    epochs = ABLATION_EPOCHS if options.ablations else COMMON["emotion__epochs"]
    write_results(
        f"emotion_{options.corpus}_{'ablations' if options.ablations else 'choices'}",
        title=f"DERN on {options.corpus}: UAR on validation speakers",
        headers=["candidate", *folds, "mean"],
        rows=rows,
        notes=[
            "Mean of both ways of voting. All have Table I's network and, unless they say "
            f"otherwise, augmentation {COMMON['emotion__augmentation']}, "
            f"{epochs} epochs on one frame in {COMMON['emotion__frame_stride']}, each utterance's "
            "own statistics, a floor of 50 dB and no frames 40 dB below the loudest; "
            f"{options.precision}.",
            "A fold's validation speakers are every fourth of its training speakers.",
        ],
    )


def stem(options: argparse.Namespace) -> str:
    """Return the name of the results' files."""
    return f"emotion_{options.corpus}" + ("_paper" if options.paper else "")


def write_tables(
    answers: list[dict[str, list[str]]],
    classes: NDArray[np.str_],
    choices: dict[str, str],
    options: argparse.Namespace,
    seconds: float,
) -> None:
    """Write each system's recalls and averages, beside the paper's Table III."""
    rows: list[list[Any]] = [[name] for name in (*classes, "UAR", "accuracy")]
    for system in SYSTEMS:
        folds = [FoldAnswers(np.array(a["true"]), np.array(a[system])) for a in answers]
        for line, row in zip(rows, recall_rows(folds, classes), strict=True):
            line.append(f"{100 * row.mean:.1f} ± {100 * row.std:.1f}")
    for line in rows:
        line.append(PAPER_TABLE_III.get(line[0]))
    per_fold = [
        f"{system}: "
        + ", ".join(f"{balanced_accuracy_score(a['true'], a[system]):.3f}" for a in answers)
        for system in SYSTEMS
    ]
    path = write_results(
        stem(options),
        title=f"Emotion recognition on {options.corpus}, folds over speakers",
        headers=["emotion", *SYSTEMS, "paper, Table III"],
        rows=rows,
        notes=[
            f"Percent of utterances, mean and standard deviation over {options.folds} folds; "
            "no speaker is in training and test.",
            "UAR of each fold. " + "; ".join(per_fold) + ".",
            f"Settings of each fold: {', '.join(choices.values())}."
            + (
                ""
                if options.paper
                else " Chosen by its own validation speakers; the other settings are the "
                "package's defaults, chosen on validation speakers of all folds."
            ),
            f"DERN is the paper's Table I, {options.precision}. "
            f"This run took {seconds / 60:.0f} minutes.",
            "The paper's column is on SAVEE, whose four speakers are the same in training "
            "and validation, after 200 epochs; it reports no UAR. Another corpus and an easier "
            "split: not a comparison.",
        ],
    )
    print(path.read_text())


def draw_confusion(
    answers: list[dict[str, list[str]]],
    classes: NDArray[np.str_],
    path: Path,
    options: argparse.Namespace,
) -> None:
    """Save the confusion matrix of DERN over all folds; the paper counts votes."""
    system = SYSTEMS[0] if options.paper else SYSTEMS[1]
    true, predicted = (
        np.concatenate([answer[key] for answer in answers]) for key in ("true", system)
    )
    axes = plot_confusion(true, predicted, labels=classes)
    axes.figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main()
