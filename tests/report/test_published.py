"""A paper's figures beside ours, by names."""

from __future__ import annotations

import pytest

from skaffect.report._published import check_published, with_published

ROWS = [
    {"system": "single", "part": "neutral", "mean": 0.5},
    {"system": "dual", "part": "neutral", "mean": 0.6},
    {"system": "dual", "part": "neutral/whispered", "mean": 0.4},
]


def test_of_several_figures_the_one_with_the_most_names_is_taken():
    figures = {"dual": 0.9, ("dual", "neutral/whispered"): 0.7}
    rows = with_published(ROWS, "accuracy", {"accuracy": figures})
    assert [row["published"] for row in rows] == [None, 0.9, 0.7]
    assert "published" not in ROWS[0]


def test_without_figures_rows_stay_as_they_are():
    assert with_published(ROWS, "UAR", {"accuracy": {"dual": 0.9}}) is ROWS


def test_a_figure_of_nothing_is_refused():
    with pytest.raises(ValueError, match=r"a figure for 'dula', which no row .*'dual'"):
        with_published(ROWS, "accuracy", {"accuracy": {"dula": 0.9}})


def test_what_is_no_figure_is_refused():
    with pytest.raises(TypeError, match="published must map a metric"):
        check_published({"UAR": 0.7})
    with pytest.raises(TypeError, match=r"Keys of published\['UAR'\] must be a name"):
        check_published({"UAR": {3: 0.7}})
    with pytest.raises(TypeError, match=r"published\['UAR'\]\['dual'\] must be a real number"):
        check_published({"UAR": {"dual": "70 %"}})
