"""Hashes of recordings: copies are found under any name, and nothing else is."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from skaffect import find_duplicates, recording_hashes

PCM = np.random.default_rng(0).integers(-(2**15), 2**15, (400, 2)).astype(np.int16)


@pytest.fixture
def write(tmp_path):
    def write(name, samples, sr=16000, **more):
        soundfile.write(tmp_path / name, samples, sr, **more)
        return str(tmp_path / name)

    return write


def test_copies_are_alike_whatever_their_name_and_container(write, tmp_path):
    files = [
        write("a.wav", PCM[:, 0]),
        write("b.flac", PCM[:, 0]),
        write("c.wav", PCM[:, 0], subtype="PCM_24"),
        tmp_path / "a.wav",
        PCM[:, 0],
        PCM[:, :1],
        PCM[:, 0] / np.float64(2**15),
    ]
    assert len(set(recording_hashes(files).tolist())) == 1
    assert [found.tolist() for found in find_duplicates(files)] == [list(range(7))]


def test_channels_are_not_averaged(write):
    files = [
        write("left.wav", PCM),
        write("right.wav", PCM[:, ::-1]),
        write("left.flac", PCM),
        write("opposite.wav", np.stack([PCM[:, 0] // 2, -(PCM[:, 0] // 2)], axis=1)),
        write("silence.wav", np.zeros_like(PCM)),
        PCM,
        PCM.ravel(),  # the same numbers in turns, of one channel
    ]
    assert [found.tolist() for found in find_duplicates(files)] == [[0, 2, 5]]


def test_rates_are_those_of_the_files(write):
    # Resampled to one rate, two files of unlike samples might become alike.
    slow, fast = write("slow.wav", PCM[:, 0], 8000), write("fast.wav", np.repeat(PCM[:, 0], 2))
    assert find_duplicates([slow, fast]) == []
    assert recording_hashes([slow]) == recording_hashes([PCM[:, 0]])


@given(
    st.lists(st.lists(st.sampled_from([-1.0, -0.0, 0.0, 0.5]), min_size=1, max_size=3), min_size=1)
)
def test_alike_exactly_where_samples_are_equal(sounds):
    arrays = [np.array(sound) for sound in sounds]
    alike = {}
    for i, sound in enumerate(sounds):
        alike.setdefault(tuple(sound), []).append(i)  # 0.0 == -0.0
    expected = [items for items in alike.values() if len(items) > 1]
    assert [found.tolist() for found in find_duplicates(arrays)] == expected


def test_rows_of_one_array():
    found = find_duplicates(np.array([[0.5, 0.0], [0.0, 0.5], [0.5, 0.0]]))
    assert [items.tolist() for items in found] == [[0, 2]]


def test_what_is_no_sound_is_named(tmp_path, write):
    text = tmp_path / "text.wav"
    text.write_text("no sound")
    with pytest.raises(ValueError, match=r"X\[1\] is '.*text.wav', which "):
        recording_hashes([write("a.wav", PCM), text])
    with pytest.raises(FileNotFoundError, match=r"X\[0\] is '.*absent.wav', which does not exist"):
        find_duplicates([tmp_path / "absent.wav"])
    with pytest.raises(TypeError, match="Wrap it in a list"):
        recording_hashes(str(text))


def test_compressed_recordings(write):
    pytest.importorskip("av", reason="PyAV is optional: it comes with `device`")
    import av

    def encode(name, samples):
        path = write("draft.wav", samples).replace("draft.wav", name)
        with av.open(path, "w") as container:
            stream = container.add_stream("aac", rate=16000)
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(samples[np.newaxis]), "s16", "mono"
            )
            frame.sample_rate = 16000
            for packet in [*stream.encode(frame), *stream.encode(None)]:
                container.mux(packet)
        return path

    files = [encode("a.m4a", PCM[:, 0]), encode("b.m4a", PCM[:, 0]), encode("c.m4a", PCM[:, 1])]
    assert [found.tolist() for found in find_duplicates(files)] == [[0, 1]]


def test_ravdess_holds_one_recording_twice(data_root):
    files = sorted((data_root / "ravdess").glob("*/*.flac"))
    (pair,) = find_duplicates(files)
    assert [files[i].stem for i in pair] == ["03-01-03-01-02-01-07", "03-01-03-01-02-02-07"]
