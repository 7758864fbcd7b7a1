"""What is told in one line, and what keeps its traceback."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from joblib import Parallel, delayed
from sklearn.utils import check_array

from skaffect import AudioReader, read_model_card, save_track
from skaffect.cli._errors import in_one_line, is_about_input
from skaffect.model_selection._run_fold import _named


def raised(call):
    """Return what a call raises."""
    with pytest.raises(Exception, match=".") as caught:
        call()
    return caught.value


@pytest.mark.parametrize(
    "call",
    [
        lambda: save_track("a.csv", [[[1.0, 2.0]]], fps=0),  # skaffect's ValueError
        lambda: read_model_card(3),  # its TypeError
        lambda: read_model_card("nowhere"),  # its OSError
        lambda: Path("nowhere").read_text(),  # Python's own
        lambda: check_array([[float("nan")]]),  # scikit-learn's ValueError
    ],
)
def test_what_is_raised_to_be_read_speaks_of_the_input(call):
    assert is_about_input(raised(call))


@pytest.mark.parametrize(
    "call",
    [
        lambda: in_one_line("X[1]", first="a"),  # a TypeError that skaffect runs into
        lambda: in_one_line("X[1]", first=None),
        lambda: int("a"),
        lambda: {}["a"],
    ],
)
def test_what_code_runs_into_does_not(call):
    assert not is_about_input(raised(call))


def test_an_error_that_was_never_raised_does_not():
    assert not is_about_input(ValueError("never raised"))


def test_messages_count_files_from_one_in_one_line():
    assert in_one_line("X[0] is 'a.wav',\n  which", first=2) == "file 3 is 'a.wav', which"
    assert in_one_line(ValueError("X[1], 'b.wav', is X[2]")) == "file 2, 'b.wav', is file 3"
    assert in_one_line(ValueError()) == "ValueError"


def in_a_fold(call):
    """Fail as a fold of run_protocol does."""
    with _named("system 'a', condition 'b', fold 'c'"):
        call()


@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (partial(read_model_card, 3), True),
        (partial(read_model_card, "nowhere"), True),
        (partial(AudioReader().fit_transform, [__file__]), True),  # with causes of its own
        (partial(int, "a"), False),
        (partial(in_one_line, "X[1]", first="a"), False),
        (partial(in_a_fold, partial(read_model_card, 3)), True),
        (partial(in_a_fold, partial(read_model_card, "nowhere")), True),
        (partial(in_a_fold, partial(int, "a")), False),
        (partial(in_a_fold, partial(divmod, 1, 0)), False),
    ],
)
def test_errors_of_folds_and_of_other_processes_are_told_alike(n_jobs, call, expected):
    error = raised(lambda: Parallel(n_jobs=n_jobs)([delayed(call)(), delayed(call)()]))
    assert is_about_input(error) is expected
