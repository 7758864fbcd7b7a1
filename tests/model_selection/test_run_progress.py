"""How long the rest of a run will take."""

from __future__ import annotations

import pytest

from skaffect.model_selection._run_progress import in_words, seconds_left


def test_each_system_lasts_as_long_as_it_did() -> None:
    took = {"DERN": [50.0, 70.0], "dummy": [0.0]}
    assert seconds_left(took, ["DERN", "dummy", "DERN"], 1) == 120


def test_of_a_system_that_was_not_seen_nothing_is_guessed() -> None:
    assert seconds_left({"dummy": [0.0]}, ["dummy", "DERN"], 1) is None


def test_of_nothing_nothing_is_left() -> None:
    assert seconds_left({"dummy": [0.0]}, [], 1) is None


@pytest.mark.parametrize(("n_workers", "seconds"), [(1, 180), (2, 90), (8, 60)])
def test_workers_share_what_is_left_as_far_as_it_can_be_shared(
    n_workers: int, seconds: float
) -> None:
    assert seconds_left({"a": [60.0]}, ["a"] * 3, n_workers) == seconds


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "about 10 s"),
        (34, "about 30 s"),
        (56, "about 1 min"),
        (250, "about 4 min"),
        (5399, "about 90 min"),
        (9000, "about 2.5 h"),
    ],
)
def test_words_are_as_rough_as_what_is_known(seconds: float, words: str) -> None:
    assert in_words(seconds) == words
