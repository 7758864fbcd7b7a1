"""A network that has learnt next to nothing is told."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.utils import Bunch

from skaffect.cli._guessing import Learnt, mean_face_loss, say_if_guessing, say_what_was_learnt
from skaffect.cli._job import Evaluation
from skaffect.cli._job_animation import all_learnt


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
    said = say_if_guessing([0.8, loss], labels)
    assert capsys.readouterr().err == "".join(f"{words}\n" for words in said)
    assert ["more --epochs than 2" in words for words in said] == [True] * guesses


def test_a_loss_above_guessing_is_not_called_near(capsys):
    say_if_guessing([0.8], ["angry", "sad"])
    assert "the loss, 0.8000, is no better than guessing's 0.6931. Try" in capsys.readouterr().err


def test_the_mean_face_is_that_of_all_frames_that_were_seen():
    # Of the first component the frames' mean is 2 and the squared errors 4, 0, 0, 4.
    first = np.array([[0, 5], [np.nan, np.nan], [2, 5]])
    second = np.array([[2, 5], [4, 5]])
    assert mean_face_loss([first, second]) == (2 + 0) / 2


def test_faces_learnt_are_said_beside_the_mean_face(capsys):
    networks = {
        "sad": Learnt(12.0, 30.0, 4),
        "angry": Learnt(29.0, 30.0, 4),
        "emotions": Learnt(0.65, 0.6931, 5),
    }
    said = say_what_was_learnt(networks)
    assert [words.split("'")[1] for words in said] == ["angry", "emotions"]
    assert capsys.readouterr().err.splitlines() == [
        "  sad: loss 12.00 in the end, the mean face's 30.00",
        "  angry: loss 29.00 in the end, the mean face's 30.00",
        "  emotions: loss 0.6500 in the end, guessing's 0.6931",
        "Little was learnt by the network 'angry': the loss, 29.00, is near the mean face's "
        "30.00. Try more --epochs than 4, or more recordings.",
        "Little was learnt by the network 'emotions': the loss, 0.6500, is near guessing's "
        "0.6931. Try more --epochs than 5, or more recordings.",
    ]


def test_what_folds_have_learnt_is_their_mean():
    folds = {
        "fold 1": {"learnt": {"sad": [12.0, 30.0, 4]}},
        # One network more, of an emotion that the first fold's training lacks.
        "fold 2": {"learnt": {"sad": [14.0, 34.0, 4], "fear": [1.0, 2.0, 4]}},
    }
    result = Bunch(observations={"faces": {"recordings": folds}})
    evaluation = Evaluation(Bunch(condition="recordings"), result, "run")
    assert all_learnt(evaluation) == {
        "sad": Learnt(13.0, 32.0, 4),
        "fear": Learnt(1.0, 2.0, 4),
    }
