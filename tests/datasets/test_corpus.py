"""Folders and the Bunch of load_corpus."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pytest

from skaffect.datasets import load_corpus


def test_bunch_has_paths_fields_and_target_in_the_order_of_the_paths(make_tree):
    root = make_tree(["b/02_phone.wav", "a/01_tablet.wav", "a/01_phone.wav", "readme.txt"])

    bunch = load_corpus(root, "{speaker}/{sentence}_{device}.wav", target="device")

    names = ["a/01_phone.wav", "a/01_tablet.wav", "b/02_phone.wav"]
    assert bunch.data == [str(root / name) for name in names]
    np.testing.assert_array_equal(bunch.speaker, ["a", "a", "b"])
    np.testing.assert_array_equal(bunch.sentence, ["01", "01", "02"])
    np.testing.assert_array_equal(bunch.device, ["phone", "tablet", "phone"])
    np.testing.assert_array_equal(bunch.target, bunch.device)
    assert "{speaker}/{sentence}_{device}.wav" in bunch.DESCR
    assert set(bunch) == {"data", "target", "speaker", "sentence", "device", "DESCR"}


def test_without_target_there_is_none(make_tree):
    assert "target" not in load_corpus(make_tree(["a.wav"]), "{speaker}.wav")


def test_the_pattern_is_checked_before_the_folder():
    with pytest.raises(ValueError, match="names no field"):
        load_corpus("nowhere", "*.wav")


def test_target_must_be_a_field(tmp_path):
    with pytest.raises(ValueError, match=r"target='emotion' is not a field.*\['speaker'\]"):
        load_corpus(tmp_path, "{speaker}.wav", target="emotion")


def test_an_open_end_takes_audio_only(make_tree):
    root = make_tree(["a/1.wav", "a/2.FLAC", "a/1.txt", "a/1.mpg"])
    bunch = load_corpus(str(root), "{speaker}/{sentence}.*")
    np.testing.assert_array_equal(bunch.sentence, ["1", "2"])


def test_a_written_ending_takes_any_file(make_tree):
    bunch = load_corpus(make_tree(["1.mpg", "1.txt"]), "{sentence}.mpg")
    assert [Path(path).name for path in bunch.data] == ["1.mpg"]


def test_audio_that_does_not_fit_is_counted_in_a_warning_at_the_caller(make_tree):
    root = make_tree(["a_1.wav", "noise.wav", "x/noise.mp3", "notes.txt"])
    with pytest.warns(
        UserWarning,
        match=r"Left out 2 audio files not fitting the pattern .*, for example 'noise.wav'",
    ) as caught:
        bunch = load_corpus(root, "{speaker}_{sentence}.wav")
    assert len(bunch.data) == 1
    assert caught[0].filename == __file__


def test_sounds_beside_videos_that_are_asked_for_are_not_missed(make_tree):
    root = make_tree(["s1/a.mpg", "s1/a.wav", "s1/b.MPG", "b.flac"])
    with pytest.warns(UserWarning, match=r"Left out 1 video file not .*example 's1/b.MPG'"):
        bunch = load_corpus(root, "{speaker}/{sentence}.mpg")
    assert len(bunch.data) == 1
    with pytest.warns(UserWarning, match=r"Left out 1 audio file not .*example 'b.flac'"):
        load_corpus(root, "{speaker}/{sentence}.wav")


def test_names_that_can_be_divided_otherwise_are_told_at_the_caller(make_tree):
    root = make_tree(["ben/pad_01.wav", "ben/my_phone_01.wav", "ben/my_phone_02.wav"])
    with pytest.warns(UserWarning, match="in more than one way") as caught:
        bunch = load_corpus(root, "{speaker}/{device}_{sentence}.wav")
    np.testing.assert_array_equal(bunch.device, ["my", "my", "pad"])
    (warning,) = caught
    assert warning.filename == __file__
    message = str(warning.message)
    assert "the names of 2 of 3 recordings in more than one way: 'ben/my_phone_01.wav'" in message
    assert "was read as device='my', sentence='phone_01', and could be" in message
    assert "could be device='my_phone', sentence='01'. If that is wrong, give" in message
    assert message.endswith("rename the files, or give each device a folder.")


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([], "fits the pattern '{a}_{b}.wav': no files"),
        (["x.txt"], "no audio files, only 1 other, for example 'x.txt'"),
        (["x.avi"], "no audio files and 1 video file, for example 'x.avi'"),
        (["x.wav", "y.mp3"], "2 audio files, for example 'x.wav'"),
        (["p/x_y.wav"], "for example 'p/x_y.wav' (it lies 1 folder deep, the pattern 0)"),
        (["p/q/x_y.wav"], "for example 'p/q/x_y.wav' (it lies 2 folders deep, the pattern 0)"),
    ],
)
def test_nothing_fits(make_tree, names, message):
    root = make_tree(names)
    with pytest.raises(ValueError, match=re.escape(message)) as raised:
        load_corpus(root, "{a}_{b}.wav")
    assert str(root) in str(raised.value)


def test_a_field_that_is_used_twice_is_told_where_nothing_fits(make_tree):
    root = make_tree(["anna/angry_01.wav"])
    message = r"; a field that is used twice, here \{b\}, must have the same text in both places: "
    with pytest.raises(ValueError, match=message):
        load_corpus(root, "{a}/{b}_{b}.wav")
    with pytest.raises(ValueError, match=r"example 'anna/angry_01.wav'$"):
        load_corpus(root, "{{/{a}-{{_{b}.wav")


def test_root_must_be_an_existing_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match="not exist: .*nowhere'; relative paths start"):
        load_corpus(tmp_path / "nowhere", "{a}.wav")
    (tmp_path / "a.wav").touch()
    with pytest.raises(NotADirectoryError, match="root must be a folder, got the file .*a.wav"):
        load_corpus(tmp_path / "a.wav", "{a}.wav")
    for root in (None, 3, "", b"corpus"):
        with pytest.raises(TypeError, match="root must be the path of a folder"):
            load_corpus(root, "{a}.wav")


def test_hidden_files_and_folders_are_passed_over(make_tree):
    root = make_tree(["a.wav", "._a.wav", ".cache/b.wav"])
    np.testing.assert_array_equal(load_corpus(root, "{speaker}.wav").speaker, ["a"])


def test_links_are_followed_once_and_not_in_circles(make_tree):
    elsewhere = make_tree(["1.wav"], "elsewhere")
    root = make_tree(["a/1.wav"])
    try:
        os.symlink(elsewhere, root / "b", target_is_directory=True)
        os.symlink(elsewhere, root / "c", target_is_directory=True)
        os.symlink(root, root / "a" / "up", target_is_directory=True)
        os.symlink(elsewhere / "1.wav", root / "a" / "2.wav")
    except OSError as error:
        pytest.skip(f"this system makes no links: {error}")

    bunch = load_corpus(root, "{speaker}/{sentence}.wav")

    assert [Path(path).relative_to(root).as_posix() for path in bunch.data] == [
        "a/1.wav",
        "a/2.wav",
        "b/1.wav",
    ]
