"""Cross-validate a job over speakers, and lay out its figures."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.model_selection import GroupKFold

from skaffect._words import counted
from skaffect.cli._corpora import SPLIT_COLUMNS
from skaffect.cli._job import Evaluation, Job, histories
from skaffect.cli._pictures_animation import add_films
from skaffect.cli._pictures_device import add_attention
from skaffect.cli._pictures_emotion import add_timeline
from skaffect.cli._progress import say
from skaffect.model_selection import LeakageGuard, SplitProtocol, run_protocol
from skaffect.model_selection._condition import item_names
from skaffect.model_selection._run_folder import count_finished
from skaffect.model_selection._run_record import OtherRunError
from skaffect.report import FoldAnswers, Report, markdown_table, recall_rows
from skaffect.report._published import HEADER
from skaffect.report._run_results import read_results
from skaffect.report._run_scores import Resampling, spread_over_folds
from skaffect.report._run_sections import add_run

_MOST_FOLDS = 5
_CONFIDENCE = 0.95
_PICTURES = {"animation": add_films, "device": add_attention, "emotion": add_timeline}
# What a run's record holds, in the command line's words; its splits and seeds follow from these.
_ENTRIES = {
    "other recordings or labels": {"conditions"},
    "other networks or settings": {"systems"},
    "another --random-state": {"drawn", "seed"},
    "other versions of skaffect or of what it needs": {"code", "metadata_routing", "versions"},
}
Rows = list[dict[str, Any]]


def evaluate(
    job: Job, folder: Path, *, folds: int | None, jobs: int, random_state: int
) -> Evaluation:
    """Cross-validate over speakers, or go on where it was stopped, with lines on the way.

    Parameters
    ----------
    job : Job
        What is cross-validated.
    folder : Path
        Where the run is kept.
    folds : int or None
        How many; None makes as many as there are speakers, five at most.
    jobs : int
        Processes.
    random_state : int
        Seed of all systems.

    Raises
    ------
    ValueError
        If there is one speaker, or more folds than speakers, or the folder holds another run.
    """
    n_speakers = len(np.unique(job.corpus["speaker"]))
    if n_speakers < 2:
        raise ValueError(
            f"all recordings are of one speaker, {str(job.corpus['speaker'][0])!r}, and who is "
            "tested must not have been heard: record another. Training alone needs no more, and "
            "in Python run_protocol with a SplitProtocol can test other sentences instead."
        )
    if folds is not None and folds > n_speakers:
        raise ValueError(
            f"--folds {folds} are too many for recordings of {counted(n_speakers, 'speaker')}, "
            "who are kept apart: at most one for each speaker."
        )
    n_folds = min(_MOST_FOLDS, n_speakers) if folds is None else folds
    utterances = counted(len(job.corpus["data"]), "utterance")
    speakers, systems = counted(n_speakers, "speaker"), counted(len(job.systems), "system")
    say(f"{job.title}: {utterances} of {speakers}, {n_folds} folds, {systems} ...")
    # Shuffled, for speakers are often listed in turns, as women and men. Nor may a copy of a
    # recording be on both sides, whoever it is said to be.
    splitter = GroupKFold(n_folds, shuffle=True, random_state=random_state)
    guard = LeakageGuard(splitter, forbid=("speaker", "recording"))
    try:
        result = run_protocol(
            job.systems,
            {job.condition: job.corpus},
            SplitProtocol(guard, groups=("speaker", "recording")),
            folder=folder,
            metrics=job.metrics,
            n_jobs=jobs,
            random_state=random_state,
            verbose=1,
        )
    except KeyboardInterrupt:
        n_done, n_tasks = count_finished(folder), n_folds * len(job.systems)
        raise KeyboardInterrupt(
            f"{job.title}: the same command goes on from {n_done} of {n_tasks}."
        ) from None
    except OtherRunError as error:
        raise ValueError(
            f"--output: {os.fspath(folder)!r} holds an evaluation with {_in_words(error.parts)}, "
            "which can only go on as it began; name another folder."
        ) from None
    return Evaluation(job, result, os.fspath(folder))


def figure_rows(evaluation: Evaluation) -> Rows:
    """Return a row for each metric and system: over folds, beside the published figure."""
    table, job = evaluation.result.table, evaluation.job
    rows = []
    for metric in job.metrics:
        for system in dict.fromkeys(table["system"]):
            chosen = (table["metric"] == metric) & (table["system"] == system)
            values = table.loc[chosen, "value"].to_numpy()
            rows.append(
                {
                    "metric": metric,
                    "system": system,
                    "mean": float(values.mean()),
                    "sd": spread_over_folds(values),
                    HEADER: job.published.get(metric, {}).get(system),
                }
            )
    return rows


def class_rows(evaluation: Evaluation) -> Rows:
    """Return the first system's recall of each class over folds, beside the published figure."""
    answers, job = evaluation.result.answers, evaluation.job
    own = answers[answers["system"] == answers["system"].iloc[0]]
    folds = [
        FoldAnswers(np.array(of["true"].tolist()), np.array(of["predicted"].tolist()))
        for _, of in own.groupby("fold", sort=False)
    ]
    figures = job.published.get("recall", {})
    return [
        {
            "class": row.name,
            "mean recall": row.mean,
            "sd": row.std,
            HEADER: figures.get(row.name),
        }
        for row in recall_rows(folds, np.unique(job.corpus["target"]))
        if row.name in set(job.corpus["target"])
    ]


def add_tables(report: Report, evaluation: Evaluation) -> None:
    """Add the tables that are printed, without intervals and pictures."""
    job = evaluation.job
    note = f". {job.note}" if any(job.published.values()) else ""
    for what, rows in _tables(evaluation).items():
        report.add_table(_told(rows), caption=f"{job.title}, {what}{note}")


def as_text(evaluation: Evaluation) -> str:
    """Return the tables as they are printed."""
    job = evaluation.job
    n_folds = evaluation.result.table["fold"].nunique()
    first = next(iter(job.systems))
    # Of which a job has one or both.
    headings = (f"{job.title}: {job.condition}.", f"Recall of {first}, class by class.")
    texts = []
    for heading, rows in zip(headings, _tables(evaluation).values(), strict=False):
        texts.append(f"{heading} Mean and standard deviation (sd) over {n_folds} folds.")
        texts.append(_laid_out(_told(rows)))
    if any(job.published.values()):
        texts.append(job.note)
    return "\n\n".join(texts)


def as_values(evaluation: Evaluation) -> dict[str, Any]:
    """Return the figures as ``--json`` prints them."""
    job = evaluation.job
    classes = {"classes": class_rows(evaluation)} if _has_classes(job) else {}
    return {
        "job": job.name,
        "corpus": job.condition,
        "utterances": len(job.corpus["data"]),
        "speakers": len(np.unique(job.corpus["speaker"])),
        "folds": int(evaluation.result.table["fold"].nunique()),
        "figures": figure_rows(evaluation),
        **classes,
        "run": evaluation.folder,
    }


def add_evaluation(
    report: Report, evaluation: Evaluation, *, n_resamples: int, in_section: bool
) -> None:
    """Add the run's data, splits, figures and classes, and what its systems have left."""
    job = evaluation.job
    say(f"{job.title}: intervals and pictures ...")
    add_run(
        report,
        read_results(evaluation.result, evaluation.folder),
        job.metrics,
        Resampling(_CONFIDENCE, n_resamples, 0),
        published=job.published,
        histories=histories(evaluation),
        seconds=_seconds(job),
        told={job.condition: _told_of(job)},
        about=job.about,
        loss=job.loss,
        in_section=in_section,
    )
    begin = report.add_subsection if in_section else report.add_section
    _PICTURES[job.name](report, evaluation, begin)


def _in_words(parts: set[str]) -> str:
    """Say which entries of two runs' records differ, and not what merely follows from them."""
    named = [words for words, entries in _ENTRIES.items() if parts & entries]
    return " and ".join(named) or "other folds"


def _tables(evaluation: Evaluation) -> dict[str, Rows]:
    tables = {"over folds": figure_rows(evaluation)}
    if _has_classes(evaluation.job):
        tables["class by class, over folds"] = class_rows(evaluation)
    return tables


def _has_classes(job: Job) -> bool:
    """Tell if a job is told class by class: where some of its classes have published recalls."""
    return "recall" in job.published


def _told(rows: Rows) -> Rows:
    """Leave out columns of which nothing is known."""
    kept = [key for key in rows[0] if any(row[key] is not None for row in rows)]
    return [{key: row[key] for key in kept} for row in rows]


def _told_of(job: Job) -> dict[str, dict[str, Any]]:
    """Return what else could be on both sides of a split, by column and item, where it is told."""
    items = item_names(job.corpus["data"])
    return {
        name: {
            item: str(value)
            for item, value in zip(items, job.corpus[name], strict=True)
            if str(value)
        }
        for name in SPLIT_COLUMNS
        if name in job.corpus
    }


def _laid_out(rows: Rows) -> str:
    return markdown_table(list(rows[0]), [list(row.values()) for row in rows])


def _seconds(job: Job) -> Mapping[str, float]:
    """Return how long the corpus is, where its waveforms are at hand."""
    if "sr" not in job.corpus:
        return {}
    return {job.condition: sum(map(len, job.corpus["data"])) / job.corpus["sr"]}
