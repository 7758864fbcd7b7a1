"""EmoDB, from its names."""

from __future__ import annotations

import pytest

from skaffect.datasets import EMOTIONS, load_emodb


def test_fields_of_the_names(make_tree):
    root = make_tree(["wav/16b10Lb.wav", "wav/03a01Fa.wav", "wav/08a05Ac.wav", "docu.txt"])
    bunch = load_emodb(root)

    assert bunch.data == [str(root / "wav" / f"{name}.wav") for name in
                          ("03a01Fa", "08a05Ac", "16b10Lb")]  # fmt: skip
    assert bunch.target.tolist() == ["happy", "fear", "boredom"]
    assert bunch.speaker.tolist() == ["03", "08", "16"]
    assert bunch.sentence.tolist() == ["a01", "a05", "b10"]
    assert bunch.transcript[0] == "Der Lappen liegt auf dem Eisschrank."
    assert bunch.version.tolist() == ["a", "c", "b"]
    assert bunch.sex.tolist() == ["male", "female", "female"]
    assert "Burkhardt" in bunch.DESCR
    assert "Licence" in bunch.DESCR


def test_every_emotion_letter(make_tree):
    bunch = load_emodb(make_tree([f"03a01{letter}a.wav" for letter in "AEFLNTW"]))
    assert set(bunch.target) == set(EMOTIONS) - {"surprise"} | {"boredom"}


def test_a_name_without_version(make_tree):
    assert load_emodb(make_tree(["03a01F.wav"])).version.tolist() == [""]


def test_laryngograms_are_left_out_without_a_word(make_tree):
    root = make_tree(["wav/03a01Fa.wav", "laryngo/03a01Fa.wav"])
    assert load_emodb(root).data == [str(root / "wav" / "03a01Fa.wav")]


def test_another_folder(make_tree):
    names = ["07a01Fa.wav", "03a03Fa.wav", "03a01Xa.wav", "03a01FA.wav"]
    with pytest.raises(
        ValueError, match="not a folder of EmoDB: expected .*wav/03a01Fa.wav.*found 4 audio files"
    ):
        load_emodb(make_tree(names))
