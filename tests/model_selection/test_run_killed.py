"""A run that is killed again and again gives what an unbroken one gives, byte for byte."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

N_KILLS = 10
RESULTS = ("table.csv", "answers.csv", "members.json", "observations.json")
SCRIPT = '''
import os, sys, time

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import balanced_accuracy_score
from sklearn.naive_bayes import GaussianNB
from sklearn.utils import Bunch

from skaffect import AnimationProtocol, System, run_protocol

NUMBER, FOLDER, LOG = sys.argv[1:]


class Slow(ClassifierMixin, BaseEstimator):
    """Naive Bayes on noisy data; notes the run and the fold in which it is fitted."""

    def __init__(self, name, random_state=None):
        self.name = name
        self.random_state = random_state

    def fit(self, X, y, condition, fold):
        with open(LOG, "a") as file:
            file.write(f"{NUMBER} {self.name} {condition[0]} {self.random_state}\\n")
        noise = np.random.default_rng(self.random_state).normal(size=X.shape)
        time.sleep(0.15)
        self.model_ = GaussianNB().fit(X + noise, y)
        return self

    def predict(self, X):
        return self.model_.predict(X)

    def faces(self, rows):
        answers = np.empty(len(rows.data), dtype=object)
        for i, row in enumerate(rows.data):
            answers[i] = self.model_.predict_proba([row] * (1 + i % 3))
        return answers


def corpus(name):
    rng = np.random.default_rng(len(name))
    target = np.arange(40) % 2
    return Bunch(
        data=rng.normal(size=(40, 3)) + target[:, np.newaxis],
        target=target,
        speaker=np.arange(40) // 2 % 10,
        condition=np.array([name] * 40),
    )


def share(true, predicted):
    if getattr(predicted, "dtype", None) == object:
        predicted = [rows[0].argmax() for rows in predicted]
    return balanced_accuracy_score(true, predicted)


def noted(model, trained, parts):
    """What is observed hangs on the fold, its seed, and all that was given."""
    test = sorted(parts["test"].speaker.tolist())
    return {"seed": model.random_state, "trained": trained.target.tolist(), "test": test}


told = {"condition": "condition", "fold": "speaker"}
run_protocol(
    {
        "labels": System(Slow("labels"), told, observations={"noted": noted}),
        "arrays": System(Slow("arrays"), told, {"arrays": lambda model, rows: model.faces(rows)}),
    },
    {name: corpus(name) for name in ("clean", "reverberant")},
    AnimationProtocol("speaker"),
    folder=FOLDER,
    metrics={"UAR": share},
    n_jobs=2,
    random_state=0,
)
'''


def start(script: Path, number: int, folder: Path, log: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(script), str(number), str(folder), str(log)]
    # A session of its own, so that what a killed run leaves behind can be ended as well.
    # No pipe: the workers of a killed run would hold it open for minutes.
    with open(errors_of(folder), "wb") as errors:
        return subprocess.Popen(command, start_new_session=True, stderr=errors)


def errors_of(folder: Path) -> Path:
    return folder.with_suffix(".errors")


def finished(folder: Path) -> set[str]:
    return {path.name for path in (folder / "folds").glob("*.json")}


def wait_for_fits(process: subprocess.Popen[bytes], log: Path, number: int, n: int) -> None:
    """Wait until a run has begun `n` fits, or has ended."""
    while n and process.poll() is None:
        lines = log.read_text().splitlines() if log.exists() else []
        if sum(line.startswith(f"{number} ") for line in lines) >= n:
            return
        time.sleep(0.02)


def end_group(process: subprocess.Popen[bytes]) -> None:
    process.wait()
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="has no SIGKILL")
def test_a_run_killed_ten_times(tmp_path: Path) -> None:
    script = tmp_path / "experiment.py"
    script.write_text(SCRIPT)
    whole = start(script, 0, tmp_path / "whole", tmp_path / "whole.log")
    assert whole.wait() == 0, errors_of(tmp_path / "whole").read_text()
    folder, log = tmp_path / "killed", tmp_path / "killed.log"
    draw = random.Random(5)
    kept: list[set[str]] = []
    n_killed = 0
    for number in range(1, 3 * N_KILLS):
        kept.append(finished(folder))
        process = start(script, number, folder, log)
        if n_killed < N_KILLS:
            wait_for_fits(process, log, number, draw.randrange(4))
            time.sleep(draw.uniform(0, 0.5))
            process.send_signal(signal.SIGKILL)
        ended = process.wait()
        end_group(process)
        if ended == -signal.SIGKILL:
            n_killed += 1
        else:
            assert ended == 0, errors_of(folder).read_text()
            if n_killed == N_KILLS:
                break
    assert n_killed == N_KILLS
    for name in RESULTS:
        assert (folder / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert_no_finished_fold_ran_again(folder, log, kept)
    assert not list(folder.rglob("*.part"))


def assert_no_finished_fold_ran_again(folder: Path, log: Path, kept: list[set[str]]) -> None:
    """Compare the log of fits with what was in the folder when each run began."""
    record = json.loads((folder / "run.json").read_text())
    # The seed of a fit tells its system, condition and fold.
    names = {str(own["random_state"]): key for key, own in record["seeds"].items()}
    assert len(names) == 20
    fits = [line.split() for line in log.read_text().splitlines()]
    for number in range(1, len(kept) + 1):
        own = Counter(names[seed] for run, *_, seed in fits if int(run) == number)
        assert all(n == 1 for n in own.values())
        before = kept[number - 1]
        for key in own:
            stem = "-".join(key.replace(",", "").split())
            assert not any(name.startswith(f"{stem}-") for name in before)
    assert {names[seed] for *_, seed in fits} == set(names.values())
    # Two at most were at work when a run was killed.
    assert len(fits) <= 20 + 2 * N_KILLS
