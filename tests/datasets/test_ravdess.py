"""RAVDESS, from its names."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from skaffect.datasets import EMOTIONS, load_ravdess

ACTOR_NAMES = [
    f"Actor_{actor:02}/03-01-{emotion:02}-{intensity:02}-{statement:02}-{take:02}-{actor:02}.wav"
    for actor, emotion, intensity, statement, take in product(
        (1, 24), range(1, 9), (1, 2), (1, 2), (1, 2)
    )
    if (emotion, intensity) != (1, 2)
]


def test_official_layout(make_tree):
    bunch = load_ravdess(make_tree(ACTOR_NAMES))

    assert len(bunch.data) == 2 * 52
    assert bunch.data == sorted(bunch.data)
    assert sorted(set(bunch.target)) == list(EMOTIONS)
    for field in ("target", "speaker", "sentence", "transcript", "intensity", "sex"):
        assert bunch[field].shape == (104,)
    assert np.issubdtype(bunch.repetition.dtype, np.integer)


def test_fields_of_a_name(make_tree):
    bunch = load_ravdess(make_tree(["03-01-06-02-01-02-12.flac"]))

    assert {field: bunch[field].tolist() for field in bunch if field not in ("data", "DESCR")} == {
        "target": ["fear"],
        "speaker": ["12"],
        "sentence": ["01"],
        "transcript": ["Kids are talking by the door"],
        "intensity": ["strong"],
        "repetition": [2],
        "sex": ["female"],
    }
    assert "CC BY-NC-SA 4.0" in bunch.DESCR
    assert "Livingstone" in bunch.DESCR


def test_emotions_are_chosen_and_calm_is_named(make_tree):
    root = make_tree(ACTOR_NAMES)
    assert len(load_ravdess(root, emotions=(*EMOTIONS, "calm")).data) == 2 * 60
    assert set(load_ravdess(root, emotions=["calm", "sad"]).target) == {"calm", "sad"}


def test_songs_and_films_are_left_out_without_a_word(make_tree):
    names = ["03-01-03-01-01-01-01.wav", "03-02-03-01-01-01-01.wav", "01-01-03-01-01-01-01.wav"]
    root = make_tree([*names, "02-01-03-01-01-01-01.mp4"])
    assert len(load_ravdess(root).data) == 1


def test_other_audio_is_counted_in_a_warning_at_the_caller(make_tree):
    root = make_tree(["03-01-03-01-01-01-01.wav", "03-01-09-01-01-01-01.wav"])
    with pytest.warns(
        UserWarning, match=r"Left out 1 audio file not of RAVDESS .* '03-01-09-01-01-01-01.wav'"
    ) as caught:
        load_ravdess(root)
    assert caught[0].filename == __file__


@pytest.mark.parametrize(
    ("emotions", "error", "message"),
    [
        ("calm", TypeError, r"write emotions=\['calm'\]"),
        (["bored"], ValueError, r"emotions must be among \['angry', 'calm', .*got \['bored'\]"),
        ([], ValueError, r"emotions must be among .*got \[\]"),
    ],
)
def test_emotions_outside_their_set(tmp_path, emotions, error, message):
    with pytest.raises(error, match=message):
        load_ravdess(tmp_path, emotions=emotions)


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["DC_a01.wav"], "found 1 audio file, for example 'DC_a01.wav'"),
        (["01-01-03-01-01-01-01.mp4"], "found no audio files and 1 video file,"),
        (["03-01-02-01-01-01-01.wav"], "found 1 file of RAVDESS not among these"),
        ([], "found no files"),
    ],
)
def test_another_folder(make_tree, names, found):
    with pytest.raises(
        ValueError, match=f"not a folder of RAVDESS: expected .*Actor_12/03-01-05.*{found}"
    ):
        load_ravdess(make_tree(names))


def test_two_copies_of_the_corpus(make_tree):
    root = make_tree(["Actor_01/03-01-03-01-01-01-01.wav", "x/Actor_01/03-01-03-01-01-01-01.wav"])
    with pytest.raises(ValueError, match="'Actor_01/.* and 'x/.* are the same utterance"):
        load_ravdess(root)


def test_real_recordings(data_root):
    bunch = load_ravdess(data_root / "ravdess")
    assert len(bunch.data) == 832
    assert len(set(bunch.speaker)) == 16
    assert sorted(set(bunch.target)) == list(EMOTIONS)
    assert len(load_ravdess(data_root / "ravdess", emotions=(*EMOTIONS, "calm")).data) == 960
