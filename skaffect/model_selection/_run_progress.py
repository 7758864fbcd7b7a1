"""How far a run has come, in lines on the standard error stream."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence

import numpy as np
from joblib import effective_n_jobs

from skaffect.model_selection._run_plan import Task


class Progress:
    """Lines of a run, the first of which says what was there already.

    Parameters
    ----------
    tasks : list of Task
        All of the run.
    missing : list of Task
        Those that are to be run now.
    n_jobs : int or None
        As many at once.
    """

    def __init__(self, tasks: Sequence[Task], missing: Sequence[Task], n_jobs: int | None) -> None:
        self._n_tasks, self._n_jobs = len(tasks), n_jobs
        self._missing = [task.system for task in missing]
        self._took: dict[str, list[float]] = {}
        self._started = time.monotonic()
        n_kept = len(tasks) - len(missing)
        if not missing:
            _say(f"All {n_kept} are there from before; nothing is trained")
        elif n_kept:
            _say(f"{n_kept} of {len(tasks)} are there from before; going on with the rest")

    def say_done(self, task: Task, seconds: float) -> None:
        """Say that a task is done, and about how long the rest will take."""
        self._missing.remove(task.system)
        self._took.setdefault(task.system, []).append(seconds)
        line = (
            f"Done {self._n_tasks - len(self._missing)} of {self._n_tasks}: "
            f"{', '.join(task.names)}, {seconds:.1f} s; "
            f"{time.monotonic() - self._started:.1f} s since the start"
        )
        left = seconds_left(self._took, self._missing, effective_n_jobs(self._n_jobs))
        if left is not None:
            line += f", {in_words(left)} left"
        _say(line)


def seconds_left(
    took: Mapping[str, Sequence[float]], missing: Sequence[str], n_workers: int
) -> float | None:
    """Return how long the rest of a run will take, by what its systems took so far.

    Parameters
    ----------
    took : mapping of str to sequence of float
        Seconds of each fold that is done, by system.
    missing : sequence of str
        The system of each fold that is not.
    n_workers : int
        Folds that run side by side.

    Returns
    -------
    seconds : float or None
        The estimate; None if nothing is missing, or a system of which no fold is done.
    """
    if not missing or not set(missing) <= took.keys():
        return None
    total = sum(float(np.mean(took[system])) for system in missing)
    return total / min(n_workers, len(missing))


def in_words(seconds: float) -> str:
    """Return a duration as roughly as it is known, such as ``"about 4 min"``."""
    if seconds < 55:
        return f"about {max(10 * round(seconds / 10), 10)} s"
    if seconds < 5400:
        return f"about {round(seconds / 60)} min"
    return f"about {seconds / 3600:.1f} h"


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
