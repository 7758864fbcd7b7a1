"""One system in one condition and fold: what a process of a run does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from sklearn.base import clone
from sklearn.utils import _safe_indexing

from skaffect.model_selection._condition import Columns, rows
from skaffect.model_selection._fold import Fold
from skaffect.model_selection._run_answers import Answers, check_answer
from skaffect.model_selection._run_observations import Observations, checked_plain
from skaffect.model_selection._run_plan import Task
from skaffect.model_selection._system import System


class Finished(NamedTuple):
    """What comes back from a process."""

    task: Task
    answers: Answers
    observations: Observations
    seconds: float


def finish(task: Task, system: System, columns: Columns, own: dict[str, int]) -> Finished:
    """Train a system on a fold, ask it and observe it; errors name where."""
    started = time.monotonic()
    where = "system {!r}, condition {!r}, fold {!r}".format(*task.names)
    with _named(where):
        estimator = _trained(task.fold, system, columns, own)
        answers = _asked(estimator, task.fold, system, columns)
    observations = _observed(estimator, task.fold, system, columns, where)
    return Finished(task, answers, observations, time.monotonic() - started)


def _trained(fold: Fold, system: System, columns: Columns, own: dict[str, int]) -> Any:
    estimator = clone(system.estimator).set_params(**own)
    return estimator.fit(
        _safe_indexing(columns["data"], fold.train),
        _safe_indexing(columns["target"], fold.train),
        **{
            parameter: _safe_indexing(columns[name], fold.train)
            for parameter, name in system.fit_params.items()
        },
    )


def _asked(
    estimator: Any, fold: Fold, system: System, columns: Columns
) -> dict[str, dict[str, Any]]:
    answers: dict[str, dict[str, Any]] = {name: {} for name in system.answers or ()}
    for part, indices in fold.parts.items():
        asked = rows(columns, indices)
        for name, answer in (system.answers or {}).items():
            answers[name][part] = answer(estimator, asked)
            check_answer(answers[name][part], len(indices))
    return answers


def _observed(
    estimator: Any, fold: Fold, system: System, columns: Columns, where: str
) -> dict[str, Any]:
    if not system.observations:
        return {}
    trained = rows(columns, fold.train)
    parts = {part: rows(columns, indices) for part, indices in fold.parts.items()}
    observations = {}
    for name, observe in system.observations.items():
        with _named(f"{where}, observation {name!r}"):
            observed = observe(estimator, trained, parts)
        observations[name] = checked_plain(observed, f"{where}, observation {name!r}")
    return observations


@contextmanager
def _named(where: str) -> Iterator[None]:
    """Say where something failed; a process hands on little else."""
    try:
        yield
    except Exception as error:
        raise RuntimeError(
            f"{where} failed with {type(error).__name__}: {error} What is finished is kept."
        ) from error
