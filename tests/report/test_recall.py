"""Recalls over folds."""

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score

from skaffect.report import PAPER_TABLE_III, FoldAnswers, recall_rows


def answers(true, predicted):
    return FoldAnswers(np.array(true), np.array(predicted))


def test_rows_worked_by_hand():
    folds = [answers(["a", "a", "b", "b"], ["a", "b", "b", "b"]), answers(["a", "b"], ["a", "a"])]
    rows = {row.name: row for row in recall_rows(folds, ["a", "b"])}
    assert list(rows) == ["a", "b", "UAR", "accuracy"]
    assert rows["a"].folds == (0.5, 1.0)
    assert rows["b"].folds == (1.0, 0.0)
    assert rows["a"].mean == pytest.approx(0.75)
    assert rows["a"].std == pytest.approx(0.25)
    assert rows["UAR"].folds == (0.75, 0.5)
    assert rows["accuracy"].folds == (0.75, 0.5)


def test_uar_is_scikit_learns_balanced_accuracy():
    rng = np.random.default_rng(0)
    fold = answers(rng.choice(list("abc"), 60, p=[0.7, 0.2, 0.1]), rng.choice(list("abc"), 60))
    uar = recall_rows([fold], list("abc"))[-2]
    assert uar.mean == pytest.approx(balanced_accuracy_score(*fold))


def test_a_class_that_a_fold_lacks_does_not_count_there():
    folds = [answers(["a", "b"], ["a", "b"]), answers(["a", "a"], ["a", "b"])]
    rows = {row.name: row for row in recall_rows(folds, ["a", "b"])}
    assert rows["b"].mean == 1.0
    assert np.isnan(rows["b"].folds[1])
    assert rows["UAR"].folds == (1.0, 0.5)


def test_the_papers_table_has_the_seven_emotions():
    from skaffect import EMOTIONS

    assert sorted(PAPER_TABLE_III) == sorted(EMOTIONS)
