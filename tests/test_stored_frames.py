"""Frames on disk: indexing reads what an array would answer, and no more."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skaffect import Windows
from skaffect._stored_frames import StoredFrames

FRAMES = np.random.default_rng(0).normal(size=(11, 3)).astype(np.float32)


@pytest.fixture
def stored(tmp_path: Path) -> StoredFrames:
    (tmp_path / "frames").write_bytes(b"before" + FRAMES.tobytes() + b"after")
    return StoredFrames(str(tmp_path / "frames"), 6, FRAMES.shape)


@pytest.mark.parametrize(
    "index",
    [
        slice(None),
        slice(2, 5),
        slice(-3, None),
        slice(5, 2),
        slice(1, 9, 3),
        slice(None, None, -2),
        4,
        -1,
        [7, 2, 2],
        np.array([[0, 10], [3, 3]]),
        np.arange(11) % 2 == 0,
        [],
        (slice(1, 4), slice(None, 2)),
        (3, 1),
        ([1, 2], [0, 2]),
        (slice(None), None, 0),
    ],
    ids=repr,
)
def test_indexing_is_an_array_s(stored: StoredFrames, index: Any) -> None:
    expected = FRAMES[index]
    answer = stored[index]
    assert answer.dtype == np.float32
    np.testing.assert_array_equal(answer, expected)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.integers(-15, 15), stop=st.integers(-15, 15), step=st.integers(-4, 4))
def test_slices_are_an_array_s(stored: StoredFrames, start: int, stop: int, step: int) -> None:
    chosen = slice(start, stop, step or None)
    np.testing.assert_array_equal(stored[chosen], FRAMES[chosen])


def test_indices_beyond_the_end_are_refused(stored: StoredFrames) -> None:
    for index in (11, -12, [0, 11]):
        with pytest.raises(IndexError):
            stored[index]


def test_reads_no_more_than_asked_for(
    stored: StoredFrames, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []
    original = StoredFrames._read
    monkeypatch.setattr(
        StoredFrames, "_read", lambda self, a, b: read.append((a, b)) or original(self, a, b)
    )
    stored[3:6], stored[[8, 5]], stored[2]
    assert read == [(3, 6), (5, 9), (2, 3)]


def test_looks_like_an_array(stored: StoredFrames) -> None:
    assert (len(stored), stored.shape, stored.ndim, stored.dtype) == (11, (11, 3), 2, np.float32)
    np.testing.assert_array_equal(np.asarray(stored), FRAMES)
    assert np.asarray(stored, np.float64).dtype == np.float64
    assert "(11, 3)" in repr(stored)
    with pytest.raises(ValueError, match="copied"):
        stored.__array__(copy=False)


def test_statistics_are_taken_out_when_reading(stored: StoredFrames) -> None:
    mean, scale = FRAMES.mean(axis=0), FRAMES.std(axis=0)
    scaled = stored.scaled(mean, scale)
    np.testing.assert_array_equal(scaled[2:9], (FRAMES[2:9] - mean) / scale)
    np.testing.assert_array_equal(stored[2:9], FRAMES[2:9])


def test_pickling_sends_the_path(stored: StoredFrames) -> None:
    again = pickle.loads(pickle.dumps(stored))
    np.testing.assert_array_equal(again, FRAMES)
    assert len(pickle.dumps(stored)) < 300 + len(stored.path)


def test_removed_and_shortened_files_are_named(stored: StoredFrames) -> None:
    path = Path(stored.path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(OSError, match=r"frames.*cut short"):
        stored[9:]
    path.unlink()
    with pytest.raises(FileNotFoundError, match=r"frames.*transform again"):
        stored[:2]


@pytest.mark.parametrize("context", [1, 3, 25])
def test_windows_of_them_are_windows_of_an_array(stored: StoredFrames, context: int) -> None:
    ours, expected = Windows(stored, context), Windows(FRAMES, context)
    assert ours.frames is stored
    assert ours == expected
    np.testing.assert_array_equal(np.asarray(ours), np.asarray(expected))
    for frame in range(11):
        one, other = np.empty((2, context, 3), np.float32)
        ours.copy_window(frame, one)
        expected.copy_window(frame, other)
        np.testing.assert_array_equal(one, other)
    again = pickle.loads(pickle.dumps(ours))
    assert isinstance(again.frames, StoredFrames)
    assert again == expected
