"""What is cross-validated: a corpus and the systems that are compared on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from sklearn.utils import Bunch

from skaffect.model_selection import System, recording_hashes

Metric = Callable[[Any, Any], float]
# Begins a section of a report, or a part of one.
Begin = Callable[[str], Any]


class Job(NamedTuple):
    """One of the three jobs, ready to be cross-validated.

    Parameters
    ----------
    name : str
        ``"emotion"``, ``"animation"`` or ``"device"``.
    title : str
        What is asked, as a heading.
    condition : str
        Name of the corpus.
    corpus : Bunch
        Columns with an entry for each utterance, as :func:`numbered` returns them.
    systems : dict of str to System
        What is compared; the first one is the job's default.
    metrics : dict of str to callable
        Functions ``metric(y_true, y_pred)``.
    published : dict of str to dict
        A paper's figures, as `protocol_report` takes them.
    note : str
        What must be known about the published figures.
    about : str
        What each system is.
    loss : str
        What training lowers, with its unit.
    """

    name: str
    title: str
    condition: str
    corpus: Bunch
    systems: Mapping[str, System]
    metrics: Mapping[str, Metric]
    published: Mapping[str, Mapping[Any, float]]
    note: str
    about: str
    loss: str


class Evaluation(NamedTuple):
    """A job and what :func:`run_protocol` returned for it, and the run's folder."""

    job: Job
    result: Bunch
    folder: str


def numbered(corpus: Mapping[str, Any], **columns: Any) -> Bunch:
    """Return a corpus with what observations and splits want to know besides.

    These are each utterance's ``number``, by which its sound is found again, and its
    ``recording``, a hash by which copies of it are known.

    Raises
    ------
    ValueError
        If the corpus does not tell who speaks.
    """
    if "speaker" not in corpus:
        raise ValueError(
            "the recordings do not tell their speakers, who must be kept apart: write {speaker} "
            "in the pattern where their names stand."
        )
    return Bunch(
        **{
            **corpus,
            "number": np.arange(len(corpus["data"])),
            "recording": recording_hashes(corpus["data"]),
            **columns,
        }
    )


def histories(evaluation: Evaluation) -> dict[str, dict[str, list[float]]]:
    """Return the learning curves that were observed, to be drawn together.

    With several networks each has its mean over folds; of a single one each fold is shown.
    """
    folds: dict[str, dict[str, dict[str, list[float]]]] = {}
    for of_system in evaluation.result.observations.values():
        for fold, observed in of_system[evaluation.job.condition].items():
            for network, history in observed["histories"].items():
                folds.setdefault(network, {})[fold] = history
    if len(folds) == 1:
        return next(iter(folds.values()))
    return {network: _mean(list(own.values())) for network, own in folds.items()}


def losses(evaluation: Evaluation) -> list[float]:
    """Return the training losses of the first system, of one network, the mean over its folds."""
    system = next(iter(evaluation.job.systems))
    folds = evaluation.result.observations[system][evaluation.job.condition].values()
    curves = [curve for observed in folds for curve in observed["histories"].values()]
    return _mean(curves)["loss"]


def history(
    model: Any, trained: Bunch, parts: Mapping[str, Bunch], *, network: str
) -> dict[str, dict[str, list[float]]]:
    """Observe the learning curves of a pipeline that ends in one network."""
    return {network: model[-1].history_}


def first_fold(evaluation: Evaluation, system: str) -> dict[str, Any]:
    """Return what was observed of a system in the first fold."""
    folds = evaluation.result.observations[system][evaluation.job.condition]
    return dict(next(iter(folds.values())))


def _mean(curves: list[dict[str, list[float]]]) -> dict[str, list[float]]:
    return {
        name: np.mean([curve[name] for curve in curves], axis=0).tolist() for name in curves[0]
    }
