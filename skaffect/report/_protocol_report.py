"""The report of a run of run_protocol."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from skaffect._parameters import check_integer, check_real
from skaffect.metrics._intervals import check_resampling
from skaffect.plotting import plot_confusion, plot_learning_curves
from skaffect.report._interval_figure import interval_words, plot_intervals
from skaffect.report._published import NOTE, Published, check_published, with_published
from skaffect.report._report import Report
from skaffect.report._run_again import add_what_was_run
from skaffect.report._run_card import class_rows, data_rows, labels_of, split_rows, split_words
from skaffect.report._run_classes import confusion_rows, confusion_words, recall_rows_of
from skaffect.report._run_results import Asked, RunResults, are_labels, asked, read_results
from skaffect.report._run_scores import (
    Metric,
    Resampling,
    check_metrics,
    compared,
    fold_values,
    metric_scores,
)

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_RECALL = "recall"


def protocol_report(
    result: Any,
    *,
    metrics: Mapping[str, Metric],
    title: str = "Results",
    folder: str | os.PathLike[str] | None = None,
    published: Published = _NOTHING,
    histories: Mapping[str, Mapping[str, Sequence[float]]] = _NOTHING,
    seconds: Mapping[str, float] = _NOTHING,
    command: str | None = None,
    confidence: float = 0.95,
    n_resamples: int = 2000,
    random_state: int = 0,
) -> Report:
    """Make the report of a run: its data, its splits, its figures and how to run it again.

    Parameters
    ----------
    result : Bunch, or str or os.PathLike
        What :func:`run_protocol` returned, or the folder of a run that has ended.
    metrics : mapping of str to callable
        Those that run_protocol was given, or some of them: intervals compute them anew, many
        times.
    title : str, default="Results"
        The page's title.
    folder : str or os.PathLike, or None, default=None
        Folder of the run, where `result` is the Bunch: its record says what was run.
    published : mapping of str to mapping, default={}
        A paper's figures by metric, to stand beside ours, each by the name of a system,
        condition or part, or by several in a tuple: ``{"accuracy": {("dual attention",
        "neutral/whispered"): 0.87}}``. Under ``"recall"`` those of single classes, as
        Table III of [1]_ has them: ``{"recall": {"angry": 0.7215}}``.
    histories : mapping of str to mapping, default={}
        ``history_`` of networks, drawn by :func:`plot_learning_curves`.
    seconds : mapping of str to float, default={}
        How much speech each condition holds, in seconds.
    command : str or None, default=None
        The command or the lines that make this run, shown as they are.
    confidence : float in (0, 1), default=0.95
        Of the intervals.
    n_resamples : int, default=2000
        Draws for each interval and test, at least 100. They take nearly all of the time: a
        millisecond each for scikit-learn's metrics of a thousand answers.
    random_state : int, default=0
        Seed of the draws.

    Returns
    -------
    report : Report
        The report, to which more can be added before it is written.

    Raises
    ------
    TypeError, ValueError
        If a parameter is not as above, a metric was not measured, or a published figure is of
        nothing in its table.
    OSError
        If the folder holds no run that has ended.
    ImportError
        If pandas or Matplotlib is not installed.

    See Also
    --------
    run_protocol : Makes runs.
    bootstrap_interval, compare_systems : What the intervals and tests mean.

    Notes
    -----
    Each metric has its mean and population standard deviation over folds, and its value for
    the pooled answers of all folds with an interval that draws whole speakers. These two need
    not agree: folds differ in size. Where several folds ask about the same utterances, as the
    test part of :class:`AnimationProtocol`, all their answers are pooled, and a speaker is
    drawn with all of them.

    The first system of a run is compared with each of the others that answered the same
    utterances of the same folds. P-values are not corrected for their number.

    What the metrics warn of, and that speakers are few, stands in the report instead of being
    warned of.

    References
    ----------
    .. [1] Sadiq, Asadiabadi, Erzin, "Emotion Dependent Facial Animation from Affective
       Speech", arXiv:1908.03904, 2019.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn.metrics import balanced_accuracy_score
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skaffect import DeviceProtocol, protocol_report, run_protocol
    >>> rng = np.random.default_rng(0)
    >>> target = np.tile(["angry", "sad"], 24)
    >>> corpus = {
    ...     "data": rng.normal(size=(48, 3)) + (target == "sad")[:, np.newaxis],
    ...     "target": target,
    ...     "speaker": np.repeat([f"s{i}" for i in range(6)], 8),
    ... }
    >>> metrics = {"UAR": balanced_accuracy_score}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     result = run_protocol(
    ...         {"naive Bayes": GaussianNB(), "majority": DummyClassifier()},
    ...         {"made up": corpus},
    ...         DeviceProtocol(),
    ...         folder=folder,
    ...         metrics=metrics,
    ...         random_state=0,
    ...     )
    ...     protocol_report(result, metrics=metrics, folder=folder, n_resamples=100)
    Report('Results', 5 sections)
    """
    check_metrics(metrics)
    check_published(published)
    check_resampling(confidence, n_resamples)
    check_integer("random_state", random_state, at_least=0)
    results = read_results(result, folder)
    _check_seconds(seconds, results)
    unknown = sorted(set(published) - {*metrics, _RECALL})
    if unknown:
        raise ValueError(
            f"published has {unknown}, which are no metrics; name {sorted(metrics)} or "
            f"{_RECALL!r}."
        )
    report = Report(title)
    parts = list(asked(results))
    _add_data(report, results, parts, seconds)
    _add_splits(report, results)
    how = Resampling(float(confidence), int(n_resamples), int(random_state))
    _add_metrics(report, metrics, results, parts, how, published)
    _add_comparison(report, metrics, parts, how)
    _add_classes(report, [of for of in parts if are_labels(of)], published)
    if histories:
        _add_histories(report, histories)
    add_what_was_run(report, results, command)
    return report


def _add_data(
    report: Report, results: RunResults, parts: list[Asked], seconds: Mapping[str, float]
) -> None:
    report.add_section("Data")
    report.add_table(data_rows(results, seconds), caption="Conditions")
    labelled = {of.condition for of in parts if are_labels(of)}
    labels = {name: labels_of(results, name) for name in results.members if name in labelled}
    if labels:
        report.add_table(class_rows(labels), caption="Utterances of each class that were asked")


def _add_splits(report: Report, results: RunResults) -> None:
    report.add_section("Splits")
    words, must_mind = split_words(results)
    (report.add_warning if must_mind else report.add_text)(words)
    report.add_table(split_rows(results), caption="Trained on and asked, fold by fold")


def _add_metrics(
    report: Report,
    metrics: Mapping[str, Metric],
    results: RunResults,
    parts: list[Asked],
    how: Resampling,
    published: Published,
) -> None:
    report.add_section("Results")
    report.add_text(
        "Mean and standard deviation (sd) are those of the folds. Pooled is the value of all "
        f"folds' answers together, and from and to bound its {100 * how.confidence:g} % interval, "
        "which draws whole speakers: what one person says succeeds and fails together. Intervals "
        "take speakers for independent, though folds share training speakers, and are somewhat "
        "too narrow for that."
    )
    for name, metric in metrics.items():
        scores = metric_scores(name, metric, results, parts, how)
        report.add_subsection(name)
        for note in scores.notes:
            report.add_warning(note)
        rows = with_published(scores.rows, name, published)
        figures = " " + NOTE if rows is not scores.rows else ""
        kept, alike = _telling(rows)
        report.add_table(kept, caption=f"{name} over folds, and of all answers{alike}.{figures}")
        names = _short_names(parts)
        folds = [fold_values(results, name, of) for of in parts]
        means = [row["mean"] for row in scores.rows]
        report.add_figure(
            plot_intervals(name, names, folds, scores.intervals, how.confidence),
            alt=interval_words(name, names, means, scores.intervals),
        )


def _add_comparison(
    report: Report, metrics: Mapping[str, Metric], parts: list[Asked], how: Resampling
) -> None:
    rows, notes = [], []
    for name, metric in metrics.items():
        more, said = compared(name, metric, parts, how)
        rows += more
        notes += said
    if not rows:
        return
    report.add_subsection("The first system beside the others")
    for note in dict.fromkeys(notes):
        report.add_warning(note)
    report.add_text(
        "The difference is that of the pooled answers, the first system's minus the second's, "
        "with its interval over speakers. p is how often so large a difference comes of swapping "
        "the two systems' answers speaker by speaker, and is not corrected for the number of "
        "comparisons."
    )
    kept, alike = _telling(rows)
    report.add_table(kept, caption=f"Differences of systems by the same utterances{alike}")


def _add_classes(report: Report, parts: list[Asked], published: Published) -> None:
    if not parts:
        return
    report.add_section("Classes, and what they were taken for")
    rows = recall_rows_of(parts, _short_names(parts))
    extended = with_published(rows, _RECALL, published)
    figures = " " + NOTE if extended is not rows else ""
    report.add_table(extended, caption=f"Recall of each class, of all answers.{figures}")
    from matplotlib.figure import Figure

    for of, name in zip(parts, _short_names(parts), strict=True):
        report.add_subsection(name)
        side = max(4.4, 1.6 + 0.6 * len({*of.true, *of.predicted}))
        ax = Figure(figsize=(side + 0.6, side), layout="constrained").subplots()
        plot_confusion(list(map(str, of.true)), list(map(str, of.predicted)), title="", ax=ax)
        report.add_figure(ax, alt=confusion_words(of), caption="In percent of each true class.")
        report.add_table(confusion_rows(of), caption=f"Answers of {name}, by class")


def _add_histories(report: Report, histories: Mapping[str, Mapping[str, Sequence[float]]]) -> None:
    from matplotlib.figure import Figure

    report.add_section("Training")
    ax = Figure(figsize=(7.2, 4.6), layout="constrained").subplots()
    plot_learning_curves(histories, loss="loss", ax=ax)
    lasts = [
        f"{name} from {loss[0]:.3g} to {loss[-1]:.3g} in {len(loss)} epochs"
        for name, history in histories.items()
        for loss in (history["val_loss" if "val_loss" in history else "loss"],)
    ]
    report.add_figure(ax, alt=f"Loss over the epochs: {'; '.join(lasts)}.")


def _telling(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], str]:
    """Leave out condition or part where it is the same in all rows, and say what it is."""
    alike = [key for key in ("condition", "part") if len({row[key] for row in rows}) == 1]
    kept = [{key: value for key, value in row.items() if key not in alike} for row in rows]
    said = ", ".join(f"{key} {rows[0][key]!r}" for key in alike)
    return kept, f" ({said})" if said else ""


def _short_names(parts: list[Asked]) -> list[str]:
    """Name each part by what tells it from others."""
    kept = ["system"]
    kept += [key for key in ("condition", "part") if len({of.where[key] for of in parts}) > 1]
    return [", ".join(of.where[key] for key in kept) for of in parts]


def _check_seconds(seconds: Any, results: RunResults) -> None:
    if not isinstance(seconds, Mapping):
        raise TypeError(f"seconds must map conditions to seconds, got {seconds!r}.")
    for condition, duration in seconds.items():
        if condition not in results.members:
            raise ValueError(
                f"seconds has {condition!r}, which is no condition of the run; those are "
                f"{sorted(results.members)}."
            )
        check_real(f"seconds[{condition!r}]", duration, above=0)
