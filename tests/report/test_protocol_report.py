"""The report of a run: its numbers are those of the run and of the intervals."""

from __future__ import annotations

import json
import shutil
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import accuracy_score, mean_squared_error, recall_score
from sklearn.model_selection import GroupKFold, KFold, PredefinedSplit
from sklearn.naive_bayes import GaussianNB
from sklearn.utils import Bunch

from skaffect import (
    Report,
    SplitProtocol,
    bootstrap_interval,
    compare_systems,
    protocol_report,
    run_protocol,
)
from skaffect.report._run_results import _is_as_written, read_results
from skaffect.report._run_scores import spread_over_folds

METRICS = {"accuracy": accuracy_score}
HOSTILE = "<img src=x onerror=alert(1)>"


def corpus(noise: float, n_speakers: int = 6) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    target = np.tile(["angry", "sad", "happy"], 4 * n_speakers)
    data = rng.normal(size=(len(target), 2)) * noise
    data[:, 0] += np.unique(target, return_inverse=True)[1]
    return {"data": data, "target": target, "speaker": np.repeat(np.arange(n_speakers), 12)}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run's result and its folder; a condition's name is hostile."""
    folder = tmp_path_factory.mktemp("run")
    result = run_protocol(
        {"naive Bayes": GaussianNB(), "majority": DummyClassifier()},
        {"clean": corpus(0.5), HOSTILE: corpus(2.0)},
        SplitProtocol(GroupKFold(2)),
        folder=folder,
        metrics=METRICS,
        random_state=0,
    )
    return result, folder


@pytest.fixture(scope="module")
def make(run):
    return partial(protocol_report, run[0], metrics=METRICS, n_resamples=100)


@pytest.fixture(scope="module")
def report(make, run):
    return make(
        folder=run[1],
        published={"accuracy": {("naive Bayes", "clean"): 0.75}, "recall": {"sad": 0.7519}},
        histories={"net": {"loss": [2.0, 1.0]}},
        seconds={"clean": 90.0},
        command="python run.py",
    )


@pytest.mark.parametrize("names", [("01", "02", "10"), ("1e1", "2", "3"), ("1", "2", "3")])
def test_names_that_look_like_numbers_stay_names(tmp_path, names):
    columns = corpus(0.5)
    columns["target"] = np.array(names)[np.unique(columns["target"], return_inverse=True)[1]]
    run_protocol(
        {"naive Bayes": GaussianNB()},
        {"clean": columns},
        SplitProtocol(GroupKFold(2)),
        folder=tmp_path,
        metrics=METRICS,
        random_state=0,
    )
    recalls = tables(protocol_report(tmp_path, metrics=METRICS, n_resamples=100))
    (rows,) = (rows for caption, rows in recalls.items() if caption.startswith("Recall"))
    assert [str(row["class"]) for row in rows if str(row["class"]) in names] == list(names)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("true false", ["true", "false"]),
        ("TRUE FALSE", ["TRUE", "FALSE"]),
        ("True False", [True, False]),
        ("01 1", ["01", "1"]),
        ("2 1", [2, 1]),
        ("0.5 0.1", [0.5, 0.1]),
        ("2 ", [2.0, None]),
        ("02 ", ["02", None]),
    ],
)
def test_answers_are_read_as_they_were_written(run, tmp_path, written, read):
    folder = shutil.copytree(run[1], tmp_path / "run")
    rows = [f"s,c,f,p,i{i},ann,{text},{text}" for i, text in enumerate(written.split(" "))]
    header = "system,condition,fold,part,item,speaker,true,predicted"
    (folder / "answers.csv").write_text("\n".join([header, *rows, ""]))
    answers = read_results(folder, None).answers
    for name in ("true", "predicted"):
        found = [None if value != value else value for value in answers[name].tolist()]
        assert found == read
        assert [*map(type, found)] == [*map(type, read)]


def test_the_last_bit_of_a_number_makes_no_name_of_it():
    near = pd.Series([np.nextafter(0.1, 1), 2.0])  # as older pandas read what is 0.1
    assert _is_as_written(near, ["0.1", "2"])
    assert not _is_as_written(near, ["0.10", "2"])


def test_answers_without_a_column_are_no_run(run, tmp_path):
    folder = shutil.copytree(run[1], tmp_path / "run")
    (folder / "answers.csv").write_text("system,condition,fold,part,item,speaker,true\n")
    with pytest.raises(TypeError, match="whose answers has not all of"):
        read_results(folder, None)


def test_a_fold_without_a_figure_leaves_none_for_the_spread():
    assert np.isnan(spread_over_folds([0.5, np.nan]))
    assert np.std([0.1, 0.1, 0.1]) > 0 == spread_over_folds([0.1, 0.1, 0.1])


def tables(report: Report) -> dict[str, list[dict]]:
    """Rows of the report's tables by the first words of their captions."""
    files = report._table_files()
    read = [json.loads(text) for name, text in files.items() if name.endswith(".json")]
    return {table["caption"].split(",")[0].split(" (")[0]: table["rows"] for table in read}


def rows_of(report: Report, start: str) -> list[dict]:
    (rows,) = [rows for caption, rows in tables(report).items() if caption.startswith(start)]
    return rows


def test_intervals_and_folds_are_those_of_the_run(report, run):
    table, answers = run[0].table, run[0].answers
    rows = rows_of(report, "Accuracy over folds")
    assert [(row["system"], row["condition"]) for row in rows] == [
        (system, condition)
        for system in ("naive Bayes", "majority")
        for condition in ("clean", HOSTILE)
    ]
    for row in rows:
        where = {key: row[key] for key in ("system", "condition")}
        values = table[(table[list(where)] == list(where.values())).all(axis=1)].value
        assert (row["mean"], row["folds"]) == (pytest.approx(values.mean()), 2)
        assert row["sd"] == pytest.approx(values.std(ddof=0))
        mine = answers[(answers[list(where)] == list(where.values())).all(axis=1)]
        with pytest.warns(UserWarning, match="only 6 groups"):
            interval = bootstrap_interval(
                accuracy_score,
                mine.true.tolist(),
                mine.predicted.tolist(),
                groups=mine.speaker.tolist(),
                n_resamples=100,
                random_state=0,
            )
        assert (row["pooled"], row["from"], row["to"]) == interval[:3]
        assert row["speakers"] == 6
    assert [row["published"] for row in rows] == [0.75, None, None, None]


def test_the_first_system_is_compared_with_the_other(report, run):
    rows = rows_of(report, "Differences of systems")
    assert [row["condition"] for row in rows] == ["clean", HOSTILE]
    answers = run[0].answers
    clean = answers[answers.condition == "clean"]
    of = {name: clean[clean.system == name] for name in ("naive Bayes", "majority")}
    with pytest.warns(UserWarning, match="only 6 groups"):
        comparison = compare_systems(
            accuracy_score,
            of["majority"].true.tolist(),
            {name: rows.predicted.tolist() for name, rows in of.items()},
            groups=of["majority"].speaker.tolist(),
            n_resamples=100,
            random_state=0,
        )
    assert rows[0]["difference"] == comparison.difference.estimate
    assert rows[0]["p"] == comparison.p_value
    assert (rows[0]["first"], rows[0]["second"]) == ("naive Bayes", "majority")


def test_data_splits_and_classes(report, run):
    assert rows_of(report, "Conditions") == [
        {"condition": "clean", "utterances": 72, "speakers": 6, "folds": 2, "minutes": 1.5},
        {"condition": HOSTILE, "utterances": 72, "speakers": 6, "folds": 2, "minutes": None},
    ]
    assert rows_of(report, "Utterances of each class")[0] == {
        "class": "angry",
        "clean": 24,
        HOSTILE: 24,
    }
    splits = rows_of(report, "Trained on and asked")
    assert [row["on both sides"] for row in splits] == [0] * 4
    assert {row["speakers trained on"] for row in splits} == {3}
    assert sorted(", ".join(row["who is asked"] for row in splits[:2]).split(", ")) == list(
        "012345"
    )
    recalls = rows_of(report, "Recall of each class")
    assert [row["class"] for row in recalls] == ["angry", "happy", "sad"]
    answers = run[0].answers
    own = answers[(answers.system == "naive Bayes") & (answers.condition == "clean")]
    expected = recall_score(own.true.tolist(), own.predicted.tolist(), average=None)
    assert [row["naive Bayes, clean"] for row in recalls] == pytest.approx(expected)
    assert [row["published"] for row in recalls] == [None, None, 0.7519]
    confusion = rows_of(report, "Answers of naive Bayes")
    assert sum(sum(row[name] for name in ("angry", "happy", "sad")) for row in confusion) == 72


def test_the_page_says_what_a_reader_has_to_know(report, tmp_path):
    page = Path(report.write(tmp_path / "index.html")).read_text()
    assert HOSTILE not in page
    assert page.count("There are only 6 groups") == 1
    assert all(
        f">{row['p']:.3f}<" in page for row in rows_of(report, "Differences") if row["p"] > 0.001
    )
    for words in (
        "No speaker who is asked was trained on",
        "There are only 6 groups",
        "were measured on other data",
        "python run.py",
        "<code>random_state=0</code>",
        "sklearn.naive_bayes.GaussianNB",
        "net from 2 to 1 in 2 epochs",
        "majority, clean 0.333, between 0.333 and 0.333, chance 0.333",
        "Chance is always giving the commonest class.",
    ):
        assert words in page
    assert str(tmp_path.parent) not in page
    # How to run it again: the command first, then what Python is told.
    assert (
        page.index("python run.py") < page.index("The seed is 0") < page.index("In Python, call")
    )
    assert "`" not in page.partition("<body>")[2].partition("<script>")[0]


@pytest.mark.parametrize(
    ("n_speakers", "told"),
    [
        (2, ": of 2 speakers it is never below 1/2, whatever the interval. It"),
        (9, ": of 9 speakers it is never below 1/256, whatever the interval. It"),
        (10, "answers speaker by speaker. It is not corrected"),
    ],
)
def test_the_least_p_is_that_of_the_runs_own_speakers(tmp_path, n_speakers, told):
    result = run_protocol(
        {"naive Bayes": GaussianNB(), "majority": DummyClassifier()},
        {"clean": corpus(0.5, n_speakers)},
        SplitProtocol(GroupKFold(2)),
        folder=tmp_path / "run",
        metrics=METRICS,
        random_state=0,
    )
    report = protocol_report(result, metrics=METRICS, n_resamples=100)
    page = Path(report.write(tmp_path / "index.html")).read_text()
    assert told in page.replace("&#39;", "'")
    least = min(row["p"] for row in rows_of(report, "Differences of systems"))
    assert least >= 2 / 2**n_speakers


def test_a_folder_is_as_good_as_the_result(report, run):
    from_folder = tables(protocol_report(run[1], metrics=METRICS, n_resamples=100))
    of_result = tables(report)
    assert from_folder.keys() == of_result.keys()
    told = ("published", "minutes")
    for caption, rows in of_result.items():
        own = [{key: row[key] for key in row if key not in told} for row in rows]
        assert from_folder[caption] == own


def test_speakers_on_both_sides_are_pointed_out(tmp_path):
    result = run_protocol(
        {"naive Bayes": GaussianNB()},
        {"clean": corpus(0.5)},
        SplitProtocol(KFold(3, shuffle=True, random_state=0), groups=None),
        folder=tmp_path,
        metrics=METRICS,
    )
    report = protocol_report(result, metrics=METRICS, n_resamples=100)
    assert "Speakers are on both sides in 3 of 3 splits" in report._html()
    assert "Accuracy of naive Bayes on 6 speakers, all folds&#39; answers" in report._html()
    assert rows_of(report, "Trained on and asked")[0]["on both sides"] == 6
    html = report._html()
    assert "Differences of systems" not in html
    assert "made without the run&#39;s folder" in html
    assert "SHA-256 of data" not in html
    assert "and the seed. With the same folder, what is given is compared" in html


def test_speakers_who_are_only_trained_on_are_not_said_to_be_apart(tmp_path):
    given = corpus(0.5)
    # Two speakers' utterances are never asked, and half of a third's, who leaks.
    result = run_protocol(
        {"naive Bayes": GaussianNB()},
        {"clean": given},
        SplitProtocol(PredefinedSplit(np.where(np.arange(72) < 30, -1, 0)), groups=None),
        folder=tmp_path,
        metrics=METRICS,
    )
    report = protocol_report(result, metrics=METRICS, n_resamples=100)
    html = report._html()
    assert "No speaker who is asked was trained on" not in html
    assert "Whether speakers are kept apart cannot be told" in html
    assert "Of 30 utterances that are only trained on" in html
    (row,) = rows_of(report, "Trained on and asked")
    assert (row["speakers trained on"], row["speakers asked"], row["on both sides"]) == (
        None,
        4,
        None,
    )


def test_numbers_and_no_speakers(tmp_path):
    rng = np.random.default_rng(0)
    data = rng.normal(size=(30, 2))
    regression = {"data": data, "target": data @ [1.0, 2.0]}
    metrics = {"MSE": mean_squared_error}
    result = run_protocol(
        {"ridge": Ridge(), "mean": DummyRegressor()},
        {"made up": regression},
        SplitProtocol(KFold(3), groups=None),
        folder=tmp_path,
        metrics=metrics,
    )
    for given in (result, tmp_path):
        report = protocol_report(given, metrics=metrics, n_resamples=100)
        rows = rows_of(report, "MSE over folds")
        assert [row["pooled"] for row in rows] == [None, None]
        assert rows[0]["mean"] < rows[1]["mean"]
        assert rows_of(report, "Conditions")[0]["speakers"] is None
        html = report._html()
        assert "No intervals of made up: they need the speaker of each utterance" in html
        assert "Recall of each class" not in html
        assert "chance" not in html.lower()


def test_true_arrays_are_known_to_the_result_alone(tmp_path):
    rng = np.random.default_rng(0)
    frames = rng.normal(size=(12, 5))
    corpus = {"data": frames, "target": 2 * frames, "speaker": np.repeat(["a", "b", "c"], 4)}

    def error(true, predicted):
        return float(np.mean((np.stack(list(true)) - np.stack(list(predicted))) ** 2))

    result = run_protocol(
        {"ridge": Ridge()},
        {"faces": corpus},
        SplitProtocol(GroupKFold(3)),
        folder=tmp_path,
        metrics={"error": error},
    )
    make = partial(protocol_report, metrics={"error": error}, n_resamples=100)
    assert rows_of(make(result), "Error over folds")[0]["speakers"] == 3
    report = make(tmp_path)
    assert rows_of(report, "Error over folds")[0]["pooled"] is None
    assert "true arrays are not kept in a run's folder" in report._html().replace("&#39;", "'")


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"metrics": {}}, TypeError, "metrics must be a mapping of names to functions"),
        ({"metrics": {"UAR": 3}}, TypeError, r"metrics\['UAR'\] must be a function"),
        ({"metrics": {"UAR": accuracy_score}}, ValueError, "'UAR', which the run did not measure"),
        ({"published": {"UAR": {"a": 1.0}}}, ValueError, "published has .'UAR'., which are no"),
        ({"published": {"accuracy": {"SVM": 0.5}}}, ValueError, "no row of the table"),
        ({"seconds": {"noisy": 3.0}}, ValueError, "'noisy', which is no condition"),
        ({"n_resamples": 10}, ValueError, "n_resamples must be at least 100"),
        ({"confidence": 1.0}, ValueError, "confidence must be below 1"),
        ({"folder": "nowhere"}, FileNotFoundError, "folder is 'nowhere', which holds no run.json"),
    ],
)
def test_bad_parameters(make, changes, error, message):
    with pytest.raises(error, match=message):
        make(**changes)


def test_what_is_no_result_is_refused(tmp_path, run):
    with pytest.raises(TypeError, match="whose table has not all of"):
        protocol_report(Bunch(table=3), metrics=METRICS)
    with pytest.raises(TypeError, match="result is a folder already"):
        protocol_report(run[1], folder=run[1], metrics=METRICS)
    (tmp_path / "run.json").write_text("{}")
    with pytest.raises(FileNotFoundError, match="a run that has not ended"):
        protocol_report(tmp_path, metrics=METRICS)
