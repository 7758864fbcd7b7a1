"""Emotion recognition over speakers, beside the paper's Table III.

::

    python benchmarks/emotion.py --corpus ravdess --root data/ravdess

Every fold's test speakers are heard by none of its networks before the end. A fold chooses
between utterance and corpus statistics by validation speakers of its own training part.
Everything else is the package's defaults, which ``--ablations`` chose on the validation
speakers of all folds, so on some who are tested in another one. ``--sentences`` also keeps
sentences apart, beside as few data that share them. A stopped run goes on where it was.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping
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
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.utils import Bunch

from benchmarks._emotion_splits import (
    APART,
    SHARED,
    SentenceProtocol,
    ValidationProtocol,
    validation_speakers,
)
from benchmarks._emotion_systems import AVERAGED, COUNTED, cepstral_svm, dern, majority, votes
from benchmarks._precision import InPrecision, add_precision
from benchmarks._results import RESULTS, minutes_of, write_results
from skaffect import (
    AudioReader,
    SplitProtocol,
    System,
    bootstrap_interval,
    compare_systems,
    datasets,
    run_protocol,
)
from skaffect.plotting import plot_confusion
from skaffect.report import PAPER_TABLE_III, FoldAnswers, recall_rows

# Parameters of the pipeline, over these. A fold chooses among the candidates.
COMMON = {"emotion__augmentation": 0.5, "emotion__epochs": 24, "emotion__frame_stride": 4}
STATISTICS = {"utterance": "utterance statistics", "corpus": "corpus statistics"}
# What the package's defaults were chosen by, trained for a third as long.
ABLATION_EPOCHS = 8
ABLATIONS: dict[str, dict[str, Any]] = {
    "defaults": {},
    "corpus statistics": {"features__normalize": "corpus"},
    "no floor": {"features__floor_db": None},
    "silence kept": {"features__skip_silence": False},
    "loud frames only": {"features__silence_db": 28.0},
    "no augmentation": {"emotion__augmentation": 0.0},
}
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
SVM, MAJORITY = "cepstral SVM", "majority"
SYSTEMS = (COUNTED, AVERAGED, SVM, MAJORITY)
METRICS = {"UAR": balanced_accuracy_score}
CHOSEN = "statistics"


def main() -> None:
    """Run what is not yet done, then write the tables and the picture."""
    options = parse_options()
    corpus = read_corpus(options)
    corpus.data = AudioReader().fit_transform(corpus.data)
    if options.ablations:
        protocol = ValidationProtocol(options.folds)
        write_ablations(run(ablations(options), corpus, protocol, options))
    elif options.sentences:
        compare_sentences(corpus, options)
    else:
        speakers = SplitProtocol(GroupKFold(options.folds))
        result = run(systems(options), corpus, speakers, options)
        write_tables(result, options)
        draw_confusion(result.answers, options)


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
    kind.add_argument(
        "--sentences",
        action="store_true",
        help="only what it costs not to know the sentences either",
    )
    add_precision(parser)
    parser.add_argument("--random-state", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--output", type=Path, help="folder of the run")
    options = parser.parse_args()
    if options.corpus != "generated" and options.root is None:
        parser.error(f"--corpus {options.corpus} needs --root, the corpus's folder")
    if options.output is None:
        chosen = [kind for kind in ("paper", "ablations", "sentences") if vars(options)[kind]]
        options.output = Path("results") / f"emotion-{options.corpus}-{(*chosen, 'ours')[0]}"
    return options


def read_corpus(options: argparse.Namespace) -> Bunch:
    """Return the corpus that was asked for."""
    if options.corpus == "generated":
        return datasets.make_affective_speech(
            n_speakers=12, n_sentences=4, random_state=options.random_state
        )
    return READERS[options.corpus](options.root)


def run(
    compared: Mapping[str, Any], corpus: Bunch, protocol: Any, options: argparse.Namespace
) -> Bunch:
    """Run systems on the corpus."""
    columns = ("data", "target", "speaker", "sentence")
    return run_protocol(
        compared,
        {options.corpus: {name: corpus[name] for name in columns}},
        protocol,
        folder=options.output,
        metrics=METRICS,
        n_jobs=options.jobs,
        random_state=options.random_state,
        verbose=1,
    )


def systems(options: argparse.Namespace) -> dict[str, System]:
    """Return what is compared; DERN's statistics are chosen by validation speakers."""
    if options.paper:
        network = System(InPrecision(dern(**PAPER_SETTINGS), options.precision), answers=votes())
    else:
        search = GridSearchCV(
            dern(**COMMON),
            {"features__normalize": list(STATISTICS)},
            scoring="balanced_accuracy",
            cv=validation_speakers(),
        )
        network = System(
            InPrecision(search, options.precision),
            fit_params={"groups": "speaker"},
            answers=votes(),
            observations={CHOSEN: chosen},
        )
    return {"DERN": network, SVM: System(cepstral_svm()), MAJORITY: System(majority())}


def chosen(model: Any, trained: Bunch, parts: Mapping[str, Bunch]) -> dict[str, Any]:
    """Return the scores of validation speakers, and what was chosen by them."""
    results = model.estimator_.cv_results_
    return {
        "scores": dict(zip(STATISTICS.values(), results["mean_test_score"].tolist(), strict=True)),
        "best": STATISTICS[model.estimator_.best_params_["features__normalize"]],
    }


def ablations(options: argparse.Namespace) -> dict[str, System]:
    """Return DERN as it is by default and otherwise, trained for a third as long."""
    return {
        name: System(
            InPrecision(
                dern(**{**COMMON, "emotion__epochs": ABLATION_EPOCHS, **changes}),
                options.precision,
            ),
            answers={
                f"{name}, {vote}": answer
                for vote, answer in zip(("counted", "averaged"), votes().values(), strict=True)
            },
        )
        for name, changes in ABLATIONS.items()
    }


def stem(options: argparse.Namespace) -> str:
    """Return the name of the results' files."""
    return f"emotion_{options.corpus}" + ("_paper" if options.paper else "")


def write_ablations(result: Bunch) -> None:
    """Write what the validation speakers of every fold said about each candidate."""
    by_system = result.table.groupby("system", sort=False).value.apply(list)
    rows = []
    for name in ABLATIONS:
        own = np.mean([by_system[f"{name}, {vote}"] for vote in ("counted", "averaged")], axis=0)
        rows.append([name, *own, own.mean()])
    condition = result.table.condition.iloc[0]
    path = write_results(
        f"emotion_{condition}_ablations",
        title=f"DERN on {condition}: UAR on validation speakers",
        headers=["candidate", *(f"fold {i}" for i in range(1, len(rows[0]) - 1)), "mean"],
        rows=rows,
        notes=[
            "Mean of both ways of voting. All have Table I's network and, unless they say "
            f"otherwise, augmentation {COMMON['emotion__augmentation']}, {ABLATION_EPOCHS} epochs "
            f"on one frame in {COMMON['emotion__frame_stride']}, each utterance's own statistics, "
            "a floor of 50 dB and no frames 40 dB below the loudest.",
            "A fold's validation speakers are a quarter of its training speakers.",
        ],
    )
    print(path.read_text())


def write_tables(result: Bunch, options: argparse.Namespace) -> None:
    """Write each system's recalls and averages, beside the paper's Table III."""
    by_fold = {
        system: [
            FoldAnswers(fold.true.to_numpy(str), fold.predicted.to_numpy(str))
            for _, fold in result.answers[result.answers.system == system].groupby("fold")
        ]
        for system in SYSTEMS
    }
    classes = np.unique(result.answers.true.to_numpy(str))
    rows: list[list[Any]] = [[name] for name in (*classes, "UAR", "accuracy")]
    for system in SYSTEMS:
        for line, row in zip(rows, recall_rows(by_fold[system], classes), strict=True):
            line.append(f"{100 * row.mean:.1f} ± {100 * row.std:.1f}")
    for line in rows:
        line.append(PAPER_TABLE_III.get(line[0]))
    path = write_results(
        stem(options),
        title=f"Emotion recognition on {options.corpus}, folds over speakers",
        headers=["emotion", *SYSTEMS, "paper, Table III"],
        rows=rows,
        notes=notes(result, options),
    )
    print(path.read_text())


def notes(result: Bunch, options: argparse.Namespace) -> list[str]:
    """Say what the table's figures are of."""
    table, minutes = result.table, minutes_of(options.output)
    said = [
        f"Percent of utterances, mean and standard deviation over {options.folds} folds; "
        "no speaker is in training and test.",
        "UAR of each fold. "
        + "; ".join(
            f"{name}: " + ", ".join(f"{uar:.3f}" for uar in table.value[table.system == name])
            for name in SYSTEMS
        )
        + ".",
    ]
    if not options.paper:
        folds = result.observations["DERN"][options.corpus].values()
        scores = "; ".join(
            f"{name} " + ", ".join(f"{fold[CHOSEN]['scores'][name]:.3f}" for fold in folds)
            for name in STATISTICS.values()
        )
        said.append(
            f"Chosen in each fold: {', '.join(fold[CHOSEN]['best'] for fold in folds)}; by the "
            f"UAR of its own validation speakers ({scores}). The other settings are the package's "
            "defaults, chosen on validation speakers of all folds."
        )
    return [
        *said,
        f"DERN is the paper's Table I, {options.precision}, and took {minutes['DERN']:.0f} "
        f"minutes of one core; {options.jobs} folds ran side by side.",
        "The paper's column is on SAVEE, whose four speakers are the same in training "
        "and validation, after 200 epochs; it reports no UAR. Another corpus and an easier "
        "split: not a comparison.",
    ]


def draw_confusion(answers: Any, options: argparse.Namespace) -> None:
    """Save the confusion matrix of DERN over all folds; the paper counts votes."""
    own = answers[answers.system == (COUNTED if options.paper else AVERAGED)]
    axes = plot_confusion(
        own.true.to_numpy(str), own.predicted.to_numpy(str), labels=np.unique(own.true)
    )
    axes.figure.savefig(RESULTS / f"{stem(options)}.png", dpi=120)


def compare_sentences(corpus: Bunch, options: argparse.Namespace) -> None:
    """Compare folds that keep sentences apart with ones that do not, by the same utterances."""
    network = System(InPrecision(dern(**COMMON), options.precision), answers=votes())
    protocol = SentenceProtocol(options.folds, options.random_state)
    compared = {"DERN": network, SVM: System(cepstral_svm())}
    answers = run(compared, corpus, protocol, options).answers
    rows = []
    for name in (COUNTED, AVERAGED, SVM):
        own = answers[answers.system == name]
        parts = {part: own[own.part == part].sort_values("item") for part in (SHARED, APART)}
        true, speakers = (parts[SHARED][column].to_numpy(str) for column in ("true", "speaker"))
        given = {part: of.predicted.to_numpy(str) for part, of in parts.items()}
        how = {"groups": speakers, "random_state": options.random_state}
        intervals = [
            bootstrap_interval(balanced_accuracy_score, true, given[part], **how)
            for part in (SHARED, APART)
        ]
        difference = compare_systems(balanced_accuracy_score, true, given, **how)
        rows.append([name, *map(within, [*intervals, difference.difference]), difference.p_value])
    path = write_results(
        f"emotion_{options.corpus}_sentences",
        title=f"Emotions of unheard speakers on {options.corpus}, their sentences heard or not",
        headers=["system", SHARED, APART, "difference", "p"],
        rows=rows,
        notes=[
            "UAR of all utterances together, with its 95 % interval over speakers. Both test the "
            "same utterances and train on as many of the same other speakers: of all sentences, "
            "or of the sentences that the tested utterance does not say.",
            f"{options.folds} parts of speakers, two of sentences. DERN has the package's "
            f"defaults, {options.precision}. p is two-sided, by swapping speakers' answers.",
        ],
    )
    print(path.read_text())


def within(interval: Any) -> str:
    """Return an interval as text."""
    return f"{interval.estimate:.3f} [{interval.low:.3f}, {interval.high:.3f}]"


if __name__ == "__main__":
    main()
