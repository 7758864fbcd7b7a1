"""The chart of folds and intervals."""

from __future__ import annotations

import pytest

from skaffect.metrics import MetricInterval
from skaffect.report._interval_figure import interval_words, plot_intervals

INTERVALS = [MetricInterval(0.6, 0.5, 0.7, 0.95, 6, 100), None]
NAMES = ["net", "$majority"]


def drawn(folds=((0.6, 0.6, 0.7), (0.25, 0.25, 0.25)), chances=(0.25, 0.25)):
    return plot_intervals("UAR", NAMES, [*map(list, folds)], INTERVALS, 0.95, list(chances))


def words(ax):
    return [text.get_text() for text in ax.figure.legends[0].get_texts()]


def test_shares_are_shown_from_0_to_1_beside_chance():
    ax = drawn()
    low, high = ax.get_xlim()
    assert low == pytest.approx(0, abs=0.05)
    assert high == pytest.approx(1, abs=0.05)
    assert words(ax) == ["a fold", "all answers, 95 % interval over speakers", "chance, 0.25"]
    lines = [line for line in ax.lines if line.get_linestyle() == "--" and len(line.get_xdata())]
    assert [line.get_xdata()[0] for line in lines] == [0.25, 0.25]


def test_folds_of_one_figure_lie_apart():
    (first, second) = [line for line in drawn().lines if len(line.get_xdata()) == 3]
    for line, row in ((first, 0), (second, 1)):
        heights = line.get_ydata()
        assert len(set(heights)) == 3
        assert row < min(heights)
        assert max(heights) < row + 0.5


@pytest.mark.parametrize(
    ("folds", "chances"),
    [
        (((0.6, 1.2), (0.5, 0.5)), (0.25, 0.25)),
        (((0.6, 0.7), (0.5, 0.5)), (None, None)),
        (((0.6, 0.7), (0.5, 0.5)), (1.5, 1.5)),
    ],
)
def test_other_figures_have_an_axis_of_their_own(folds, chances):
    ax = drawn(folds, chances)
    low, high = ax.get_xlim()
    assert low > 0.1
    assert all(chance is None or low < chance < high for chance in chances)
    assert ("chance" in str(words(ax))) == (None not in chances)


def test_chance_of_each_row_is_said_where_they_differ():
    assert words(drawn(chances=(0.25, 0.5)))[-1] == "chance"
    assert words(drawn(chances=(0.25, 0.2500000001)))[-1] == "chance, 0.25"
    said = interval_words("UAR", NAMES, [0.63, 0.5], INTERVALS, [0.25, None])
    assert said == (
        "UAR of 2 rows: net 0.6, between 0.5 and 0.7, chance 0.25; $majority 0.5 on average "
        "over folds."
    )
