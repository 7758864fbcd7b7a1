"""What the report of a run says of its data, its splits, its figures and its classes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from skaffect._words import counted
from skaffect.plotting import plot_confusion, plot_learning_curves
from skaffect.report._interval_figure import interval_words, plot_intervals
from skaffect.report._published import NOTE, Published, with_published
from skaffect.report._report import Report
from skaffect.report._run_card import (
    Told,
    class_rows,
    data_rows,
    labels_of,
    shared_words,
    split_rows,
    split_words,
)
from skaffect.report._run_classes import confusion_rows, confusion_words, recall_rows_of
from skaffect.report._run_epochs import other_epochs_words
from skaffect.report._run_headline import headline
from skaffect.report._run_results import Asked, RunResults, are_labels, asked
from skaffect.report._run_scores import (
    Metric,
    Resampling,
    Scores,
    chance_of,
    compared,
    fold_values,
    metric_scores,
)

RECALL = "recall"
_FEW_SPEAKERS = 9  # so many or fewer have so few ways of swapping that it must be said
_NOTHING: Told = MappingProxyType({})


def add_run(
    report: Report,
    results: RunResults,
    metrics: Mapping[str, Metric],
    how: Resampling,
    *,
    published: Published,
    histories: Mapping[str, Mapping[str, Sequence[float]]],
    seconds: Mapping[str, float],
    told: Told = _NOTHING,
    about: str = "",
    loss: str = "loss",
    in_section: bool = False,
) -> None:
    """Add a run, in sections of its own, or below headings in the section that is there."""
    begin = report.add_subsection if in_section else report.add_section
    parts = list(asked(results))
    scores = {
        name: metric_scores(name, metric, results, parts, how) for name, metric in metrics.items()
    }
    _add_headline(report, metrics, results, parts, scores)
    begin("Data")
    _add_data(report, results, parts, seconds)
    begin("Splits")
    _add_splits(report, results, told)
    begin("Results")
    if about:
        report.add_text(about)
    if other_epochs := other_epochs_words(results.record):
        report.add_warning(other_epochs)
    said: set[str] = set()
    _add_metrics(report, metrics, results, parts, scores, how, published, said)
    _add_comparison(report, metrics, parts, how, said)
    labelled = [of for of in parts if are_labels(of)]
    if labelled:
        begin("Classes, and what they were taken for")
        _add_classes(report, labelled, published)
    if histories:
        begin("Training")
        _add_histories(report, histories, loss)


def _add_data(
    report: Report, results: RunResults, parts: list[Asked], seconds: Mapping[str, float]
) -> None:
    report.add_table(data_rows(results, seconds), caption="Conditions")
    labelled = {of.condition for of in parts if are_labels(of)}
    labels = {name: labels_of(results, name) for name in results.members if name in labelled}
    if labels:
        report.add_table(class_rows(labels), caption="Utterances of each class that were asked")


def _add_headline(
    report: Report,
    metrics: Mapping[str, Metric],
    results: RunResults,
    parts: list[Asked],
    scores: Mapping[str, Scores],
) -> None:
    name, metric = next(iter(metrics.items()))
    _, must_mind = split_words(results)
    chance = chance_of(metric, parts[0])
    sentence = headline(name, scores[name], chance, are_unheard=not must_mind)
    if sentence:
        report.add_text(_capitalised(sentence))


def _add_notes(report: Report, notes: Iterable[str], said: set[str]) -> None:
    """Add what a reader has to know, each of it once."""
    for note in notes:
        if note not in said:
            said.add(note)
            report.add_warning(note)


def _add_splits(report: Report, results: RunResults, told: Told) -> None:
    words, must_mind = split_words(results)
    (report.add_warning if must_mind else report.add_text)(
        f"{words} {shared_words(results, told)}"
    )
    report.add_table(split_rows(results), caption="Trained on and asked, fold by fold")


def _add_metrics(
    report: Report,
    metrics: Mapping[str, Metric],
    results: RunResults,
    parts: list[Asked],
    all_scores: Mapping[str, Scores],
    how: Resampling,
    published: Published,
    said: set[str],
) -> None:
    report.add_text(
        "Mean and standard deviation (sd) are those of the folds. Pooled is the value of all "
        f"folds' answers together, and from and to bound its {100 * how.confidence:g} % interval, "
        "which draws whole speakers: what one person says succeeds and fails together. Intervals "
        "take speakers for independent, though folds share training speakers, and are somewhat "
        "too narrow for that."
    )
    for name, metric in metrics.items():
        scores = all_scores[name]
        report.add_subsection(_capitalised(name))
        _add_notes(report, scores.notes, said)
        rows = with_published(scores.rows, name, published)
        figures = " " + NOTE if rows is not scores.rows else ""
        kept, alike = _telling(rows)
        caption = f"{name} over folds, and of all answers{alike}.{figures}"
        report.add_table(kept, caption=_capitalised(caption))
        names = _short_names(parts)
        folds = [fold_values(results, name, of) for of in parts]
        means = [row["mean"] for row in scores.rows]
        chances = [chance_of(metric, of) for of in parts]
        report.add_figure(
            plot_intervals(name, names, folds, scores.intervals, how.confidence, chances),
            alt=_capitalised(interval_words(name, names, means, scores.intervals, chances)),
            caption="Chance is always giving the commonest class."
            if any(chance is not None for chance in chances)
            else "",
        )


def _add_comparison(
    report: Report,
    metrics: Mapping[str, Metric],
    parts: list[Asked],
    how: Resampling,
    said: set[str],
) -> None:
    rows, notes = [], []
    for name, metric in metrics.items():
        more, own = compared(name, metric, parts, how)
        rows += more
        notes += own
    if not rows:
        return
    report.add_subsection("The first system beside the others")
    _add_notes(report, notes, said)
    least = _least_p_words(min(row["speakers"] for row in rows))
    report.add_text(
        "The difference is that of the pooled answers, the first system's minus the second's, "
        "with its interval over speakers. The column p says how often so large a difference comes "
        f"of swapping the two systems' answers speaker by speaker{least}. It is not corrected for "
        "the number of comparisons."
    )
    kept, alike = _telling(rows)
    report.add_table(kept, caption=f"Differences of systems by the same utterances{alike}")


def _least_p_words(n_speakers: int) -> str:
    """Say below which value p cannot be, where speakers are few."""
    if n_speakers > _FEW_SPEAKERS:
        return ""
    ways = 2 ** (n_speakers - 1)
    return f": of {n_speakers} speakers it is never below 1/{ways}, whatever the interval"


def _add_classes(report: Report, parts: list[Asked], published: Published) -> None:
    rows = recall_rows_of(parts, _short_names(parts))
    extended = with_published(rows, RECALL, published)
    figures = " " + NOTE if extended is not rows else ""
    report.add_table(extended, caption=f"Recall of each class, of all answers.{figures}")
    from matplotlib.figure import Figure

    for of, name in zip(parts, _short_names(parts), strict=True):
        if len(set(map(str, of.predicted))) == 1 < len(set(map(str, of.true))):
            report.add_text(f"All answers of {name} are {of.predicted[0]!s}.")
            continue
        report.add_subsection(f"Answers of {name}")
        side = max(4.4, 1.6 + 0.6 * len({*of.true, *of.predicted}))
        ax = Figure(figsize=(side + 0.6, side), layout="constrained").subplots()
        plot_confusion(list(map(str, of.true)), list(map(str, of.predicted)), title="", ax=ax)
        report.add_figure(ax, alt=confusion_words(of), caption="In percent of each true class.")
        report.add_table(confusion_rows(of), caption=f"Answers of {name}, by class")


def _add_histories(
    report: Report, histories: Mapping[str, Mapping[str, Sequence[float]]], loss: str
) -> None:
    from matplotlib.figure import Figure

    ax = Figure(figsize=(7.2, 4.6), layout="constrained").subplots()
    plot_learning_curves(histories, ax=ax, loss=loss)
    lasts = [
        f"{name} from {curve[0]:.3g} to {curve[-1]:.3g} in {counted(len(curve), 'epoch')}"
        for name, history in histories.items()
        for curve in (history["val_loss" if "val_loss" in history else "loss"],)
    ]
    which = "" if loss == "loss" else f", {loss}"
    report.add_figure(ax, alt=f"Loss over the epochs{which}: {'; '.join(lasts)}.")


def _telling(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], str]:
    """Leave out condition or part where it is the same in all rows, and say what it is."""
    alike = [key for key in ("condition", "part") if len({row[key] for row in rows}) == 1]
    kept = [{key: value for key, value in row.items() if key not in alike} for row in rows]
    said = ", ".join(f"{key} {rows[0][key]!r}" for key in alike)
    return kept, f" ({said})" if said else ""


def _capitalised(words: str) -> str:
    """Return a sentence with a capital, unless it begins with a name that has its own."""
    return words[:1].upper() + words[1:] if words.partition(" ")[0].islower() else words


def _short_names(parts: list[Asked]) -> list[str]:
    """Name each part by what tells it from others."""
    kept = ["system"]
    kept += [key for key in ("condition", "part") if len({of.where[key] for of in parts}) > 1]
    return [", ".join(of.where[key] for key in kept) for of in parts]
