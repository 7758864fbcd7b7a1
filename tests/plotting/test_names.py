"""Names in pictures are no formulas."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib import pyplot as plt

from skaffect import plot_confusion, plot_learning_curves
from skaffect.plotting._drawing import draw_panels
from skaffect.plotting._names import literal


def width(text: str) -> float:
    """Return the width of a text in pixels."""
    figure = plt.figure()
    drawn = figure.text(0, 0, text)
    return drawn.get_window_extent(figure.canvas.get_renderer()).width


def written(text: str) -> float:
    """Return the width in pixels of a text that is no formula."""
    figure = plt.figure()
    drawn = figure.text(0, 0, text, parse_math=False)
    return drawn.get_window_extent(figure.canvas.get_renderer()).width


@pytest.mark.parametrize("name", ["plain", "5$", "$a$", "$x_", "a\\$b$"])
def test_a_name_is_shown_as_it_is(name):
    assert width(literal(name)) == written(name)


def test_a_formula_looks_otherwise():
    assert width("$aaa_b$") != written("$aaa_b$")


def test_names_that_are_no_formula_can_be_drawn(talk):
    """Matplotlib refuses ``$\\x$``."""
    name = r"$\x$"
    with pytest.raises(ValueError, match="Unknown symbol"):
        width(name)
    curves = plot_learning_curves({name: {"loss": [1.0]}})
    confusion = plot_confusion([name, "b"], ["b", name])
    for axes in (curves, confusion):
        axes.figure.canvas.draw()
    assert len(list(draw_panels({name: talk(np.zeros(2))}, panel_px=64))) == 2
