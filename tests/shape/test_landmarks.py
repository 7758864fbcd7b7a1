"""LandmarkExtractor on films of a drawn face, whose points are known at every time."""

from __future__ import annotations

import bz2
import pickle
import re
import struct
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import SkipTestWarning
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import (
    check_estimator,
    check_estimator_cloneable,
    check_estimator_repr,
    check_get_params_invariance,
    check_mixin_order,
    check_no_attributes_set_in_init,
    check_set_params,
)

from skaffect import LOWER_FACE, LandmarkExtractor


def extract(predictor: str, *videos: str, **parameters: object) -> np.ndarray:
    return LandmarkExtractor(predictor, points=None, **parameters).transform(list(videos))


def distances(found: np.ndarray, expected: np.ndarray) -> np.ndarray:
    return np.hypot(*np.moveaxis(found - expected, -1, 0))


@pytest.mark.parametrize("rate", [25, 24, 30, Fraction(30000, 1001), 50, 60, 12])
def test_any_frame_rate_becomes_25_exactly_in_time(predictor, film, truth, rate):
    (track,) = extract(predictor, film(rate, seconds=1.0))
    assert track.dtype == np.float32
    assert len(track) == (23 if rate == 12 else 25)
    # The face moves by up to 79 pixels in a second: half a frame late would be 1.6.
    assert distances(track, truth(np.arange(len(track)) / 25)).mean() < 0.8


def test_uneven_frame_times_are_respected(predictor, film, truth):
    rng = np.random.RandomState(0)
    times = np.unique(np.append(rng.randint(0, 980, 40), [0, 980])).tolist()
    (track,) = extract(predictor, film(1000, times=times, name="uneven.mkv"))
    assert len(track) == 25
    assert distances(track, truth(np.arange(25) / 25)).mean() < 1.0


def test_other_rates_of_tracks(predictor, film, truth):
    (track,) = extract(predictor, film(seconds=1.0), fps=50.0)
    assert len(track) == 49
    assert distances(track, truth(np.arange(49) / 50)).mean() < 0.8


def test_points_choose_and_order(predictor, film):
    video = film(seconds=0.2)
    (every,) = extract(predictor, video)
    (chosen,) = LandmarkExtractor(predictor, points=(3, 0)).transform([video])
    np.testing.assert_array_equal(chosen, every[:, [3, 0]])


def test_lower_face_is_jaw_nose_and_lips():
    assert len(LOWER_FACE) == 36
    assert LOWER_FACE[:11] == tuple(range(3, 14))
    assert LOWER_FACE[11:16] == (31, 32, 33, 34, 35)
    assert LOWER_FACE[16:] == tuple(range(48, 68))


@pytest.mark.parametrize("name", ["late.mkv", "late.mov"])
def test_time_starts_with_the_sound(predictor, film, truth, name):
    """The picture starts 0.12 s after the sound: until then its first frame is held."""
    video = film(times=list(range(3, 25)), sound=True, name=name)
    (track,) = extract(predictor, video)
    assert len(track) == 25
    np.testing.assert_array_equal(track[:3], track[[3, 3, 3]])
    assert distances(track[3:], truth(np.arange(3, 25) / 25)).mean() < 0.8


@pytest.mark.parametrize(("start", "stop"), [(0, 4), (10, 15), (21, 25)])
def test_short_gaps_are_filled(predictor, film, start, stop):
    (whole,) = extract(predictor, film(seconds=1.0))
    (track,) = extract(predictor, film(seconds=1.0, blank=(start / 25, stop / 25)))
    seen = np.r_[:start, stop:25]
    assert distances(track, whole)[seen].mean() < 0.5
    before, after = track[max(start - 1, 0)], track[min(stop, 24)]
    if start == 0:
        before = after
    if stop == 25:
        after = before
    line = np.linspace(before, after, stop - start + 2)[1:-1]
    np.testing.assert_allclose(track[start:stop], line, atol=1e-4)


@pytest.mark.parametrize(
    ("blank", "said"),
    [
        ((0.0, 0.4), "0.00 to 0.40 s"),
        ((0.4, 0.8), "0.40 to 0.80 s"),
        ((0.6, 1.0), "0.60 to 1.00 s"),
    ],
)
def test_long_gap_names_file_and_time(predictor, film, blank, said):
    good, bad = film(seconds=0.2, name="good.mp4"), film(seconds=1.0, blank=blank, name="bad.mp4")
    with pytest.raises(
        ValueError, match=re.escape(f"X[1] is '{bad}', which shows no face from {said}, longer")
    ):
        extract(predictor, good, bad)
    (track,) = extract(predictor, bad, max_gap_seconds=0.4)
    assert len(track) == 25


def test_no_face_at_all(predictor, film):
    video = film(seconds=0.4, blank=(0.0, 1.0))
    with pytest.raises(
        ValueError, match=re.escape(f"X[0] is '{video}', which shows no face in any")
    ):
        extract(predictor, video)


def test_small_face_is_found_at_a_larger_scale(predictor, face):
    from skaffect.shape._faces import face_detector, find_faces

    detector = face_detector()
    small = np.ascontiguousarray(face(80.0)[::2, ::2])
    assert not detector(small, 0)
    assert len(find_faces(detector, small)) == 1


def test_telephone_held_upright(predictor, film, truth):
    """A film stored on its side, with a matrix that turns it by 90 degrees clockwise."""
    from skaffect.shape._video import read_frames

    video = Path(film(seconds=0.2))
    _, upright = next(read_frames(str(video), 25.0))
    raw = bytearray(video.read_bytes())
    identity = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
    clockwise = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)
    start = raw.index(identity, raw.index(b"tkhd"))
    raw[start : start + 36] = clockwise
    turned = video.with_name("turned.mp4")
    turned.write_bytes(raw)
    _, image = next(read_frames(str(turned), 25.0))
    np.testing.assert_array_equal(image, np.rot90(upright, -1))
    assert image.flags.c_contiguous


def test_cut_short_film_is_refused(predictor, film):
    whole = Path(film(seconds=2.0, name="whole.avi"))
    stump = whole.with_name("stump.avi")
    stump.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(ValueError, match=re.escape(f"X[0] is '{stump}', which is cut short")):
        extract(predictor, str(stump))


def test_film_cut_before_its_index_is_refused(predictor, film):
    whole = Path(film(seconds=2.0))
    stump = whole.with_name("stump.mp4")
    stump.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(ValueError, match=r"X\[0\] is .*stump.mp4', which PyAV cannot read"):
        extract(predictor, str(stump))


def test_what_is_no_film_is_refused(predictor, tmp_path):
    import soundfile

    sound, text, empty = tmp_path / "a.wav", tmp_path / "a.mp4", tmp_path / "b.mp4"
    soundfile.write(sound, np.zeros(1600), 16000)
    text.write_text("not a film")
    empty.touch()
    with pytest.raises(ValueError, match=r"X\[0\] is .*a.wav', which holds no video; leave"):
        extract(predictor, str(sound))
    with pytest.raises(ValueError, match=r"X\[0\] is .*a.mp4', which PyAV cannot read"):
        extract(predictor, str(text))
    with pytest.raises(ValueError, match=r"X\[0\] is .*b.mp4', an empty file"):
        extract(predictor, str(empty))
    with pytest.raises(FileNotFoundError, match=r"X\[1\] is .*none.mp4', which does not exist"):
        LandmarkExtractor(predictor, points=None).fit([text, tmp_path / "none.mp4"])
    with pytest.raises(ValueError, match=r"X\[1\] is .*b.mp4'.* 1 other file .*: '.*none.mp4'\."):
        LandmarkExtractor(predictor).fit([text, empty, tmp_path / "none.mp4"])
    with pytest.raises(IsADirectoryError, match=r"X\[0\] is .*, a folder"):
        extract(predictor, str(tmp_path))
    with pytest.raises(TypeError, match=r"X\[0\] must be the path of a video file"):
        extract(predictor, np.zeros(3))
    with pytest.raises(TypeError, match="Wrap it in a list"):
        LandmarkExtractor(predictor).transform(str(text))


def test_film_without_frames(predictor, film):
    with pytest.raises(ValueError, match=r"X\[0\] is .*none.avi', which holds no frames"):
        extract(predictor, film(seconds=0.0, name="none.avi"))


def test_predictor_files_that_are_none(predictor, film, tmp_path):
    video = film(seconds=0.2)
    cut, text = tmp_path / "cut.dat", tmp_path / "text.dat"
    cut.write_bytes(Path(predictor).read_bytes()[:1000])
    text.write_text("404: not found")
    for path in (cut, text):
        with pytest.raises(ValueError, match=f"predictor is '{path}', which is no dlib shape"):
            LandmarkExtractor(path).fit([video])
    packed = tmp_path / "a face.dat.bz2"
    packed.write_bytes(bz2.compress(Path(predictor).read_bytes()))
    with pytest.raises(ValueError, match=f"packed by bzip2; unpack it, `bunzip2 '{packed}'`,"):
        LandmarkExtractor(packed).fit([video])
    with pytest.raises(FileNotFoundError, match="which does not exist.*train_landmark_predictor"):
        LandmarkExtractor(tmp_path / "none.dat").fit([video])
    with pytest.raises(IsADirectoryError, match="a folder; give a shape predictor file"):
        LandmarkExtractor(tmp_path).fit([video])
    with pytest.raises(TypeError, match="predictor must be the path"):
        LandmarkExtractor(68).fit([video])


def test_bad_parameters(predictor, film):
    video = [film(seconds=0.2)]
    with pytest.raises(ValueError, match="points must lie in 0 to 3, for the predictor places 4"):
        LandmarkExtractor(predictor).fit(video)
    with pytest.raises(ValueError, match="points must be integers, at least one, or None"):
        LandmarkExtractor(predictor, points=()).fit(video)
    with pytest.raises(ValueError, match="fps must be above 0"):
        LandmarkExtractor(predictor, fps=0).fit(video)
    with pytest.raises(ValueError, match="max_gap_seconds must lie in"):
        LandmarkExtractor(predictor, max_gap_seconds=-1.0).fit(video)


def test_clones_and_pickles(predictor, film):
    video = [film(seconds=0.2)]
    extractor = LandmarkExtractor(predictor, points=None).fit(video)
    (expected,) = extractor.transform(video)
    for copy in (clone(extractor), pickle.loads(pickle.dumps(extractor))):
        np.testing.assert_array_equal(copy.transform(video)[0], expected)


def test_verbose_reports_every_video(predictor, film, capsys):
    video = film(seconds=0.4, blank=(0.2, 0.28))
    extract(predictor, video, verbose=True)
    assert f"1 of 1: {video}, 10 frames, a face in 8 of 10 looked at" in capsys.readouterr().err
    extract(predictor, video)
    assert capsys.readouterr().err == ""


def test_missing_dlib_names_the_extra(film, monkeypatch, tmp_path):
    video = film(seconds=0.2)
    monkeypatch.setitem(sys.modules, "dlib", None)
    with pytest.raises(ImportError, match=r'install dlib: pip install "skaffect\[face]"'):
        LandmarkExtractor(tmp_path / "any.dat").fit([video])


def test_common_checks_that_need_no_matrix(predictor):
    """The tags refuse matrices, so `check_estimator` runs nothing and says so."""
    extractor = LandmarkExtractor(predictor)
    assert get_tags(extractor).input_tags.string
    assert not get_tags(extractor).input_tags.two_d_array
    with pytest.warns(SkipTestWarning, match="Can't test estimator LandmarkExtractor"):
        assert len(check_estimator(extractor, on_skip=None)) < 5
    checks = (
        check_estimator_cloneable,
        check_estimator_repr,
        check_get_params_invariance,
        check_mixin_order,
        check_no_attributes_set_in_init,
        check_set_params,
    )
    for check in checks:
        assert check("LandmarkExtractor", extractor) is None
