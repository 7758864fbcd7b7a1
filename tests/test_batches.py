"""Batches of windows drawn from utterances."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaffect import Windows
from skaffect._batches import FrameBatches

N_BANDS, CONTEXT = 4, 3


def _entries(lengths: tuple[int, ...] = (5, 1, 8)) -> list[Windows]:
    """Make utterances whose every frame holds its own number in all bands."""
    numbers = np.split(np.arange(sum(lengths)), np.cumsum(lengths)[:-1])
    return [Windows(np.tile(part[:, None], N_BANDS), CONTEXT) for part in numbers]


def _batches(entries: Any = None, **options: Any) -> FrameBatches:
    entries = _entries() if entries is None else entries
    n = len(entries)
    targets = options.pop("targets", np.eye(n))
    weights = options.pop("weights", np.arange(1, n + 1))
    return FrameBatches(entries, targets, weights, **{"batch_size": 4, "seed": 0, **options})


def _numbers(batches: FrameBatches) -> list[int]:
    """Return the numbers of the frames that one epoch draws, in order."""
    windows = np.concatenate([batches[i][0] for i in range(len(batches))])
    return windows[:, 0, CONTEXT // 2].astype(int).tolist()


def _epochs(batches: FrameBatches, n_epochs: int) -> list[list[int]]:
    drawn = []
    for epoch in range(n_epochs):
        batches.start_epoch(epoch)
        drawn.append(_numbers(batches))
    return drawn


def _assert_equal_batches(one: Any, other: Any) -> None:
    for array, same in zip(one, other, strict=True):
        np.testing.assert_array_equal(array, same)


def test_shapes_and_types() -> None:
    windows, targets, weights = _batches()[0]
    assert windows.shape == (4, N_BANDS, CONTEXT)
    assert targets.shape == (4, 3)
    assert weights.shape == (4,)
    assert windows.dtype == targets.dtype == weights.dtype == np.float32


@given(
    lengths=st.lists(st.integers(1, 9), min_size=1, max_size=5).map(tuple),
    batch_size=st.integers(1, 12),
    seed=st.integers(0, 2**31),
)
def test_an_epoch_is_a_permutation_of_all_frames(
    lengths: tuple[int, ...], batch_size: int, seed: int
) -> None:
    batches = _batches(_entries(lengths), batch_size=batch_size, seed=seed)
    sizes = [len(batches[i][0]) for i in range(len(batches))]
    assert sizes[:-1] == [batch_size] * (len(sizes) - 1)
    assert sorted(_numbers(batches)) == list(range(sum(lengths)))


def test_windows_targets_and_weights_belong_together() -> None:
    entries = _entries()
    owner = np.repeat(np.arange(3), [len(entry) for entry in entries])
    every_window = np.concatenate([np.asarray(entry) for entry in entries])
    batches = _batches(entries)
    for i in range(len(batches)):
        windows, targets, weights = batches[i]
        numbers = windows[:, 0, CONTEXT // 2].astype(int)
        np.testing.assert_array_equal(windows, every_window[numbers])
        np.testing.assert_array_equal(targets, np.eye(3)[owner[numbers]])
        np.testing.assert_array_equal(weights, owner[numbers] + 1)


def test_every_epoch_has_its_own_order() -> None:
    orders = _epochs(_batches(), 5)
    assert len({tuple(order) for order in orders}) == 5


def test_a_seed_has_its_own_order() -> None:
    assert _numbers(_batches(seed=1)) == _numbers(_batches(seed=1))
    assert _numbers(_batches(seed=1)) != _numbers(_batches(seed=2))


@pytest.mark.parametrize("augmentation", [0.0, 1.0])
def test_a_batch_depends_on_seed_epoch_and_number_alone(augmentation: float) -> None:
    batches = _batches(augmentation=augmentation)
    for epoch in (5, 1, 2):
        batches.start_epoch(epoch)
    once = [batches[i] for i in range(len(batches))]
    resumed = _batches(augmentation=augmentation)
    resumed.start_epoch(2)
    for i in reversed(range(len(batches))):
        _assert_equal_batches(batches[i], once[i])
        _assert_equal_batches(resumed[i], once[i])


def test_augmentation_changes_windows_and_not_the_utterances() -> None:
    entries = _entries()
    plain, changed = _batches(entries)[0], _batches(entries, augmentation=1.0)[0]
    assert not np.array_equal(plain[0], changed[0])
    np.testing.assert_allclose(changed[1].sum(axis=1), 1, rtol=1e-6)
    assert entries == _entries()


@given(stride=st.integers(1, 20), epoch=st.integers(0, 50))
def test_a_stride_draws_its_share_without_repeats(stride: int, epoch: int) -> None:
    batches = _batches(frame_stride=stride)
    batches.start_epoch(epoch)
    drawn = _numbers(batches)
    assert len(drawn) == -(-14 // stride)
    assert len(set(drawn)) == len(drawn)


def test_a_stride_reaches_every_frame_in_time() -> None:
    epochs = _epochs(_batches(frame_stride=5), 40)
    counts = np.bincount(np.concatenate(epochs), minlength=14)
    # 40 epochs of 3 of 14 frames: each about 8.6 times.
    assert counts.min() >= 2
    assert counts.max() <= 18


def test_silent_frames_are_never_drawn() -> None:
    frames = np.tile(np.arange(10)[:, None], N_BANDS)
    active = np.arange(10) % 3 > 0
    entries = [Windows(frames, CONTEXT, active), Windows(frames + 10, CONTEXT)]
    for drawn in _epochs(_batches(entries), 3):
        assert sorted(drawn) == [1, 2, 4, 5, 7, 8, *range(10, 20)]


def test_without_a_seed_all_come_in_order() -> None:
    batches = _batches(seed=None, augmentation=1.0)
    assert _epochs(batches, 2) == [list(range(14))] * 2


def test_ready_made_windows_and_views_agree() -> None:
    entries = _entries()
    mixed = [np.asarray(entries[0]), entries[1], np.asarray(entries[2])]
    for i in range(len(_batches())):
        _assert_equal_batches(_batches(mixed)[i], _batches(entries)[i])
