"""Drawn faces: of even sizes, sharp, in the colours that a GIF keeps."""

from __future__ import annotations

import numpy as np
import pytest

from skaffect.plotting._drawing import draw_panels, drawing_colors


@pytest.mark.parametrize("panel_px", [64, 65, 66, 67, 100, 131])
@pytest.mark.parametrize("names", [("",), ("a", "b", "c")])
def test_sizes_are_even_and_panels_as_wide_as_told(talk, panel_px, names):
    track = talk(np.zeros(1))
    picture = next(draw_panels(dict.fromkeys(names, track), panel_px))
    assert picture.shape[0] % 2 == picture.shape[1] % 2 == 0
    assert len(names) * panel_px < picture.shape[1] < len(names) * panel_px * 1.13
    plate = (picture[-20, :, :3] != 255).any(axis=-1)  # low, where no name is
    assert plate.sum() == pytest.approx(len(names) * panel_px, abs=2 * len(names))


@pytest.mark.parametrize("panel_px", [64, 67, 131])
def test_stacked_panels_are_those_side_by_side_one_above_the_other(talk, panel_px):
    tracks = {"shut": talk(np.zeros(1)), "open": talk(np.full(1, 12.0)), "c": talk(np.ones(1))}
    across = next(draw_panels(tracks, panel_px))
    stacked = next(draw_panels(tracks, panel_px, stacked=True))
    assert stacked.shape[0] % 2 == stacked.shape[1] % 2 == 0
    assert panel_px < stacked.shape[1] < 1.13 * panel_px
    assert stacked.shape[0] == pytest.approx(3 * across.shape[0], rel=0.06)

    def mouths(parts):
        return [int((part[..., :3].astype(int).sum(axis=-1) < 130).sum()) for part in parts]

    shut, opened, almost_shut = mouths(np.array_split(stacked, 3, axis=0))
    assert opened > shut
    assert opened > almost_shut
    assert [shut, opened, almost_shut] == pytest.approx(
        mouths(np.array_split(across, 3, axis=1)), rel=0.2, abs=8
    )


def test_faces_are_drawn_in_a_few_colors(talk):
    """Flat areas, and soft edges between them: nearly all pixels are close to one of those."""
    picture = next(draw_panels({"": talk(np.full(1, 10.0))}, 240))[..., :3].reshape(-1, 3)
    colors, counts = np.unique(picture, axis=0, return_counts=True)
    assert counts[np.argsort(counts)[-7:]].sum() > 0.9 * len(picture)
    distance = np.linalg.norm(
        colors[:, np.newaxis].astype(float) - drawing_colors()[np.newaxis], axis=-1
    ).min(axis=1)
    assert np.average(distance < 8, weights=counts) > 0.99


def test_faces_that_differ_in_size_keep_their_sizes(talk):
    track = talk(np.full(1, 10.0))
    picture = next(draw_panels({"": track, " ": 0.5 * track}, 200))[..., :3].astype(int)
    large, small = (
        int(np.sum(half.sum(axis=-1) < 180)) for half in np.array_split(picture[40:], 2, axis=1)
    )
    assert small == pytest.approx(large / 4, rel=0.25)


def test_each_picture_is_its_own(talk):
    """Pictures share no memory with the canvas, so that they can be kept."""
    pictures = list(draw_panels({"": talk(np.array([0.0, 12.0, 0.0]))}, 96))
    assert np.array_equal(pictures[0], pictures[2])
    assert not np.array_equal(pictures[0], pictures[1])
