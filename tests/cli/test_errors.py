"""What is told in one line, and what keeps its traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from sklearn.utils import check_array

from skaffect import read_model_card, save_track
from skaffect.cli._errors import in_one_line, is_about_input


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
