"""What more sound takes, from what some of it took."""

from __future__ import annotations

import json

import pytest

from benchmarks import _results
from benchmarks.extrapolation import PREDICTION, Costs, costs, longest_run, record, table

RUN = {
    "network": "DERN",
    "sound, hours": 100.0,
    "on disk, GiB": 5.0,
    "CPU minutes": 60.0,
    "training steps": 1000,
    "training, minutes": 128 / 60,  # 1000 windows a second
}
SPEED = {"rows": [{"": "prediction, another", "median, windows/s": 1.0}]}


def test_longest_run_of_dern_counts() -> None:
    rows = [{**RUN, "sound, hours": 10.0}, RUN, {**RUN, "network": "DA-CNN", "sound, hours": 1e3}]
    assert longest_run({"rows": rows}) is rows[1]


def test_costs_are_of_an_hour() -> None:
    rows = [*SPEED["rows"], {"": PREDICTION, "median, windows/s": 2000.0}]
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


def test_a_measurement_that_is_not_there_is_named(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(_results, "RESULTS", tmp_path)
    with pytest.raises(SystemExit, match="memory.json"):
        record("memory")
    (tmp_path / "memory.json").write_text(json.dumps({"rows": []}))
    assert record("memory") == {"rows": []}
