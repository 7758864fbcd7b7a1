"""Landmark tracks that lie beside sounds."""

from __future__ import annotations

import numpy as np
import pytest

from skaffect import LOWER_FACE, MFSCWindower, save_track
from skaffect.cli._tracks import at_audio_frames, find_tracks

POINTS = np.arange(50 * len(LOWER_FACE) * 2, dtype=np.float32).reshape(50, len(LOWER_FACE), 2)


def test_a_track_has_its_sounds_path_below_its_own_folder(make_tree, tmp_path):
    root = make_tree(["anna/a.b.wav"])
    (tmp_path / "tracks" / "anna").mkdir(parents=True)
    save_track(tmp_path / "tracks" / "anna" / "a.b.npz", POINTS, fps=50)
    tracks = find_tracks([str(root / "anna" / "a.b.wav")], str(root), str(tmp_path / "tracks"))
    np.testing.assert_array_equal(tracks[0].points, POINTS)
    assert tracks[0].fps == 50


def test_tracks_are_moved_to_audio_frames_and_nan_where_they_end(make_tree):
    root = make_tree(["a.wav"])
    save_track(root / "a.npz", POINTS, fps=50)
    track = find_tracks([str(root / "a.wav")], str(root), str(root))[0]
    moved = at_audio_frames(track, 99, MFSCWindower())
    # Frame j is at 12.5 + 10 j ms, and the points of this track move by 72 in 20 ms.
    np.testing.assert_allclose(moved[:3, 0, 0], 72 * np.array([0.625, 1.125, 1.625]), rtol=1e-5)
    assert np.isnan(moved[97:]).all()
    assert np.isfinite(moved[:97]).all()


def test_a_track_of_another_length_is_named(make_tree):
    root = make_tree(["a.wav"])
    save_track(root / "a.npz", POINTS, fps=25)
    track = find_tracks([str(root / "a.wav")], str(root), str(root))[0]
    with pytest.raises(ValueError, match=r"a.npz': The track lasts 2.000 s"):
        at_audio_frames(track, 99, MFSCWindower())


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda path: path.write_bytes(b""), "is no landmark track, or damaged"),
        (lambda path: path.write_bytes(b"PK\x03\x04stump"), "is no landmark track, or damaged"),
        (lambda path: np.savez(path, points=POINTS), "is no landmark track, or damaged"),
        (lambda path: path.write_bytes(_stump(path)), "is no landmark track, or damaged"),
        (lambda path: save_track(path, POINTS[:, :4], fps=25, points=range(4)), "36 landmarks"),
        (lambda path: save_track(path, POINTS.reshape(50, -1), fps=25), "36 landmarks"),
        (
            lambda path: save_track(path, POINTS, fps=25, start_seconds=0.0125),
            "starts at 0.0125 s of its sound and not at 0",
        ),
    ],
)
def test_what_is_no_track_is_named(write, message, make_tree):
    root = make_tree(["a.wav"])
    write(root / "a.npz")
    with pytest.raises(ValueError, match=rf"a.npz' .*{message}"):
        find_tracks([str(root / "a.wav")], str(root), str(root))


def _stump(path):
    save_track(path, POINTS, fps=25)
    return path.read_bytes()[:-100]
