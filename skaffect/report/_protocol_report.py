"""The report of a run of run_protocol."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from skaffect._parameters import check_integer, check_real
from skaffect.metrics._intervals import check_resampling
from skaffect.model_selection._run_tables import check_metrics
from skaffect.report._published import Published, check_published
from skaffect.report._report import Report
from skaffect.report._run_again import WHAT_WAS_RUN, add_what_was_run
from skaffect.report._run_results import RunResults, read_results
from skaffect.report._run_scores import Metric, Resampling
from skaffect.report._run_sections import RECALL, add_run

_NOTHING: Mapping[str, Any] = MappingProxyType({})


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
    unknown = sorted(set(published) - {*metrics, RECALL})
    if unknown:
        raise ValueError(
            f"published has {unknown}, which are no metrics; name {sorted(metrics)} or {RECALL!r}."
        )
    report = Report(title)
    how = Resampling(float(confidence), int(n_resamples), int(random_state))
    add_run(
        report,
        results,
        metrics,
        how,
        published=published,
        histories=histories,
        seconds=seconds,
    )
    report.add_section(WHAT_WAS_RUN)
    add_what_was_run(report, results, command)
    return report


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
