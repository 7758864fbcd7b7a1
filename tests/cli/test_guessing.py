"""A network that has learnt next to nothing is told."""

from __future__ import annotations

import pytest

from skaffect.cli._guessing import say_if_guessing


@pytest.mark.parametrize(
    ("loss", "labels", "guesses"),
    [
        (0.65, ["angry", "sad"], True),
        (0.60, ["angry", "sad"], False),
        (float("nan"), ["angry", "sad"], True),
        # Always the commonest is nearly right here, and learns nothing all the same.
        (0.33, ["sad"] * 9 + ["angry"], True),
    ],
)
def test_a_network_that_guesses(loss, labels, guesses, capsys):
    say_if_guessing([0.8, loss], labels)
    assert ("more --epochs than 2" in capsys.readouterr().err) == guesses
