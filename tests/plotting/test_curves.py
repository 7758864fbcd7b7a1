"""Learning curves: validation where there is, the combined network first and black."""

from __future__ import annotations

import pytest
from matplotlib import pyplot as plt

from skaffect import plot_learning_curves


def shown(axes) -> dict[str, list[float]]:
    return {line.get_label(): list(line.get_ydata()) for line in axes.lines}


def test_validation_loss_is_drawn_where_there_is_one():
    histories = {
        "sad": {"loss": [3.0, 2.0], "val_loss": [4.0, 3.5]},
        "all combined": {"loss": [9.0, 8.0, 7.0], "val_loss": [10.0, 9.0, 8.5]},
    }
    axes = plot_learning_curves(histories, title="T")
    assert shown(axes) == {"all combined": [10.0, 9.0, 8.5], "sad": [4.0, 3.5]}
    assert list(axes.lines[0].get_xdata()) == [1, 2, 3]
    assert [line.get_label() for line in axes.lines] == ["all combined", "sad"]
    assert axes.lines[0].get_color() == "black" != axes.lines[1].get_color()
    assert axes.get_ylabel() == "loss on validation data"
    assert axes.get_title() == "T"
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["all combined", "sad"]


def test_training_loss_is_dashed_and_says_so():
    only = plot_learning_curves({"sad": {"loss": [3.0, 2.0]}})
    assert only.get_ylabel() == "loss on training data"
    both = plot_learning_curves({"sad": {"loss": [3.0]}, "fear": {"val_loss": [3.0]}})
    assert both.get_ylabel().endswith("validation data (dashed: training data)")
    assert {line.get_label(): line.get_linestyle() for line in both.lines} == {
        "sad": "--",
        "fear": "-",
    }


def test_the_axis_names_the_loss():
    axes = plot_learning_curves({"a": {"loss": [2.0]}}, loss="categorical cross-entropy")
    assert axes.get_ylabel() == "categorical cross-entropy on training data"


def test_draws_where_it_is_told_to():
    _, given = plt.subplots()
    assert plot_learning_curves({"sad": {"loss": [1.0]}}, ax=given) is given


def test_nothing_to_draw_is_an_error():
    with pytest.raises(ValueError, match="histories is empty"):
        plot_learning_curves({})
    with pytest.raises(ValueError, match=r"histories\['sad'\] has neither 'val_loss' nor 'loss'"):
        plot_learning_curves({"sad": {"accuracy": [0.5]}})
