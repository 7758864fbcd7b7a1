"""Systems, conditions and folds become one table, and a stopped run goes on."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.ensemble import AdaBoostClassifier
from sklearn.linear_model import Ridge, SGDClassifier
from sklearn.metrics import accuracy_score, balanced_accuracy_score
from sklearn.model_selection import GroupKFold
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import Bunch

from skaffect import (
    AnimationProtocol,
    DeviceProtocol,
    EmotionConditionedRegressor,
    SplitProtocol,
    System,
    run_protocol,
    shape_mse,
)
from skaffect.model_selection._run_folder import open_run_folder
from skaffect.model_selection._run_record import OtherRunError, seeds

METRICS = {"accuracy": accuracy_score, "UAR": balanced_accuracy_score}
RESULTS = ("table.csv", "answers.csv", "members.json", "observations.json")


def corpus(seed: int = 0, n: int = 36) -> Bunch:
    rng = np.random.default_rng(seed)
    target = np.array(["angry", "sad", "happy"])[np.arange(n) % 3]
    data = rng.normal(size=(n, 4)) + 0.8 * (np.arange(n) % 3)[:, np.newaxis]
    speaker = np.array([f"speaker{i}" for i in np.arange(n) // 3 % 6])
    return Bunch(data=data, target=target, speaker=speaker, DESCR="not one entry per utterance")


def sgd(**parameters: Any) -> Any:
    return make_pipeline(StandardScaler(), SGDClassifier(max_iter=20, tol=None, **parameters))


def call(folder: Any, **changes: Any) -> Bunch:
    given: dict[str, Any] = {
        "systems": {"naive Bayes": GaussianNB(), "SGD": sgd()},
        "conditions": {"clean": corpus()},
        "protocol": DeviceProtocol(),
        "folder": folder,
        "metrics": METRICS,
        "random_state": 3,
        **changes,
    }
    positional = [given.pop(name) for name in ("systems", "conditions", "protocol")]
    return run_protocol(*positional, **given)


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in RESULTS}


class Counting(ClassifierMixin, BaseEstimator):
    """Answers with the commonest label, and notes every fit; may fail, or be interrupted."""

    def __init__(self, log: str, stop: str = "", raises: type[BaseException] = OSError) -> None:
        self.log = log
        self.stop = stop
        self.raises = raises

    def fit(self, X: Any, y: Any) -> Counting:
        with open(self.log, "a") as file:
            file.write("fit\n")
        if self.stop and Path(self.log).read_text().count("fit") == int(self.stop):
            raise self.raises("out of paper")
        self.classes_, counts = np.unique(y, return_counts=True)
        self.answer_ = self.classes_[counts.argmax()]
        return self

    def predict(self, X: Any) -> Any:
        return np.full(len(X), self.answer_)


def fits(log: Path) -> int:
    return log.read_text().count("fit") if log.exists() else 0


def test_the_table_is_that_of_a_plain_loop(tmp_path: Path) -> None:
    systems = {"naive Bayes": GaussianNB(), "ridge": make_pipeline(StandardScaler(), GaussianNB())}
    conditions = {"clean": corpus(), "noisy": corpus(1)}
    result = call(
        tmp_path, systems=systems, conditions=conditions, protocol=AnimationProtocol("speaker")
    )
    rows, answers = [], []
    for name, system in systems.items():
        for condition, own in conditions.items():
            for fold in AnimationProtocol("speaker").folds(own):
                model = clone(system).fit(own.data[fold.train], own.target[fold.train])
                for part, indices in fold.parts.items():
                    predicted = model.predict(own.data[indices])
                    where = (name, condition, fold.name, part)
                    for metric, function in METRICS.items():
                        value = function(own.target[indices], predicted)
                        rows.append((*where, metric, value, len(fold.train), len(indices)))
                    answers += [
                        (*where, str(i), own.speaker[i], own.target[i], label)
                        for i, label in zip(indices, predicted, strict=True)
                    ]
    assert list(result.table.itertuples(index=False, name=None)) == rows
    assert list(result.answers.itertuples(index=False, name=None)) == answers
    first = AnimationProtocol("speaker").folds(conditions["noisy"])[0]
    members = result.members["noisy"]["fold 1"]
    assert members["train"] == [str(i) for i in first.train]
    assert members["parts"]["test"] == [str(i) for i in first.parts["test"]]
    assert json.loads((tmp_path / "members.json").read_text()) == result.members
    header, line, *_ = (tmp_path / "table.csv").read_text().splitlines()
    assert header == "system,condition,fold,part,metric,value,n_train,n_test"
    assert line == ",".join(map(str, rows[0]))


def test_neither_processes_nor_order_nor_company_change_a_system(tmp_path: Path) -> None:
    call(tmp_path / "one")
    call(tmp_path / "two", n_jobs=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    systems = {"SGD": sgd(), "naive Bayes": GaussianNB()}
    turned = call(tmp_path / "three", systems=systems).table
    alone = call(tmp_path / "four", systems={"SGD": sgd()}).table
    assert turned[turned.system == "SGD"].value.tolist() == alone.value.tolist()


def test_every_fold_has_its_own_seeds(tmp_path: Path) -> None:
    twice = {"clean": corpus(), "again": corpus()}
    first = call(tmp_path / "a", conditions=twice)
    record = json.loads((tmp_path / "a" / "run.json").read_text())
    drawn = [of["sgdclassifier__random_state"] for k, of in record["seeds"].items() if "SGD" in k]
    assert len(set(drawn)) == 6
    assert all(of == {} for k, of in record["seeds"].items() if "SGD" not in k)
    other = call(tmp_path / "b", conditions=twice, random_state=4)
    of_sgd = first.table.system == "SGD"
    assert not first.table[of_sgd].equals(other.table[of_sgd])
    assert first.table[~of_sgd].equals(other.table[~of_sgd])


def test_every_estimator_in_a_system_has_its_own_seed() -> None:
    system = System(AdaBoostClassifier(SGDClassifier()))
    own = seeds(system, 0, "a", "b", "fold 1")
    assert set(own) == {"random_state", "estimator__random_state"}
    assert len({*own.values(), *seeds(system, 0, "a", "b", "fold 2").values()}) == 4


def test_a_seed_left_open_is_kept_with_the_run(tmp_path: Path) -> None:
    call(tmp_path / "a", random_state=None)
    before = contents(tmp_path / "a")
    record = json.loads((tmp_path / "a" / "run.json").read_text())
    for piece in (tmp_path / "a" / "folds").glob("SGD*"):
        piece.unlink()
    call(tmp_path / "a", random_state=None)
    assert contents(tmp_path / "a") == before
    with pytest.raises(ValueError, match="What differs: drawn was True and is now False"):
        call(tmp_path / "a", random_state=record["seed"])
    call(tmp_path / "b", random_state=None)
    assert json.loads((tmp_path / "b" / "run.json").read_text())["seed"] != record["seed"]


def test_a_system_that_fails_is_named_and_the_rest_stays(tmp_path: Path) -> None:
    log = tmp_path / "log"
    changes = {"protocol": SplitProtocol(GroupKFold(3))}
    failing = {"naive Bayes": GaussianNB(), "poll": Counting(str(log), stop="2")}
    message = (
        "system 'poll', condition 'clean', fold 'fold 2' failed with OSError: out of paper What is"
    )
    with pytest.raises(RuntimeError, match=message):
        call(tmp_path / "run", systems=failing, **changes)
    assert not (tmp_path / "run" / "table.csv").exists()
    assert len(list((tmp_path / "run" / "folds").iterdir())) == 3
    result = call(tmp_path / "run", systems=failing, **changes)  # the third fit does not fail
    assert fits(log) == 4
    whole = call(tmp_path / "whole", systems=failing, **changes)
    assert contents(tmp_path / "run") == contents(tmp_path / "whole")
    assert result.table.equals(whole.table)


def test_an_interrupt_leaves_nothing_half_written(tmp_path: Path) -> None:
    log = tmp_path / "log"
    systems = {"poll": Counting(str(log), stop="3", raises=KeyboardInterrupt)}
    with pytest.raises(KeyboardInterrupt):
        call(tmp_path / "run", systems=systems)
    pieces = sorted((tmp_path / "run" / "folds").iterdir())
    assert [piece.suffix for piece in pieces] == [".json"] * 2
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == [
        ".lock",
        "folds",
        "run.json",
        "times.json",
    ]
    call(tmp_path / "run", systems=systems)
    assert fits(log) == 4


def test_a_finished_run_is_read_and_may_be_measured_anew(tmp_path: Path) -> None:
    log = tmp_path / "log"
    systems = {"poll": Counting(str(log))}
    first = call(tmp_path / "run", systems=systems)
    before, n_fits = contents(tmp_path / "run"), fits(log)
    again = call(tmp_path / "run", systems=systems)
    assert (fits(log), contents(tmp_path / "run")) == (n_fits, before)
    assert again.answers.equals(first.answers)
    measured = call(tmp_path / "run", systems=systems, metrics={"UAR": balanced_accuracy_score})
    assert fits(log) == n_fits
    expected = first.table[first.table.metric == "UAR"].reset_index(drop=True)
    assert measured.table.equals(expected)
    record = json.loads((tmp_path / "run" / "run.json").read_text())
    assert list(record["metrics"]) == ["UAR"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"systems": {"SGD": sgd(alpha=0.1)}}, r"systems\['naive Bayes'] was .* not there"),
        (
            {
                "systems": {
                    "naive Bayes": System(GaussianNB(), observations={"seen": print}),
                    "SGD": sgd(),
                }
            },
            r"\['observations']\['seen'] was not there and is now 'builtins.print'",
        ),
        (
            {"systems": {"naive Bayes": GaussianNB(), "SGD": sgd(alpha=0.1)}},
            r"systems\['SGD']\['estimator']\['steps']\[1]\[1]\['alpha'] was 0.0001 and is now 0.1",
        ),
        (
            {"conditions": {"clean": corpus(2)}},
            r"\['clean']\['sha256']\[0] was",
        ),
        ({"protocol": DeviceProtocol(random_state=1)}, r"protocol\['random_state'] was 0 and is"),
        ({"random_state": 4}, "seed was 3 and is now 4; seeds.*Name another folder"),
    ],
)
def test_another_configuration_is_refused(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    call(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(
        OtherRunError, match=f"(?s)run of another configuration.*{message}"
    ) as caught:
        call(tmp_path, **changes)
    assert set(changes) <= {*caught.value.parts, "random_state"}
    assert caught.value.parts <= {*changes, "seed", "seeds", "splits"}
    after = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert after == before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda r: r["versions"].update(joblib="0.1"), r"versions\['joblib'] was '0.1' and is"),
        (
            lambda r: r["code"].update({"skaffect._entries": "0"}),
            r"code\['skaffect._entries'] was",
        ),
        (lambda r: r.update(metadata_routing=True), "metadata_routing was True and is now False"),
        (lambda r: r["splits"]["clean"].pop("fold 1"), r"\['fold 1'] was not there and is now"),
        (lambda r: r.update(run_protocol=99), "in format 99 of the record, .* reads format 2"),
    ],
)
def test_a_record_of_other_versions_or_code_is_refused(
    tmp_path: Path, change: Callable[[Any], Any], message: str
) -> None:
    call(tmp_path)
    record = json.loads((tmp_path / "run.json").read_text())
    change(record)
    (tmp_path / "run.json").write_text(json.dumps(record))
    with pytest.raises(ValueError, match=message):
        call(tmp_path)


def test_the_record_says_what_was_run(tmp_path: Path) -> None:
    paths = []
    for i in range(36):
        path = tmp_path / f"speaker{i // 3 % 6}" / f"{i}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{i % 3} {i}")
        paths.append(path)
    own = Bunch(**{**corpus(), "data": paths})
    result = call(
        tmp_path / "run",
        systems={"reader": Reader()},
        conditions={"files": own},
    )
    record = json.loads((tmp_path / "run" / "run.json").read_text())
    assert record["versions"]["scikit-learn"]
    assert record["systems"]["reader"]["estimator"]["class"].endswith("Reader")
    assert record["protocol"]["groups"] == "speaker"
    files = record["conditions"]["files"]
    assert files["items"][4] == "speaker1/4.txt"
    assert len(set(files["sha256"])) == 36
    assert set(files["columns"]) == {"target", "speaker"}
    assert (
        result.answers.item[0]
        == "speaker"
        + result.answers.speaker[0][-1]
        + "/"
        + (result.answers.item[0].rpartition("/")[2])
    )
    assert result.table.value.tolist() == [1.0] * 6
    times = json.loads((tmp_path / "run" / "times.json").read_text())
    assert [entry["fold"] for entry in times] == ["fold 1", "fold 2", "fold 3"]
    paths[7].write_text("1 other words")
    with pytest.raises(ValueError, match=r"conditions\['files']\['sha256']\[7] was '"):
        call(
            tmp_path / "run",
            systems={"reader": Reader()},
            conditions={"files": own},
        )
    paths[7].unlink()
    with pytest.raises(FileNotFoundError, match=r"data\[7] is '.*7.txt': No such file"):
        call(tmp_path / "new", conditions={"files": own})


class Reader(ClassifierMixin, BaseEstimator):
    """Reads the emotion's number from a file."""

    def fit(self, X: Any, y: Any) -> Reader:
        self.names_ = {Path(path).read_text()[0]: label for path, label in zip(X, y, strict=True)}
        return self

    def predict(self, X: Any) -> Any:
        return [self.names_[Path(path).read_text()[0]] for path in X]


class Faces(BaseEstimator):
    """Answers every utterance with an array; learns an offset of each emotion."""

    def fit(self, X: Any, y: Any, emotion: Any) -> Faces:
        self.offsets_ = {
            label: np.mean([np.mean(y[i] - X[i][:, :2]) for i in np.flatnonzero(emotion == label)])
            for label in np.unique(emotion)
        }
        return self

    def predict(self, X: Any, emotion: Any = None) -> Any:
        answers = np.empty(len(X), dtype=object)
        for i, entry in enumerate(X):
            offset = np.mean(list(self.offsets_.values()))
            answers[i] = entry[:, :2] + (offset if emotion is None else self.offsets_[emotion[i]])
        return answers


def faces() -> Bunch:
    rng = np.random.default_rng(0)
    lengths = rng.integers(3, 8, size=24)
    emotion = np.array(["angry", "sad"])[np.arange(24) % 2]
    data = [rng.normal(size=(n, 3)).astype(np.float32) for n in lengths]
    target = [x[:, :2] + (label == "sad") for x, label in zip(data, emotion, strict=True)]
    return Bunch(data=data, target=target, emotion=emotion, speaker=np.arange(24) // 4)


def test_faces_are_kept_as_arrays_and_one_fit_answers_in_several_ways(tmp_path: Path) -> None:
    cascade = System(
        Faces(),
        fit_params={"emotion": "emotion"},
        answers={
            "all": lambda model, rows: model.predict(rows.data),
            "oracle": lambda model, rows: model.predict(rows.data, emotion=rows.emotion),
        },
    )
    conditions = {"faces": faces()}
    result = call(
        tmp_path, systems={"cascade": cascade}, conditions=conditions, metrics={"MSE": shape_mse}
    )
    mse = result.table.groupby("system").value.mean()
    assert mse["oracle"] == pytest.approx(0, abs=1e-12)
    assert mse["all"] == pytest.approx(0.25, abs=0.01)
    assert len(list((tmp_path / "folds").glob("*.json"))) == 3
    last = result.answers.iloc[-1]
    assert (last.system, last.part) == ("oracle", "test")
    i = int(last["item"])
    np.testing.assert_array_equal(last.true, conditions["faces"].target[i])
    np.testing.assert_allclose(last.predicted, last.true, atol=1e-6)
    line = (tmp_path / "answers.csv").read_text().splitlines()[-1]
    archive, key = line.rpartition(",")[2].split(":")
    with np.load(tmp_path / archive) as arrays:
        np.testing.assert_array_equal(arrays[key], last.predicted)
    before = contents(tmp_path)
    for piece in sorted((tmp_path / "folds").iterdir())[:3]:
        piece.unlink()
    again = call(
        tmp_path, systems={"cascade": cascade}, conditions=conditions, metrics={"MSE": shape_mse}
    )
    assert contents(tmp_path) == before
    assert again.table.equals(result.table)


def test_the_animation_benchmark_s_cascade(tmp_path: Path) -> None:
    """EmotionConditionedRegressor takes its emotions, and answers in its three ways."""
    own = faces()
    own.target = [target[:, :1] for target in own.target]
    cascade = EmotionConditionedRegressor(Top(), RidgeOnFrames(), universal=True)
    result = call(
        tmp_path,
        systems={
            "cascade": System(
                cascade,
                {"emotion": "emotion"},
                {
                    "cascade": lambda model, rows: model.predict(rows.data),
                    "true emotion": lambda m, rows: m.predict(rows.data, emotion=rows.emotion),
                    "all combined": lambda m, rows: m.predict(rows.data, mode="universal"),
                },
            ),
            "ridge": RidgeOnFrames(),
        },
        conditions={"faces": own},
        metrics={"MSE": shape_mse},
    )
    mse = result.table.groupby("system").value.mean()
    assert list(mse.index) == ["all combined", "cascade", "ridge", "true emotion"]
    assert mse["true emotion"] < 0.01 < mse["all combined"]
    assert mse["all combined"] == pytest.approx(mse["ridge"])


class Top(ClassifierMixin, BaseEstimator):
    """Always hears the first two emotions."""

    n_features_in_ = 3

    def fit(self, X: Any, y: Any) -> Top:
        self.classes_ = np.unique(y)
        return self

    def top_two(self, X: Any, confident: float) -> tuple[Any, Any]:
        n = len(X)
        return np.tile(self.classes_[:2], (n, 1)), np.full((n, 2), 0.5)


class RidgeOnFrames(BaseEstimator):
    """Ridge regression from frames."""

    def fit(self, X: Any, y: Any) -> RidgeOnFrames:
        self.ridge_ = Ridge(alpha=1e-6).fit(np.concatenate(list(X)), np.concatenate(list(y)))
        return self

    def predict(self, X: Any) -> Any:
        answers = np.empty(len(X), dtype=object)
        for i, entry in enumerate(X):
            answers[i] = self.ridge_.predict(entry).reshape(len(entry), -1)
        return answers


def test_a_relative_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    call(tmp_path / "whole")
    monkeypatch.chdir(tmp_path)
    call("run")
    assert contents(tmp_path / "run") == contents(tmp_path / "whole")


def test_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    with open_run_folder(tmp_path), pytest.raises(BlockingIOError, match="another run is at work"):
        call(tmp_path)
    call(tmp_path)


def test_the_standard_error_stream_is_silent_unless_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call(tmp_path / "a")
    assert capsys.readouterr() == ("", "")
    call(tmp_path / "b", verbose=1)
    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert out == ""
    assert len(lines) == 6
    assert lines[0].startswith("Done 1 of 6: naive Bayes, clean, fold 1, ")
    told = [line.endswith(" since the start, about 10 s left") for line in lines]
    assert told == [False, *[True] * 4, False]  # of SGD nothing is known at first
    next((tmp_path / "b" / "folds").glob("SGD-clean-fold-3*")).unlink()
    call(tmp_path / "b", verbose=1)
    kept, done = capsys.readouterr().err.splitlines()
    assert kept == "5 of 6 are there from before; going on with the rest"
    assert done.startswith("Done 6 of 6: SGD, clean, fold 3, ")
    assert "left" not in done
    call(tmp_path / "b", verbose=1)
    assert capsys.readouterr().err == "All 6 are there from before; nothing is trained\n"
    call(tmp_path / "b")
    assert capsys.readouterr() == ("", "")


def test_without_pandas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skaffect.model_selection._run_protocol.find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"missing; install pandas: pip install \"skaffect\[rep"):
        call(tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_what_is_observed_is_kept_with_the_fold(tmp_path: Path) -> None:
    log = tmp_path / "log"

    def seen(model: Any, trained: Bunch, parts: Any) -> Any:
        with log.open("a") as file:
            file.write("seen\n")
        return {"trained": len(trained.speaker), **{k: len(v.data) for k, v in parts.items()}}

    systems = {
        "naive Bayes": GaussianNB(),
        "SGD": System(
            sgd(),
            observations={
                "seen": seen,
                "trained": lambda model, trained, _: model.score(trained.data, trained.target),
                "range": lambda *_: (1, [True, None, "a"], np.float64(0.5)),
            },
        ),
    }
    result = call(tmp_path / "run", systems=systems)
    assert list(result.observations) == ["SGD"]
    observed = result.observations["SGD"]["clean"]
    assert list(observed) == ["fold 1", "fold 2", "fold 3"]
    assert observed["fold 2"]["seen"] == {"trained": 24, "test": 12}
    assert observed["fold 2"]["range"] == [1, [True, None, "a"], 0.5]
    fold = DeviceProtocol().folds(corpus())[0]
    model = sgd(random_state=seed_of(tmp_path / "run", "SGD, clean, fold 1"))
    model.fit(corpus().data[fold.train], corpus().target[fold.train])
    score = model.score(corpus().data[fold.train], corpus().target[fold.train])
    assert observed["fold 1"]["trained"] == score
    assert json.loads((tmp_path / "run" / "observations.json").read_text()) == result.observations

    before = contents(tmp_path / "run")
    next((tmp_path / "run" / "folds").glob("SGD-clean-fold-2*.json")).unlink()
    call(tmp_path / "run", systems=systems)
    assert log.read_text().count("seen") == 4
    assert contents(tmp_path / "run") == before
    call(tmp_path / "two", systems=systems, n_jobs=2)  # lambdas go to other processes
    assert contents(tmp_path / "two") == before
    answers = (tmp_path / "run" / "answers.csv").read_bytes()
    call(tmp_path / "none", systems={"naive Bayes": GaussianNB(), "SGD": sgd()})
    assert (tmp_path / "none" / "answers.csv").read_bytes() == answers
    assert (tmp_path / "none" / "observations.json").read_text() == "{}\n"


def seed_of(folder: Path, key: str) -> int:
    """Return the seed of a fold's SGDClassifier, by the run's record."""
    record = json.loads((folder / "run.json").read_text())
    return int(record["seeds"][key]["sgdclassifier__random_state"])


@pytest.mark.parametrize(
    ("observed", "message"),
    [
        (np.zeros(2), "observation 'x' is ndarray, which is not plain.*tolist"),
        ({"loss": [0.5, {1}]}, r"observation 'x'\['loss']\[1] is set, which is not plain"),
        (np.float32(1), "observation 'x' is float32, which is not plain.*item"),
        ({1: "one"}, "observation 'x' has the key 1; keys must be str"),
    ],
)
def test_what_is_not_plain_is_named(tmp_path: Path, observed: Any, message: str) -> None:
    system = System(GaussianNB(), observations={"x": lambda *_: observed})
    with pytest.raises(
        TypeError, match=f"system 'a', condition 'clean', fold 'fold 1', {message}"
    ):
        call(tmp_path, systems={"a": system})
    assert list((tmp_path / "folds").iterdir()) == []


def test_an_observation_that_fails_is_named(tmp_path: Path) -> None:
    system = System(GaussianNB(), observations={"curve": lambda model, *_: model.history_})
    message = "fold 'fold 1', observation 'curve' failed with AttributeError: .*history_"
    with pytest.raises(RuntimeError, match=message):
        call(tmp_path, systems={"a": system})


class Short(Reader):
    """Answers too few."""

    def fit(self, X: Any, y: Any) -> Short:
        return self

    def predict(self, X: Any) -> Any:
        return ["angry"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"metrics": {}}, "metrics must be a mapping of names to functions"),
        ({"metrics": {"a": 1}}, r"metrics\['a'] must be a function metric\(y_true, y_pred\), got"),
        ({"conditions": corpus()}, "conditions is one corpus; give it a name"),
        ({"conditions": {}}, "conditions must be a mapping of names to corpora that is not"),
        ({"conditions": {1: corpus()}}, "The name of a condition must be a str .* got 1"),
        ({"protocol": GroupKFold(3)}, r"must have folds\(corpus\), got GroupKFold.*SplitProtocol"),
        ({"protocol": SplitProtocol(GroupKFold(9))}, r"In conditions\['clean']: .*9"),
        ({"verbose": 2}, "verbose must be one of 0, 1, False, True; got 2"),
        ({"random_state": -1}, "random_state must be at least 0, got -1"),
        ({"folder": 3}, "folder must be a str or os.PathLike, got int"),
        (
            {"systems": {"a": System(GaussianNB(), observations={"curve": "history_"})}},
            r"observations of systems\['a'] must be a mapping of names to functions observation\(",
        ),
        (
            {"systems": {"a": System(GaussianNB(), {"sample_weight": "weight"})}},
            r"In conditions\['clean']: There is no column 'weight' .* there are \['data',",
        ),
    ],
)
def test_bad_input_costs_no_folder(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        call(**{"folder": tmp_path / "run", **change})
    assert not (tmp_path / "run").exists()


def test_answers_and_metrics_are_checked(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"'short', .* ValueError: 12 answers are needed, one"):
        call(tmp_path / "a", systems={"short": Short()})
    log = tmp_path / "log"
    systems = {"poll": Counting(str(log))}
    with pytest.raises(
        TypeError, match=r"metrics\['list'] must return a number, got list on 'poll"
    ):
        call(tmp_path / "b", systems=systems, metrics={"list": lambda true, predicted: []})
    with pytest.raises(RuntimeError, match=r"metrics\['x'] failed on .*part 'test': division"):
        call(tmp_path / "b", systems=systems, metrics={"x": lambda true, predicted: 1 / 0})
    call(tmp_path / "b", systems=systems)
    assert fits(log) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="other permissions, other messages")
def test_an_unwritable_folder_fails_before_training(tmp_path: Path) -> None:
    log = tmp_path / "log"
    (tmp_path / "file").write_text("")
    with pytest.raises(NotADirectoryError, match="which cannot be made or written to: Not a dir"):
        call(tmp_path / "file" / "run", systems={"poll": Counting(str(log))})
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    if not os.access(closed, os.W_OK):  # the superuser may write anywhere
        with pytest.raises(PermissionError, match="cannot be made or written to: Permission"):
            call(closed, systems={"poll": Counting(str(log))})
    assert fits(log) == 0
