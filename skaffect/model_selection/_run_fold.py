"""One system in one condition and fold: what a process of a run does."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

from sklearn.base import clone
from sklearn.utils import _safe_indexing

from skaffect.model_selection._condition import Columns, rows
from skaffect.model_selection._fold import Fold
from skaffect.model_selection._run_answers import Answers, check_answer
from skaffect.model_selection._run_plan import Task
from skaffect.model_selection._system import System


class Finished(NamedTuple):
    """What comes back from a process."""

    task: Task
    answers: Answers
    seconds: float


def finish(task: Task, system: System, columns: Columns, own: dict[str, int]) -> Finished:
    """Train a system on a fold and ask it; errors name where."""
    started = time.monotonic()
    try:
        answers = _train_and_ask(task.fold, system, columns, own)
    except Exception as error:
        where = "system {!r}, condition {!r}, fold {!r}".format(*task.names)
        raise RuntimeError(
            f"{where} failed with {type(error).__name__}: {error} What is finished is kept."
        ) from error
    return Finished(task, answers, time.monotonic() - started)


def _train_and_ask(
    fold: Fold, system: System, columns: Columns, own: dict[str, int]
) -> dict[str, dict[str, Any]]:
    estimator = clone(system.estimator).set_params(**own)
    estimator.fit(
        _safe_indexing(columns["data"], fold.train),
        _safe_indexing(columns["target"], fold.train),
        **{
            parameter: _safe_indexing(columns[name], fold.train)
            for parameter, name in system.fit_params.items()
        },
    )
    answers: dict[str, dict[str, Any]] = {name: {} for name in system.answers or ()}
    for part, indices in fold.parts.items():
        asked = rows(columns, indices)
        for name, answer in (system.answers or {}).items():
            answers[name][part] = answer(estimator, asked)
            check_answer(answers[name][part], len(indices))
    return answers
