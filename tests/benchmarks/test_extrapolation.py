"""What more sound takes, from what some of it took."""

from __future__ import annotations

import json

import pytest

from benchmarks import _results
from benchmarks._timing import speed_headers
from benchmarks.extrapolation import (
    BATCH_SIZE,
    FRAME_STRIDE,
    FRAMES_PER_HOUR,
    PREDICTION,
    Costs,
    costs,
    longest_run,
    main,
    record,
    table,
)
from skaffect import DERNClassifier, MFSCWindower

RUN = {
    "network": "DERN",
    "sound, hours": 100.0,
    "on disk, GiB": 5.0,
    "features, CPU minutes": 60.0,
    "training steps": 1000,
    "training, CPU minutes": 128 / 60,  # 1000 windows a second
}
SPEED = {"rows": [{"": "prediction, another", "best, windows/CPU s": 1.0}]}


def test_longest_run_of_dern_counts() -> None:
    rows = [{**RUN, "sound, hours": 10.0}, RUN, {**RUN, "network": "DA-CNN", "sound, hours": 1e3}]
    assert longest_run({"rows": rows}) is rows[1]


def test_costs_are_of_an_hour() -> None:
    rows = [*SPEED["rows"], {"": PREDICTION, "best, windows/CPU s": 2000.0}]
    found = costs(RUN, {"rows": rows})
    # 90,000 windows at 1000 a second are 90 seconds; 360,000 frames at 2000 are 180.
    assert found == pytest.approx(Costs(features=0.01, epoch=0.025, prediction=0.05, storage=0.05))


def test_workers_share_all_but_the_training_of_one_network() -> None:
    rows = table(Costs(0.5, 2.0, 1.0, 0.1), [10], [1, 5])
    assert rows == [
        [10, "features, once", 5.0, 1.0, 1.0],
        [10, "an epoch of one network", 20.0, None, None],
        [10, "prediction", 10.0, 2.0, None],
    ]


def test_what_is_read_is_what_the_other_benchmarks_write() -> None:
    # Their import sets variables: not while tests are collected.
    from benchmarks import dern_training, memory

    assert set(RUN) <= set(memory.HEADERS)
    assert "DERN" in memory.JOBS
    assert f"prediction, {dern_training.OURS}" == PREDICTION
    assert {"", "best, windows/CPU s"} <= set(speed_headers("windows"))
    dern = DERNClassifier()
    assert (dern.frame_stride, dern.batch_size) == (FRAME_STRIDE, BATCH_SIZE)
    assert FRAMES_PER_HOUR * MFSCWindower().hop_seconds == pytest.approx(3600)


def test_a_measurement_that_is_not_there_is_named(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(_results, "RESULTS", tmp_path)
    with pytest.raises(SystemExit, match="memory.json"):
        record("memory")
    (tmp_path / "memory.json").write_text(json.dumps({"rows": []}))
    assert record("memory") == {"rows": []}


def test_the_table_says_where_its_figures_come_from(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(_results, "RESULTS", tmp_path)
    monkeypatch.setattr("sys.argv", ["extrapolation.py", "--hours", "10", "--workers", "1", "5"])
    speed = [{"": PREDICTION, "best, windows/CPU s": 2000.0}]
    for stem, rows in (("memory", [RUN]), ("dern_training_speed", speed)):
        written = {"rows": rows, "commit": f"commit of {stem}", "machine": "a machine"}
        (tmp_path / f"{stem}.json").write_text(json.dumps(written))
    main()
    text = (tmp_path / "extrapolation.md").read_text()
    assert text in capsys.readouterr().out
    for words in ("at 100 hours", "commit of memory", "commit of dern_training_speed"):
        assert words in text
    headers = list(json.loads((tmp_path / "extrapolation.json").read_text())["rows"][0])
    assert headers[2:] == ["1 worker, hours", "5 workers, hours", "storage, GiB"]
    assert [line.count("|") for line in text.splitlines() if line.startswith("|")] == [6] * 5
