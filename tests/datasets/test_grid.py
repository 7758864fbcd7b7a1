"""GRID, from its names."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaffect.datasets import load_grid
from skaffect.datasets._grid import _WORDS, _parse


def test_fields_of_a_code(make_tree):
    root = make_tree(["s7/swwzza.wav"])
    bunch = load_grid(root)

    assert bunch.data == [str(root / "s7" / "swwzza.wav")]
    fields = {field: bunch[field].tolist() for field in bunch if field not in ("data", "DESCR")}
    assert fields == {
        "speaker": ["s7"],
        "sentence": ["swwzza"],
        "transcript": ["set white with z zero again"],
        "command": ["set"],
        "colour": ["white"],
        "preposition": ["with"],
        "letter": ["z"],
        "digit": ["zero"],
        "adverb": ["again"],
        "video": [""],
    }
    assert "Cooke" in bunch.DESCR
    assert "CC BY 4.0" in bunch.DESCR


@given(st.tuples(*(st.sampled_from(sorted(words)) for words in _WORDS.values())))
def test_every_code_reads_as_its_words(letters):
    fields = _parse(f"s34/{''.join(letters)}.wav")
    words = [_WORDS[field][letter] for field, letter in zip(_WORDS, letters, strict=True)]
    assert fields is not None
    assert [fields[field] for field in _WORDS] == words
    assert fields["transcript"].split() == words


@pytest.mark.parametrize(
    ("audio", "film", "talker"),
    [
        ("s1/bbaf2n.wav", "s1/bbaf2n.mpg", "s1"),
        ("grid_s1/audio/bbaf2n.flac", "grid_s1/video/bbaf2n.mpg", "s1"),
        ("audio/s34/bbaf2n.wav", "video/s34/bbaf2n.mpg", "s34"),
        ("s2/copy/s1/bbaf2n.wav", "s1/bbaf2n.mp4", "s1"),
    ],
)
def test_layouts(make_tree, audio, film, talker):
    root = make_tree([audio, film, "s9/bbaf2n.mpg"])
    bunch = load_grid(root)
    assert bunch.speaker.tolist() == [talker]
    assert bunch.video.tolist() == [str(root / film)]


def test_talkers_are_kept_apart(make_tree):
    bunch = load_grid(make_tree(["s1/bbaf2n.wav", "s10/bbaf2n.wav"]))
    assert bunch.speaker.tolist() == ["s1", "s10"]
    assert len(set(bunch.sentence)) == 1


def test_root_may_be_one_talkers_folder(make_tree):
    root = make_tree(["bbaf2n.wav", "bbaf2n.mpg"], "s12")
    bunch = load_grid(root)
    assert bunch.speaker.tolist() == ["s12"]
    assert bunch.video.tolist() == [str(root / "bbaf2n.mpg")]


@pytest.mark.parametrize(
    "name",
    ["bbaf2n.wav", "s35/bbaf2n.wav", "s0/bbaf2n.wav", "xs1/bbaf2n.wav", "s1/bbaw2n.wav",
     "s1/bbaf0n.wav", "s1/bbaf2nn.wav"],
)  # fmt: skip
def test_another_folder(make_tree, name):
    with pytest.raises(
        ValueError, match="not a folder of GRID: expected .*s1/bbaf2n.wav.*found 1 audio file,"
    ):
        load_grid(make_tree([name]))


def test_films_alone(make_tree):
    with pytest.raises(ValueError, match="found no audio files and 1 video file,"):
        load_grid(make_tree(["s1/bbaf2n.mpg"]))


def test_two_releases_at_once(make_tree):
    root = make_tree(["audio_25k/s1/bbaf2n.wav", "audio_50k/s1/bbaf2n.wav"])
    with pytest.raises(ValueError, match="are the same utterance of GRID; root must hold one"):
        load_grid(root)


def test_real_recordings(data_root):
    bunch = load_grid(data_root / "grid_s1")
    assert len(bunch.data) == len(set(bunch.sentence)) == 700
    assert set(bunch.speaker) == {"s1"}
    assert np.sum(bunch.video != "") == 20
