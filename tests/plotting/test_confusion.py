"""Confusion matrices."""

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")

from matplotlib import pyplot as plt

from skaffect.plotting import plot_confusion


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_rows_are_shares_of_the_true_class():
    axes = plot_confusion(["a", "a", "b", "b"], ["a", "b", "b", "b"])
    shown = axes.images[0].get_array()
    np.testing.assert_allclose(shown, [[0.5, 0.5], [0.0, 1.0]])
    assert [text.get_text() for text in axes.texts] == ["50%", "50%", "0%", "100%"]


def test_labels_give_the_order_and_axes_are_named():
    axes = plot_confusion(["a", "b"], ["a", "b"], labels=["b", "a"], title="T")
    assert [label.get_text() for label in axes.get_xticklabels()] == ["b", "a"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("recognised as", "true")
    assert axes.get_title() == "T"


def test_draws_where_it_is_told_to():
    _, given = plt.subplots()
    assert plot_confusion(["a", "b"], ["a", "b"], ax=given) is given


def test_letters_stand_out_from_their_cells():
    axes = plot_confusion(["a"] * 10 + ["b"] * 10, ["a"] * 3 + ["b"] * 7 + ["b"] * 3 + ["a"] * 7)
    assert {text.get_text(): text.get_color() for text in axes.texts} == {
        "30%": "0.1",
        "70%": "white",
    }
