"""Figure 5: two bars for each emotion."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib import pyplot as plt
from sklearn.utils import Bunch

from skaffect import plot_opinion_scores


def scores(ratings):
    ratings = np.array(ratings)
    return Bunch(
        systems=["$a$", "b"],
        conditions=["angry", "sad"],
        participants=[f"p{i}" for i in range(len(ratings))],
        ratings=ratings,
    )


def test_bars_reach_the_means_and_the_last_are_of_all():
    ax = plot_opinion_scores(scores([[[4, 3], [2, 3]], [[5, 3], [3, 1]]]))
    tops = [[bar.get_y() + bar.get_height() for bar in bars] for bars in ax.containers[1::2]]
    np.testing.assert_allclose(tops, [[4.5, 2.5, 3.5], [3.0, 2.0, 2.5]])
    assert {bar.get_y() for bars in ax.containers[1::2] for bar in bars} == {1}
    assert [label.get_text() for label in ax.get_xticklabels()] == ["angry", "sad", "all"]
    assert [label.get_text() for label in ax.get_yticklabels()][::4] == ["1 Bad", "5 Very Good"]
    assert ax.get_ylabel() == "mean ± standard error, 2 participants"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [r"\$a\$", "b"]


def test_whiskers_are_standard_errors_over_participants():
    ax = plot_opinion_scores(scores([[[4, 3], [2, 3]], [[5, 3], [3, 1]]]))
    (_, _, (lines,)) = ax.containers[0].lines
    heights = [np.ptp(segment[:, 1]) / 2 for segment in lines.get_segments()]
    expected = np.std([[4, 2, 3], [5, 3, 4]], axis=0, ddof=1) / np.sqrt(2)
    np.testing.assert_allclose(heights, expected)


def test_one_participant_has_no_whiskers():
    ax = plot_opinion_scores(scores([[[4, 3], [2, 3]]]))
    assert len(ax.containers) == 2
    assert ax.get_ylabel() == "one participant's ratings"


def test_draws_where_it_is_told_to():
    _, given = plt.subplots()
    assert plot_opinion_scores(scores([[[4, 3], [2, 3]]]), ax=given, title="T") is given
    assert given.get_title() == "T"


def test_another_result_is_refused():
    with pytest.raises(TypeError, match="result must be what analyse_ratings returns, got Bunch"):
        plot_opinion_scores(Bunch(table=""))
