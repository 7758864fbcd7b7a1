"""Systems on conditions and folds: a plan that can be stopped at any point."""

from __future__ import annotations

import platform
import secrets
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import Any

from sklearn.utils import Bunch
from sklearn.utils.parallel import Parallel, delayed

from skaffect._parameters import check_integer, check_option
from skaffect.model_selection._run_answers import Piece, array_key, read_piece, write_piece
from skaffect.model_selection._run_fold import finish
from skaffect.model_selection._run_folder import RunFolder, open_run_folder
from skaffect.model_selection._run_plan import Plan, Task, make_plan
from skaffect.model_selection._run_progress import Progress
from skaffect.model_selection._run_record import Record, check_same_run, make_record, seeds
from skaffect.model_selection._run_tables import (
    Answered,
    Metric,
    answer_table,
    answers_for_csv,
    check_metrics,
    csv_bytes,
    members_of,
    metric_table,
)

_INSTALL_PANDAS = 'install pandas: pip install "skaffect[report]"'


def run_protocol(
    systems: Mapping[str, Any],
    conditions: Mapping[str, Any],
    protocol: Any,
    *,
    folder: Any,
    metrics: Mapping[str, Metric],
    n_jobs: int | None = None,
    random_state: int | None = None,
    verbose: int = 0,
) -> Bunch:
    """Train and ask every system in every condition and fold, and keep what is finished.

    A stopped run, killed ones too, goes on where it was when the same call is made again:
    no finished fold is lost or run again, only those that were at work. The tables are byte
    for byte those of a run that was never stopped.

    Parameters
    ----------
    systems : mapping of str to estimator, or to :class:`System`
        What is compared, each cloned for every fold. A :class:`System` gives more to ``fit``
        than ``X`` and ``y``, or answers in several ways.
    conditions : mapping of str to mapping
        The corpora: each a Bunch or another mapping with ``data``, ``target`` and columns
        such as ``speaker``, one entry per utterance.
    protocol : object with ``folds(corpus)``
        Makes the folds of a condition, a list of :class:`Fold`, the same in every call: a
        :class:`SplitProtocol`, :class:`AnimationProtocol`, :class:`DeviceProtocol`, or one
        of your own.
    folder : str or os.PathLike
        Where the run is kept: a new or empty folder, or that of the same run.
    metrics : mapping of str to callable
        Functions ``metric(y_true, y_pred)`` that return a number, as
        :func:`~sklearn.metrics.balanced_accuracy_score` and :func:`shape_mse`.
    n_jobs : int or None, default=None
        Folds that run side by side, each in a process. None is one, in this process.
    random_state : int or None, default=None
        Seed from which every ``random_state`` that is an integer or None, of a system or of
        the estimators in it, gets a value of its own in every fold. None draws one when the
        run begins, and keeps it in the folder.
    verbose : {0, 1}, default=0
        Whether to say on the standard error stream what a folder held already, every finished
        fold, and about how long the rest will take.

    Returns
    -------
    Bunch
        With

        table : pandas.DataFrame
            ``system``, ``condition``, ``fold``, ``part``, ``metric``, ``value``,
            ``n_train``, ``n_test``: one row for each metric.
        answers : pandas.DataFrame
            ``system``, ``condition``, ``fold``, ``part``, ``item``, ``speaker`` (None where
            the condition has no such column), ``true``, ``predicted``: one row for each
            answer; answers may be arrays.
        members : dict
            ``members[condition][fold]`` has the items' names under ``"train"``, and under
            ``"parts"`` by part. An item's name is its path below the folder that holds all
            of the condition's, or its number from 0.
        observations : dict
            ``observations[system][condition][fold][name]`` is what an observation of a
            :class:`System` returned, tuples as lists. Systems without any are left out.

    Raises
    ------
    TypeError, ValueError
        If a parameter is not as above, a fold trains on what it asks about, or the folder
        holds other files or the run of another configuration; before anything is trained.
        TypeError too if an observation returns what is not plain.
    OSError
        If a file of a condition cannot be read, the folder cannot be written to, or another
        process is at work in it (BlockingIOError).
    ImportError
        If pandas is not installed.
    RuntimeError
        If a system fails: the message names system, condition and fold. What is finished
        stays, and the same call goes on with the rest.

    See Also
    --------
    System : What a system may be besides an estimator.
    Fold : What a protocol makes.

    Notes
    -----
    In the folder are ``table.csv``, ``answers.csv``, ``members.json`` and
    ``observations.json``, written once all folds are there; ``run.json``, the record:
    versions, a hash of the code, parameters, SHA-256 of every utterance and column, splits
    and seeds; ``folds/``, the answers and observations of each fold; and ``times.json``:
    when, where and how long each fold ran. No sound and no model is kept. Answers that are
    arrays, as faces, lie in ``folds/*.npz``, and ``answers.csv`` names file and key; true
    arrays stay with the corpus.

    The record is compared before a run goes on, and other versions, parameters, utterances,
    splits, seeds or code are refused. Metrics are no part of that: they are computed from
    the answers, so a finished run may be measured anew at no cost.

    Seeds hang on `random_state` and on the names of system, condition and fold, not on the
    order in which folds run. A default that an estimator makes for itself, as for
    ``regressor=None``, is out of reach: give it. Floating-point sums may still differ in
    their last digits between machines or numbers of threads.

    Examples
    --------
    >>> import tempfile
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn.metrics import accuracy_score
    >>> from sklearn.model_selection import StratifiedKFold
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skaffect import SplitProtocol, run_protocol
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     result = run_protocol(
    ...         {"naive Bayes": GaussianNB(), "majority": DummyClassifier()},
    ...         {"iris": load_iris()},
    ...         SplitProtocol(StratifiedKFold(2), groups=None),
    ...         folder=folder,
    ...         metrics={"accuracy": accuracy_score},
    ...         random_state=0,
    ...     )
    >>> print(result.table[["system", "fold", "value"]].round(2).to_csv(index=False), end="")
    system,fold,value
    naive Bayes,fold 1,0.92
    naive Bayes,fold 2,0.96
    majority,fold 1,0.33
    majority,fold 2,0.33
    """
    if find_spec("pandas") is None:
        raise ImportError(f"Tables are made by pandas, which is missing; {_INSTALL_PANDAS}.")
    check_option("verbose", verbose, (0, 1, False, True))
    if random_state is not None:
        check_integer("random_state", random_state, at_least=0)
    check_metrics(metrics)
    plan = make_plan(systems, conditions, protocol)
    with open_run_folder(folder) as run_folder:
        record = _begun(run_folder, plan, protocol, metrics, random_state)
        _run_missing(run_folder, plan, record["seed"], n_jobs, bool(verbose))
        return _tables(run_folder, plan, metrics)


def _begun(
    folder: RunFolder,
    plan: Plan,
    protocol: Any,
    metrics: Mapping[str, Metric],
    random_state: int | None,
) -> Record:
    """Return the record of this run, which is in the folder once this returns."""
    found = folder.record()
    if random_state is not None:
        seed = int(random_state)
    elif found is not None and found.get("drawn"):
        seed = int(found["seed"])
    else:
        seed = secrets.randbelow(2**31)
    given = make_record(*plan, protocol, metrics, random_state is None, seed)
    if found is None:
        folder.write_record(given)
        return given
    check_same_run(found, given, str(folder.path))
    if found["metrics"] != given["metrics"]:
        folder.write_record({**found, "metrics": given["metrics"]})
    return found


def _run_missing(
    folder: RunFolder, plan: Plan, seed: int, n_jobs: int | None, verbose: bool
) -> None:
    """Run what is not in the folder yet; only this process writes."""
    tasks = plan.tasks()
    missing = [task for task in tasks if not _is_finished(folder, task)]
    progress = Progress(tasks, missing, n_jobs) if verbose else None
    if not missing:
        return
    # One by one: what joblib sends out together would be lost together.
    run = Parallel(n_jobs=n_jobs, batch_size=1, return_as="generator_unordered")
    with closing(run(_jobs(missing, plan, seed))) as finished:
        for task, answers, observations, seconds in finished:
            write_piece(folder, folder.piece(*task.names), answers, observations)
            _note_time(folder, task, seconds)
            if progress is not None:
                progress.say_done(task, seconds)


def _is_finished(folder: RunFolder, task: Task) -> bool:
    return folder.piece(*task.names).with_suffix(".json").exists()


def _jobs(missing: list[Task], plan: Plan, seed: int) -> Iterator[Any]:
    for task in missing:
        system = plan.systems[task.system]
        columns = plan.conditions[task.condition]
        own = seeds(system, seed, *task.names)
        yield delayed(finish)(task, system, columns, own)


def _note_time(folder: RunFolder, task: Task, seconds: float) -> None:
    """Add when and where a fold ran, which no two runs have alike."""
    folder.note(
        {
            **dict(zip(("system", "condition", "fold"), task.names, strict=True)),
            "seconds": round(seconds, 3),
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
            "host": platform.node(),
            "machine": platform.platform(),
        }
    )


def _tables(folder: RunFolder, plan: Plan, metrics: Mapping[str, Metric]) -> Bunch:
    """Return the tables of a finished run, once they are in the folder."""
    # Always as the disk has them.
    pieces = {task.names: read_piece(folder.piece(*task.names)) for task in plan.tasks()}
    answered = list(_answered(folder, plan, pieces))
    table = metric_table(answered, plan.conditions, metrics)
    answers = answer_table(answered, plan.conditions)
    members = members_of(plan.conditions, plan.folds)
    observations = _observations(plan, pieces)
    folder.write_bytes("answers.csv", csv_bytes(answers_for_csv(answers, answered)))
    folder.write_json("members.json", members)
    folder.write_json("observations.json", observations)
    folder.write_bytes("table.csv", csv_bytes(table))
    return Bunch(table=table, answers=answers, members=members, observations=observations)


def _answered(
    folder: RunFolder, plan: Plan, pieces: Mapping[tuple[str, str, str], Piece]
) -> Iterator[Answered]:
    """Yield all answers in the order that was asked for."""
    for name, system in plan.systems.items():
        for condition, folds in plan.folds.items():
            for i, own in enumerate(system.answers or ()):
                for fold in folds:
                    names = (name, condition, fold.name)
                    archive = folder.piece(*names).with_suffix(".npz").relative_to(folder.path)
                    for k, part in enumerate(fold.parts):
                        place = f"{archive.as_posix()}:{array_key(i, k)}"
                        predicted = pieces[names].answers[own][part]
                        yield Answered(own, condition, fold, part, predicted, place)


def _observations(
    plan: Plan, pieces: Mapping[tuple[str, str, str], Piece]
) -> dict[str, dict[str, dict[str, Any]]]:
    """Return what was observed by system, condition and fold, of the systems that are."""
    return {
        name: {
            condition: {
                fold.name: dict(pieces[name, condition, fold.name].observations) for fold in folds
            }
            for condition, folds in plan.folds.items()
        }
        for name, system in plan.systems.items()
        if system.observations
    }
