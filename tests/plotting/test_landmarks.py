"""Landmarks over images, and shape modes: what is drawn is where it belongs."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib import pyplot as plt
from sklearn.exceptions import NotFittedError

from skaffect import LOWER_FACE, ProcrustesPCAShape, plot_landmarks, plot_shape_modes


def drawn_points(axes) -> np.ndarray:
    """Return the points of the first set that was drawn."""
    return np.transpose(axes.lines[0].get_data())


def test_points_are_in_the_pixels_of_the_image(drawn_face):
    image = np.zeros((180, 220, 3), np.uint8)
    image[..., 0] = 200
    axes = plot_landmarks(drawn_face, image, title="T")
    np.testing.assert_allclose(drawn_points(axes), drawn_face)
    np.testing.assert_array_equal(axes.images[0].get_array(), image)
    assert (axes.get_xlim(), axes.get_ylim()) == ((-0.5, 219.5), (179.5, -0.5))
    assert axes.get_title() == "T"


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float32])
def test_grey_is_as_light_as_in_the_image(drawn_face, dtype):
    image = np.full((180, 220), 90 if np.issubdtype(dtype, np.integer) else 90 / 255, dtype)
    shown = plot_landmarks(drawn_face, image).images[0]
    np.testing.assert_allclose(shown.to_rgba(image[:1, :1])[0, 0, :3], 90 / 255, atol=0.003)


def test_a_face_without_an_image_is_upright(drawn_face):
    axes = plot_landmarks(drawn_face)
    bottom, top = axes.get_ylim()
    assert bottom > top  # y down
    assert len(axes.images) == 0


def test_lines_join_what_belongs_together(drawn_face):
    """Jaw, nose, and both rings of the lips: 10 + 4 + 12 + 8 lines."""
    lines = plot_landmarks(drawn_face).lines[1:]
    assert len(lines) == 34
    jaw_to_nose = {tuple(drawn_face[LOWER_FACE.index(13)]), tuple(drawn_face[11])}
    ends = [set(map(tuple, np.transpose(line.get_data()).astype(np.float32))) for line in lines]
    assert jaw_to_nose not in ends
    assert (
        len(plot_landmarks(np.random.RandomState(0).rand(68, 2), points=range(68)).lines) == 1 + 63
    )


def test_draws_where_it_is_told_to(drawn_face):
    _, given = plt.subplots()
    assert plot_landmarks(drawn_face, ax=given) is given


@pytest.fixture(scope="module")
def model():
    """A model of faces whose mouths open and, less, widen."""
    rng = np.random.RandomState(0)
    face = rng.randn(36, 2) * 30
    opening, widening = np.zeros((2, 36, 2))
    opening[30:, 1], widening[20:25, 0] = 1, 1
    amounts = rng.randn(200, 2, 1, 1) * [[[6]], [[2]]]
    return ProcrustesPCAShape(n_components=2).fit(
        [face + amounts[:, 0] * opening + amounts[:, 1] * widening]
    )


def test_modes_are_two_standard_deviations_from_the_mean(model):
    axes = plot_shape_modes(model, n_modes=2)
    assert len(axes) == 2
    for k, ax in enumerate(axes):
        sets = [np.transpose(line.get_data()) for line in ax.lines if len(line.get_xdata()) == 36]
        mean, less, more = sets
        np.testing.assert_allclose(mean, model.mean_shape_)
        np.testing.assert_allclose((less + more) / 2, mean)
        spread = model.transform([np.stack([less, more])])[0][:, k]
        sd = np.sqrt(model.explained_variance_[k])
        np.testing.assert_allclose(spread, [-2 * sd, 2 * sd], rtol=1e-4)
        share = model.explained_variance_ratio_[k]
        assert ax.get_title() == f"mode {k + 1}: {share:.0%} of the variance"
        assert np.diff(ax.get_ylim()) < 0
    legend = axes[0].figure.legends[0]
    assert [text.get_text() for text in legend.get_texts()] == ["mean", "−2 sd", "+2 sd"]


def test_modes_that_are_not_there(model):
    with pytest.raises(ValueError, match="n_modes must be at most 2"):
        plot_shape_modes(model)
    with pytest.raises(NotFittedError):
        plot_shape_modes(ProcrustesPCAShape())


@pytest.mark.parametrize(
    ("landmarks", "image", "message"),
    [
        (np.zeros((68, 2)), None, r"track_frame must have shape \(36, 2\)"),
        (np.zeros((3, 36, 2)), None, "one frame's landmarks"),
        (np.full((36, 2), np.nan), None, "choose a frame with a face"),
        (np.zeros((36, 2)), np.zeros((4, 4, 4)), "image must be grey"),
    ],
)
def test_what_cannot_be_drawn_is_named(landmarks, image, message):
    with pytest.raises(ValueError, match=message):
        plot_landmarks(landmarks, image)
