"""Windows: a lazy view equal to the windows it stands for."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaffect import Windows
from skaffect._windows import active_frames, gather_batch


def some_frames(n_frames: int = 7, n_bands: int = 3) -> np.ndarray:
    return np.arange(n_frames * n_bands, dtype=np.float32).reshape(n_frames, n_bands)


def materialised(frames: np.ndarray, context: int) -> np.ndarray:
    reach = context // 2
    padded = np.pad(frames, ((reach, reach), (0, 0)), mode="edge")
    return np.lib.stride_tricks.sliding_window_view(padded, context, axis=0)


@given(
    n_frames=st.integers(1, 30),
    n_bands=st.integers(1, 5),
    context=st.integers(0, 20).map(lambda k: 2 * k + 1),
)
def test_windows_equal_sliding_windows_of_padded_frames(
    n_frames: int, n_bands: int, context: int
) -> None:
    frames = some_frames(n_frames, n_bands)
    windows, expected = Windows(frames, context), materialised(frames, context)
    assert windows.shape == expected.shape == (n_frames, n_bands, context)
    assert len(windows) == n_frames
    np.testing.assert_array_equal(np.asarray(windows), expected)
    np.testing.assert_array_equal(windows.gather(np.arange(n_frames)), expected)
    for j, window in enumerate(windows):
        np.testing.assert_array_equal(window, expected[j])
        np.testing.assert_array_equal(windows[j - n_frames], expected[j])
        copied = np.empty((context, n_bands), np.float32)
        windows.copy_window(j, copied)
        np.testing.assert_array_equal(copied.T, expected[j])


@pytest.mark.parametrize(
    "index",
    [
        slice(None),
        slice(2, 5),
        slice(None, None, -2),
        slice(3, 3),
        [0, -1, 3],
        [],
        np.array([6, 0]),
        np.array([True, False] * 3 + [True]),
        np.zeros(7, bool),
        ...,
    ],
)
def test_windows_are_indexed_as_arrays_are(index: Any) -> None:
    answer = Windows(some_frames(), 5)[index]
    expected = materialised(some_frames(), 5)[index]
    assert answer.dtype == np.float32
    np.testing.assert_array_equal(answer, expected)


@pytest.mark.parametrize("index", [0, 6, -1, -7, np.int64(2)])
def test_one_window_is_a_spectral_image(index: Any) -> None:
    answer = Windows(some_frames(), 5)[index]
    assert answer.shape == (3, 5)
    np.testing.assert_array_equal(answer, materialised(some_frames(), 5)[index])


@pytest.mark.parametrize(
    ("index", "error", "message"),
    [
        (7, IndexError, "no frame 7: the utterance has 7"),
        (-8, IndexError, "no frame -8"),
        ([0, 7], IndexError, "out of bounds"),
        (np.ones(6, bool), IndexError, "boolean index"),
        ((0, 1), TypeError, r"windows\[j\] and index the answer"),
        (None, TypeError, "indexed by frame alone"),
        ([[0, 1]], TypeError, "indexed by frame alone"),
        (1.0, IndexError, "valid indices"),
        ("a", IndexError, "valid indices"),
    ],
)
def test_windows_refuse_other_indices(index: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Windows(some_frames(), 5)[index]


@pytest.mark.parametrize(
    ("indices", "error", "message"),
    [
        ([7], IndexError, r"must lie in \[0, 7\), got 7 to 7"),
        ([-1, 2], IndexError, r"must lie in \[0, 7\), got -1 to 2"),
        ([0.5], TypeError, "1-D array of integers"),
        ([True, False], TypeError, "1-D array of integers"),
        (3, TypeError, "1-D array of integers"),
    ],
)
def test_gather_takes_frame_numbers(indices: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Windows(some_frames(), 5).gather(indices)


def test_windows_are_an_array_on_demand() -> None:
    windows = Windows(some_frames(), 3)
    assert (windows.ndim, windows.dtype) == (3, np.float32)
    assert np.asarray(windows).flags["C_CONTIGUOUS"]
    assert np.asarray(windows, dtype=np.float64).dtype == np.float64
    np.testing.assert_allclose(np.mean(windows), np.mean(materialised(some_frames(), 3)))
    with pytest.raises(ValueError, match="only copy"):
        windows.__array__(copy=False)


def test_answers_are_copies_and_frames_are_shared() -> None:
    frames = some_frames()
    windows = Windows(frames, 3)
    assert windows.frames is frames
    windows[2][:] = 99
    windows[:][:] = 99
    np.asarray(windows)[:] = 99
    np.testing.assert_array_equal(frames, some_frames())


def test_pickle_holds_frames_not_windows() -> None:
    windows = Windows(np.random.default_rng(0).normal(size=(1000, 40)), 15)
    size = len(pickle.dumps(windows))
    assert size < windows.frames.nbytes + 1000
    masked = Windows(windows.frames, 15, active=np.arange(1000) > 10)
    assert len(pickle.dumps(masked)) < windows.frames.nbytes + 2500


@pytest.mark.parametrize(
    "duplicate", [copy.copy, copy.deepcopy, lambda w: pickle.loads(pickle.dumps(w))]
)
@pytest.mark.parametrize("active", [None, np.arange(7) > 3])
def test_copies_are_equal(duplicate: Any, active: Any) -> None:
    windows = Windows(some_frames(), 5, active)
    twin = duplicate(windows)
    assert twin is not windows
    assert twin == windows
    np.testing.assert_array_equal(twin.active, windows.active)


def test_equality() -> None:
    windows = Windows(some_frames(), 5)
    assert windows == Windows(some_frames().tolist(), 5)
    assert windows != Windows(some_frames(), 3)
    assert windows != Windows(some_frames() + 1, 5)
    assert windows != Windows(some_frames(), 5, active=np.arange(7) > 0)
    assert windows != "windows"
    with pytest.raises(TypeError, match="unhashable"):
        hash(windows)


def test_active_frames() -> None:
    mask = np.arange(7) % 2 == 0
    windows = Windows(some_frames(), 5, mask)
    np.testing.assert_array_equal(active_frames(windows), [0, 2, 4, 6])
    assert repr(windows) == "Windows(shape=(7, 3, 5), active=4)"
    # An utterance without any speech is heard whole rather than not at all.
    assert Windows(some_frames(), 5, np.zeros(7, bool)).active.all()
    np.testing.assert_array_equal(active_frames(np.zeros((3, 2, 5))), [0, 1, 2])


@pytest.mark.parametrize(
    ("frames", "error", "message"),
    [
        (np.zeros(5), ValueError, r"shape \(n_frames, n_bands\), got \(5,\)"),
        (np.zeros((2, 3, 4)), ValueError, r"got \(2, 3, 4\)"),
        (np.zeros((0, 3)), ValueError, "frames is empty"),
        (np.zeros((2, 3), complex), ValueError, "got ndarray of dtype complex128"),
        ([[1.0, 2.0], [3.0]], ValueError, "must be an array of numbers"),
        ("frames", ValueError, "array of numbers, got str"),
    ],
)
def test_bad_frames(frames: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Windows(frames)


@pytest.mark.parametrize(
    ("context", "error", "message"),
    [
        (4, ValueError, "odd and positive, got 4"),
        (0, ValueError, "odd and positive, got 0"),
        (-3, ValueError, "odd and positive, got -3"),
        (3.0, TypeError, "must be an odd integer, got 3.0"),
        (True, TypeError, "must be an odd integer, got True"),
        (None, TypeError, "must be an odd integer, got None"),
    ],
)
def test_bad_context(context: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Windows(some_frames(), context)


def test_bad_active() -> None:
    with pytest.raises(ValueError, match=r"active must have shape \(7,\), got \(6,\)"):
        Windows(some_frames(), 3, np.ones(6))


@given(
    lengths=st.lists(st.integers(1, 9), min_size=1, max_size=4),
    data=st.data(),
)
def test_gathered_batch_equals_indexing_each(lengths: list[int], data: Any) -> None:
    entries: list[Any] = [Windows(some_frames(n) + n, 5) for n in lengths]
    entries[0] = np.asarray(entries[0])  # ready-made windows may stand beside views
    owners = data.draw(st.lists(st.integers(0, len(lengths) - 1), max_size=9))
    frames = [data.draw(st.integers(0, lengths[owner] - 1)) for owner in owners]
    batch = gather_batch(entries, np.array(owners, int), np.array(frames, int))
    assert batch.shape == (len(owners), 3, 5)
    assert batch.dtype == np.float32
    for window, owner, frame in zip(batch, owners, frames, strict=True):
        np.testing.assert_array_equal(window, entries[owner][frame])
