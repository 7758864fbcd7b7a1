"""Samples in pieces make the rows that the whole waveform makes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaffect import MFSCWindower
from skaffect.streaming._frames import FrameRows, RowWindows, checked_samples

LENGTHS = st.lists(st.integers(0, 900), max_size=12)


def noise(n_times: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.1, n_times).astype(np.float32)


def rows_of(windower: MFSCWindower, waveform: np.ndarray, lengths: list[int]) -> np.ndarray:
    stream = FrameRows(windower)
    pieces = np.split(waveform, np.minimum(np.cumsum(lengths, dtype=int), len(waveform)))
    return np.concatenate([*map(stream.push, pieces), stream.finish()])


@pytest.mark.filterwarnings("ignore:.*under one frame:UserWarning")
@given(
    n_times=st.integers(1, 3000),
    lengths=LENGTHS,
    changes=st.sampled_from(
        [
            {},
            {"context": 1},
            {"preemphasis": 0.0},
            {"sr": 8000, "n_mels": 20},
            {"window_seconds": 0.01, "hop_seconds": 0.03, "n_mels": 20},
        ]
    ),
)
def test_rows_are_the_frames_with_their_edges_repeated(
    n_times: int, lengths: list[int], changes: dict[str, Any]
) -> None:
    windower = MFSCWindower(normalize=None, floor_db=None, **changes)
    waveform = noise(n_times)
    frames = windower.fit_transform([waveform])[0].frames
    reach = windower.context // 2
    expected = np.pad(frames, ((reach, reach), (0, 0)), mode="edge")
    # Bands that a frame of noise leaves nearly empty are mostly the FFT's rounding.
    np.testing.assert_allclose(rows_of(windower, waveform, lengths), expected, atol=1e-3)


def test_rows_of_speech_equal_the_offline_ones(speech: Any, windower: MFSCWindower) -> None:
    for waveform, entry in zip(speech, windower.transform(speech), strict=True):
        rows = rows_of(windower, waveform, [160] * (len(waveform) // 160))
        np.testing.assert_allclose(rows[7:-7], entry.frames, atol=1e-5)


def test_a_frame_comes_with_its_last_sample(windower: MFSCWindower) -> None:
    stream, waveform = FrameRows(windower), noise(2000)
    counts = [len(stream.push(waveform[i : i + 1])) for i in range(2000)]
    # Copies of the first frame stand before it.
    assert {i: n for i, n in enumerate(counts) if n} == {399: 8} | dict.fromkeys(
        range(559, 2000, 160), 1
    )


def test_memory_does_not_grow(windower: MFSCWindower) -> None:
    stream = FrameRows(windower)
    for _ in range(50):
        stream.push(noise(1000))
    assert len(stream._signal) < 400 + 160


@given(context=st.sampled_from([1, 3, 5]), sizes=st.lists(st.integers(0, 4), max_size=9))
def test_windows_are_those_of_all_rows(context: int, sizes: list[int]) -> None:
    rows = np.random.default_rng(0).normal(size=(sum(sizes), 2)).astype(np.float32)
    windows = RowWindows(2, context)
    pieces = [windows.push(piece) for piece in np.split(rows, np.cumsum(sizes))]
    expected = [rows[i : i + context].T for i in range(len(rows) - context + 1)]
    np.testing.assert_array_equal(np.concatenate(pieces), np.reshape(expected, (-1, 2, context)))


def test_samples_become_float32() -> None:
    waveform, peak = checked_samples([0.5, -0.75], 16000)
    assert (waveform.dtype, peak) == (np.float32, 0.75)
    waveform, peak = checked_samples([], 16000)
    assert (waveform.shape, peak) == ((0,), 0.0)


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        (None, r"takes an array of samples, of shape \(n_times,\), got NoneType"),
        (0.5, r"takes an array of samples, of shape \(n_times,\), got float"),
        (b"\0\0", r"got bytes; of 16-bit PCM np.frombuffer\(data, np.int16\) / 32768"),
        (Path("talk.wav"), r"got the path .*talk.wav"),
        (
            "talk.wav",
            r"got the path 'talk.wav'; .*AudioReader\(sr=8000\).transform\(\[path\]\)\[0\]",
        ),
        (np.zeros((4, 2)), r"average the channels, as in samples.mean\(axis=1\)"),
        (np.zeros((2, 4)), r"average the channels, as in samples.mean\(axis=0\)"),
        ([0.0, None], "must be floating-point .* got an array of object"),
        (np.zeros(4, np.int16), "got int16; divide PCM by its full scale"),
        (np.array(["a"]), "must be floating-point"),
        ([0.0, np.nan], r"must be finite and lie in \[-1, 1\], but samples\[1\] is nan"),
        ([0.0, 0.0, -np.inf], r"samples\[2\] is -inf"),
        ([1e200], r"samples\[0\] is 1e\+200"),
        ([0.0, -32768.0], "What was fed has samples up to 32768, .*waveform / 32768 where"),
    ],
)
def test_other_samples_are_refused(samples: Any, message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        checked_samples(samples, 8000)
