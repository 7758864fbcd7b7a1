"""When one training has come as far as another."""

from __future__ import annotations

from benchmarks._loss_curves import Curve, first_reached, loss_rows


def test_seconds_until_a_loss_are_those_of_all_epochs_before_it() -> None:
    curve = Curve([3.0, 1.0, 1.0], [0.9, 0.5, 0.4])
    assert first_reached(curve, 0.5) == 4.0
    assert first_reached(curve, 0.1) == float("inf")


def test_each_seed_has_its_own_mark() -> None:
    first = [Curve([2.0, 2.0], [0.9, 0.5]), Curve([2.0, 2.0], [0.3, 0.2])]
    other = [Curve([1.0, 1.0], [0.5, 0.6]), Curve([1.0, 1.0], [0.3, 0.2])]
    own, compared = loss_rows({"first": first, "other": other})
    assert own == [2.0, 0.35, 2, 4.0, 1.0]
    assert compared == [1.0, 0.35, 2, 1.5, 4.0 / 1.5]


def test_what_half_of_the_seeds_never_reach_has_no_time() -> None:
    first = [Curve([2.0, 2.0], [0.9, 0.5])] * 2
    other = [Curve([1.0, 1.0], [0.5, 0.5]), Curve([1.0, 1.0], [0.9, 0.6])]
    _, compared = loss_rows({"first": first, "other": other})
    assert compared == [1.0, 0.55, 1, None, None]


def test_an_epoch_s_seconds_leave_out_the_first_which_traces() -> None:
    curves = [Curve([9.0, 1.0, 1.0], [0.9, 0.6, 0.5]), Curve([9.0, 3.0, 3.0], [0.9, 0.6, 0.5])]
    (row,) = loss_rows({"only": curves})
    assert row[0] == 2.0
    (row,) = loss_rows({"one epoch": [Curve([9.0], [0.9])]})
    assert row[0] == 9.0


def test_a_seed_that_never_arrives_counts_as_the_slowest() -> None:
    first = [Curve([2.0], [0.5])] * 3
    other = [Curve([seconds], [0.5]) for seconds in (1.0, 3.0)] + [Curve([1.0], [0.7])]
    _, compared = loss_rows({"first": first, "other": other})
    assert compared[2:4] == [2, 3.0]
