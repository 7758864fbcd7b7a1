"""MOBIPHONE, from its names."""

from __future__ import annotations

from itertools import product

import pytest

from skaffect.datasets import load_mobiphone

PHONES = ["HTC desire c", "LG L3", "Samsung GT-N7100 (galaxy note2)", "iPhone5"]
WHOLE = [f"{phone}/speaker{n}.wav" for phone, n in product(PHONES, range(1, 25))]


def test_published_layout(make_tree):
    bunch = load_mobiphone(make_tree(WHOLE))
    assert len(bunch.data) == 4 * 24
    assert bunch.data == sorted(bunch.data)
    assert sorted(set(bunch.target)) == PHONES
    assert sorted(set(bunch.speaker)) == [f"{n:02d}" for n in range(1, 25)]
    assert set(bunch.sentence) == {""}
    assert "Kotropoulos" in bunch.DESCR
    assert "Licence" in bunch.DESCR


@pytest.mark.parametrize("name", ["speaker3/sa1.wav", "speaker3_sa1.wav", "speaker3-sa1.flac"])
def test_single_sentences(make_tree, name):
    bunch = load_mobiphone(make_tree([f"iPhone5/{name}"]))
    assert (bunch.target[0], bunch.speaker[0], bunch.sentence[0]) == ("iPhone5", "03", "sa1")


def test_root_may_be_one_phones_folder(make_tree):
    bunch = load_mobiphone(make_tree(WHOLE) / "LG L3")
    assert len(bunch.data) == 24
    assert set(bunch.target) == {"LG L3"}


def test_root_may_lie_higher(make_tree):
    bunch = load_mobiphone(make_tree(["Data/MOBIPHONE/LG L3/speaker1.wav"]))
    assert bunch.target.tolist() == ["LG L3"]


def test_a_speakers_folder_is_no_phone(make_tree):
    bunch = load_mobiphone(make_tree(["LG L3/speaker2/speaker2.wav"]))
    assert (bunch.target[0], bunch.speaker[0]) == ("LG L3", "02")


def test_another_folder(make_tree):
    with pytest.raises(
        ValueError,
        match="not a folder of MOBIPHONE: expected .*HTC desire c/speaker1.wav.*found 2 audio",
    ):
        load_mobiphone(make_tree(["LG L3/speaker0.wav", "LG L3/speaker25.wav"]))


def test_strangers_are_left_out_with_a_warning(make_tree):
    with pytest.warns(UserWarning, match=r"Left out 1 audio file not of MOBIPHONE .*'clap.wav'"):
        bunch = load_mobiphone(make_tree(["LG L3/speaker1.wav", "clap.wav"]))
    assert len(bunch.data) == 1


def test_the_same_recording_twice(make_tree):
    with pytest.raises(ValueError, match="are the same utterance of MOBIPHONE"):
        load_mobiphone(make_tree(["a/LG L3/speaker1.wav", "b/LG L3/speaker1.wav"]))
