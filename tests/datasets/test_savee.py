"""SAVEE, from its names."""

from __future__ import annotations

import numpy as np
import pytest

from skaffect.datasets import EMOTIONS, load_savee

SPEAKERS = ("DC", "JE", "JK", "KL")
CODES = [f"{code}{n:02}" for code in ("a", "d", "f", "h", "sa", "su") for n in range(1, 16)]
CODES += [f"n{n:02}" for n in range(1, 31)]

OFFICIAL = [f"AudioData/{speaker}/{code}.wav" for speaker in SPEAKERS for code in CODES]
FLAT = [f"ALL/{speaker}_{code}.wav" for speaker in SPEAKERS for code in CODES]


@pytest.mark.parametrize("names", [OFFICIAL, FLAT], ids=["official", "flat"])
def test_layouts(make_tree, names):
    bunch = load_savee(make_tree(names))

    assert len(bunch.data) == 480
    assert bunch.data == sorted(bunch.data)
    assert sorted(set(bunch.target)) == list(EMOTIONS)
    assert np.sum(bunch.target == "neutral") == 4 * 30
    assert np.sum(bunch.target == "surprise") == 4 * 15
    assert sorted(set(bunch.speaker)) == list(SPEAKERS)
    assert sorted(set(bunch.sentence)) == sorted(CODES)
    assert set(bunch.video) == {""}
    assert "Haq" in bunch.DESCR
    assert "Licence" in bunch.DESCR


def test_sentence_is_equal_across_speakers(make_tree):
    bunch = load_savee(make_tree(OFFICIAL))
    for sentence in ("a01", "n30", "su15"):
        assert sorted(bunch.speaker[bunch.sentence == sentence]) == list(SPEAKERS)


def test_films_where_there_are_some(make_tree):
    films = ["AudioVisualClip/DC/a01.avi", "AudioVisualClip/DC/a01.mp4", "sa02.avi"]
    root = make_tree(["AudioData/DC/a01.wav", "AudioData/DC/sa02.wav", "Info.txt", *films])
    bunch = load_savee(root)
    assert bunch.video.tolist() == [str(root / "AudioVisualClip/DC/a01.avi"), ""]


def test_films_are_numbered_without_zeros(make_tree):
    numbers = [("a1", "a01"), ("n10", "n10"), ("sa9", "sa09")]
    root = make_tree(
        [f"AudioVisualClip/KL/{film}.avi" for film, _ in numbers]
        + [f"AudioData/KL/{sound}.wav" for _, sound in numbers]
    )
    bunch = load_savee(root)
    assert bunch.sentence.tolist() == [sound for _, sound in numbers]
    films = [str(root / f"AudioVisualClip/KL/{film}.avi") for film, _ in numbers]
    assert bunch.video.tolist() == films


def test_root_may_be_one_speakers_folder(make_tree):
    bunch = load_savee(make_tree(OFFICIAL) / "AudioData" / "JK")
    assert len(bunch.data) == 120
    assert set(bunch.speaker) == {"JK"}


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["AB_a01.wav", "DC_s01.wav", "DC_a001.wav"], "found 3 audio files, for example 'AB_a01"),
        (["AudioVisualClip/DC/a01.avi"], "found no audio files and 1 video file,"),
    ],
)
def test_another_folder(make_tree, names, found):
    with pytest.raises(
        ValueError, match=f"not a folder of SAVEE: expected .*AudioData/DC/a01.wav.*{found}"
    ):
        load_savee(make_tree(names))


def test_both_layouts_at_once(make_tree):
    root = make_tree(["AudioData/DC/a01.wav", "DC_a01.wav"])
    with pytest.raises(ValueError, match="'AudioData/DC/a01.wav' and 'DC_a01.wav' are the same"):
        load_savee(root)
