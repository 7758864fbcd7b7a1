"""Runs in turns, and what is said of their times."""

from __future__ import annotations

from benchmarks._timing import cpu_ratio, measure, speed_headers, speed_ratios, speed_rows

# Wall and CPU seconds of each run.
SECONDS = {"ours": [(1.0, 0.8), (2.0, 1.0), (4.0, 0.9)], "other": [(3.0, 2.0), (4.0, 2.5)]}


def test_runs_take_turns_and_the_first_does_not_count() -> None:
    order: list[str] = []
    seconds = measure({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 2)
    assert order == ["a", "b"] * 3
    assert [len(runs) for runs in seconds.values()] == [2, 2]


def test_speeds_are_best_median_slowest_and_of_a_cpu_second() -> None:
    row, _ = speed_rows(SECONDS, 8, "training, ")
    assert row == ["training, ours", 8.0, 4.0, 2.0, 10.0]
    assert len(row) == len(speed_headers("frames"))


def test_ratios_are_of_the_best_runs_and_of_the_medians() -> None:
    assert speed_ratios(SECONDS, "ours", "other") == (3.0, 1.75)
    assert cpu_ratio(SECONDS, "ours", "other") == 2.5
