"""Films: whole, in sync, of the length of their sound, and refused when they cannot be right."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from skaffect import LOWER_FACE, animate

SR = 16000
needs_pyav = pytest.mark.skipif(
    importlib.util.find_spec("av") is None, reason="PyAV comes with the extra skaffect[face]"
)


def dark(picture: np.ndarray) -> int:
    """Count the pixels of the open mouth, which are darker than all others."""
    return int(np.sum(picture[..., :3].astype(int).sum(axis=-1) < 180))


def read_film(path: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a film's pictures, their times and its sound."""
    import av

    with av.open(path) as film:
        frames = list(film.decode(video=0))
    with av.open(path) as film:
        sound = [frame.to_ndarray()[0] for frame in film.decode(audio=0)]
    pictures = np.stack([frame.to_ndarray(format="rgb24") for frame in frames])
    return pictures, np.array([frame.time for frame in frames]), np.concatenate(sound)


@needs_pyav
def test_sound_and_lips_are_together(talk, tmp_path):
    """Two bursts of noise, and a mouth that is open during each of them."""
    seconds, bursts = 2.0, ((0.4, 0.52), (1.32, 1.44))

    def during(times):
        return sum((times >= start) & (times < stop) for start, stop in bursts).astype(float)

    noise = np.random.RandomState(0).uniform(-0.5, 0.5, int(seconds * SR))
    sound = (noise * during(np.arange(len(noise)) / SR)).astype(np.float32)
    track = talk(12 * during(np.arange(198) * 0.01 + 0.0125))
    path = animate(tmp_path / "talk.mp4", {"a": track}, sound, SR, panel_px=96)
    pictures, times, heard = read_film(path)
    open_mouth = np.array([dark(picture) for picture in pictures])
    loud = np.abs(heard) > 0.1
    for start, stop in bursts:
        onset = np.argmax(loud[int((start - 0.1) * 48000) :]) / 48000 + start - 0.1
        assert onset == pytest.approx(start, abs=0.003)
        shown = times[(open_mouth > open_mouth.max() / 2) & (abs(times - start) < 0.3)]
        assert shown[0] == pytest.approx(start, abs=0.04)
        assert shown[-1] + 0.04 == pytest.approx(stop, abs=0.04)


@needs_pyav
@pytest.mark.parametrize(("n_times", "film_fps"), [(SR, 25), (16320, 25), (16900, 30), (200, 25)])
def test_picture_and_sound_are_equally_long(talk, tmp_path, n_times, film_fps):
    import av

    track = talk(np.zeros(max(1, n_times // 160)))
    path = animate(
        tmp_path / "talk.mp4",
        track,
        np.zeros(n_times, np.float32),
        SR,
        film_fps=film_fps,
        panel_px=64,
    )
    with av.open(path) as film:
        lengths = [float(s.duration * s.time_base) for s in (film.streams[0], film.streams[1])]
    assert lengths[1] == pytest.approx(n_times / SR, abs=0.001)
    assert abs(lengths[0] - lengths[1]) < 1 / film_fps


@needs_pyav
def test_browsers_play_it(talk, tmp_path):
    import av

    path = animate(tmp_path / "t.mp4", {"a": talk(np.zeros(9))}, np.zeros(1600), panel_px=65)
    with av.open(path) as film:
        video, audio = film.streams.video[0].codec_context, film.streams.audio[0].codec_context
        assert (video.name, video.pix_fmt, audio.name) == ("h264", "yuv420p", "aac")
        assert (video.width % 2, video.height % 2) == (0, 0)
    content = (tmp_path / "t.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")  # the index first: plays while loading


@needs_pyav
def test_a_film_without_sound_lasts_as_long_as_its_track(talk, tmp_path):
    import av

    path = animate(tmp_path / "t.mp4", talk(np.zeros(50)), fps=25, start_seconds=0, panel_px=64)
    with av.open(path) as film:
        assert len(film.streams) == 1
        assert float(film.streams.video[0].duration * film.streams.video[0].time_base) == 2


def test_panels_show_the_tracks_in_their_order(talk, tmp_path):
    opening = 10 * np.sin(np.linspace(0, np.pi, 50)) ** 2
    tracks = {"shut": talk(0 * opening), "open": talk(opening)}
    path = animate(tmp_path / "two.GIF", tracks, fps=25, start_seconds=0, panel_px=128)
    with Image.open(path) as film:
        film.seek(film.n_frames // 2)
        picture = np.asarray(film.convert("RGB"))
    halves = np.array_split(picture[20:], 2, axis=1)  # below the names
    assert dark(halves[1]) > 3 * dark(halves[0]) > 0


def test_stacked_panels_show_the_tracks_from_top_to_bottom(talk, tmp_path):
    tracks = {"shut": talk(np.zeros(4)), "open": talk(np.full(4, 10.0))}
    path = animate(tmp_path / "two.gif", tracks, fps=25, panel_px=128, stacked=True)
    with Image.open(path) as film:
        assert film.height > film.width
        picture = np.asarray(film.convert("RGB"))
    upper, lower = (half[20:] for half in np.array_split(picture, 2))  # below the names
    assert dark(lower) > 3 * dark(upper) > 0


def test_gif_lasts_as_long_and_starts_again(talk, tmp_path):
    moving = talk(5 + 5 * np.sin(np.arange(101)))
    path = animate(tmp_path / "t.gif", moving, np.zeros(SR), film_fps=30, panel_px=64)
    with Image.open(path) as film:
        assert film.info["loop"] == 0
        milliseconds = []
        for i in range(film.n_frames):
            film.seek(i)
            milliseconds.append(film.info["duration"])
    assert len(milliseconds) == 30
    assert sum(milliseconds) == 1000
    assert set(milliseconds) == {30, 40}


def test_the_face_is_where_the_head_is(talk, tmp_path):
    """Each face fills its panel alike, wherever it is in the video's pixels."""
    track = talk(np.full(4, 10.0))
    pictures = []
    for name, moved in (("a.gif", track), ("b.gif", track + np.float32(512))):
        path = animate(tmp_path / name, moved, fps=25, start_seconds=0, panel_px=96)
        with Image.open(path) as film:
            pictures.append(np.asarray(film.convert("RGB")).astype(int))
    assert np.abs(pictures[0] - pictures[1]).mean() < 0.5


def test_smoothing_calms_a_trembling_mouth(talk, tmp_path):
    def trembling(path):
        with Image.open(path) as film:
            counts = []
            for i in range(film.n_frames):
                film.seek(i)
                counts.append(dark(np.asarray(film.convert("RGB"))))
        return np.ptp(counts[2:-2])

    track = talk(6 + 5 * (-1.0) ** np.arange(40))
    options = {"fps": 25, "start_seconds": 0, "panel_px": 128}
    raw = animate(tmp_path / "raw.gif", track, **options)
    calm = animate(tmp_path / "calm.gif", track, smooth_seconds=0.08, **options)
    assert trembling(calm) < trembling(raw) / 5


def test_more_points_than_are_drawn(talk, tmp_path):
    all_points = np.zeros((4, 68, 2))
    all_points[:, list(LOWER_FACE)] = talk(np.zeros(4))
    options = {"fps": 25, "start_seconds": 0, "panel_px": 64}
    few = animate(tmp_path / "few.gif", talk(np.zeros(4)), **options)
    many = animate(tmp_path / "many.gif", all_points, points=range(68), **options)
    with Image.open(few) as a, Image.open(many) as b:
        assert np.array_equal(np.asarray(a.convert("RGB")), np.asarray(b.convert("RGB")))


def test_a_film_that_fails_leaves_nothing(talk, tmp_path, monkeypatch):
    def broken(*_, **__):
        yield np.zeros((64, 64, 4), np.uint8)
        raise RuntimeError("the disk is full")

    path = tmp_path / "t.gif"
    path.write_bytes(b"an older film")
    monkeypatch.setattr("skaffect.plotting._animate.draw_panels", broken)
    with pytest.raises(RuntimeError, match="the disk is full"):
        animate(path, talk(np.zeros(9)))
    assert os.listdir(tmp_path) == ["t.gif"]
    assert path.read_bytes() == b"an older film"


def test_mp4_without_pyav_says_what_to_install(talk, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(ImportError, match=r'pip install "skaffect\[face\]"'):
        animate(tmp_path / "t.mp4", talk(np.zeros(9)))
    assert animate(tmp_path / "t.gif", talk(np.zeros(9)), panel_px=64).endswith("t.gif")


def test_a_folder_that_is_not_there(talk, tmp_path):
    track = talk(np.zeros(9))
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        animate(tmp_path / "nowhere" / "t.mp4", track)
    (tmp_path / "folder.gif").mkdir()
    with pytest.raises(IsADirectoryError, match="a folder; name a file in it"):
        animate(tmp_path / "folder.gif", track)


def test_a_folder_that_cannot_be_written_to(talk, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere
    with pytest.raises(PermissionError, match="cannot be written to"):
        animate(tmp_path / "t.gif", talk(np.zeros(9)))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"path": "t.avi"}, "path must end in .mp4 or .gif"),
        ({"waveform": np.zeros(SR)}, "last 0.113 s at fps=100 but the sound 1.000 s; they may"),
        ({"waveform": np.zeros(1600, np.int16)}, "AudioReader makes such of files"),
        ({"waveform": np.full(1600, np.nan)}, "waveform contains NaN"),
        ({"tracks": np.full((10, 36, 2), np.nan)}, "tracks contains NaN or infinity, first in fr"),
        ({"tracks": np.zeros((10, 68, 2))}, "tracks has 68 points, but points names 36"),
        ({"tracks": {"a": np.zeros((10, 36))}}, r"tracks\['a'\] must have shape \(n_frames, n_po"),
        ({"tracks": np.full((10, 36, 2), 7.1)}, "tracks is degenerate, first in frame 0: the"),
        ({"tracks": {}}, "tracks is an empty dict"),
        (
            {"tracks": np.zeros((10, 3, 2)), "points": (8, 62, 66)},
            "points must contain the lower face: jaw",
        ),
        ({"fps": 0}, "fps must be above 0"),
        ({"panel_px": 10}, "panel_px must be at least 64"),
        ({"stacked": "yes"}, "stacked must be one of True, False; got 'yes'"),
        ({"path": "t.gif", "film_fps": 60}, "film_fps must be at most 50 for GIF"),
    ],
)
def test_what_cannot_be_right_is_refused(talk, tmp_path, changes, message):
    arguments = {"path": "t.mp4", "tracks": talk(np.zeros(10))} | changes
    arguments["path"] = tmp_path / arguments["path"]
    with pytest.raises(ValueError, match=message):
        animate(**arguments)
    assert os.listdir(tmp_path) == []


def test_tracks_as_predict_answers_are_refused(talk, tmp_path):
    message = r"must be one utterance's .* of 1 utterance, .* predict\(X\)\[0\]"
    track = talk(np.zeros(10))
    answer = np.empty(1, object)
    answer[0] = track
    for tracks in (answer, track[np.newaxis], [track]):
        with pytest.raises(ValueError, match=f"^tracks {message}"):
            animate(tmp_path / "t.gif", tracks)
    with pytest.raises(ValueError, match=rf"^tracks\['a'\] {message}"):
        animate(tmp_path / "t.gif", {"a": answer})


def test_a_sound_file_must_be_read(talk, tmp_path):
    message = r"got the path 'talk.wav'; AudioReader\(sr=8000\)\.transform\(\[path\]\)\[0\] reads"
    for path in ("talk.wav", Path("talk.wav")):
        with pytest.raises(TypeError, match=message):
            animate(tmp_path / "t.mp4", talk(np.zeros(10)), path, 8000)


def test_a_degenerate_frame_among_faces_is_named(talk, tmp_path):
    track = talk(np.zeros(10))
    track[4] = track[4, 0]
    with pytest.raises(ValueError, match=r"tracks\['a'\] is degenerate, first in frame 4"):
        animate(tmp_path / "t.gif", {"a": track})


def test_names_that_read_alike_are_refused(talk, tmp_path):
    track = talk(np.zeros(10))
    with pytest.raises(ValueError, match="two keys that read '1', 1 and '1'; give each"):
        animate(tmp_path / "t.gif", {1: track, "2": track, "1": track})


def test_tracks_of_different_lengths_are_named(talk, tmp_path):
    tracks = {"true": talk(np.zeros(10)), "cascade": talk(np.zeros(12))}
    with pytest.raises(
        ValueError, match=r"tracks\['cascade'\] has 12 frames but tracks\['true'\]"
    ):
        animate(tmp_path / "t.mp4", tracks)
