"""Batches of whole utterances of about equal length."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaffect._length_batches import (
    LengthBatches,
    group_by_length,
    pad_batch,
    padded_lengths,
)

LENGTHS = (5, 90, 61, 7, 8, 350, 100, 62, 340, 1)


def _entries(lengths: tuple[int, ...] = LENGTHS) -> list[np.ndarray]:
    """Make utterances whose every value is their own number, counted from one."""
    return [np.full((n, 3), i, np.float32) for i, n in enumerate(lengths, start=1)]


def _batches(lengths: tuple[int, ...] = LENGTHS, **options: Any) -> LengthBatches:
    n = len(lengths)
    return LengthBatches(
        _entries(lengths),
        np.eye(n),
        np.arange(1, n + 1),
        **{"batch_size": 3, "seed": 0, **options},
    )


def _members(batches: LengthBatches) -> list[list[int]]:
    """Return the numbers of the utterances of each batch."""
    return [batches[i][0]["frames"][:, 0, 0].astype(int).tolist() for i in range(len(batches))]


def _assert_equal(one: Any, other: Any) -> None:
    assert one[0].keys() == other[0].keys()
    for name in one[0]:
        np.testing.assert_array_equal(one[0][name], other[0][name])
    for array, same in zip(one[1:], other[1:], strict=True):
        np.testing.assert_array_equal(array, same)


def test_shapes_and_types() -> None:
    inputs, targets, weights = _batches(seed=None)[0]
    assert inputs["frames"].shape == (3, 8, 3)
    assert inputs["lengths"].tolist() == [1, 5, 7]
    assert inputs["lengths"].dtype == np.int32
    assert targets.shape == (3, 10)
    assert weights.shape == (3,)
    assert inputs["frames"].dtype == targets.dtype == weights.dtype == np.float32


@given(
    lengths=st.lists(st.integers(1, 900), min_size=1, max_size=40).map(tuple),
    batch_size=st.integers(1, 12),
    seed=st.integers(0, 2**31),
)
def test_an_epoch_has_every_utterance_once(
    lengths: tuple[int, ...], batch_size: int, seed: int
) -> None:
    batches = _batches(lengths, batch_size=batch_size, seed=seed)
    members = _members(batches)
    assert len(batches) == -(-len(lengths) // batch_size)
    sizes = [len(batches[i][1]) for i in range(len(batches))]
    assert max(sizes) - min(sizes) <= 1
    assert max(sizes) <= batch_size
    assert sorted(number for batch in members for number in batch) == list(
        range(1, len(lengths) + 1)
    )
    # No utterance in one batch is much longer than one in another that is also longer.
    padded = padded_lengths(lengths)
    spans = sorted((min(padded[np.array(b) - 1]), max(padded[np.array(b) - 1])) for b in members)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))


def test_frames_lengths_targets_and_weights_belong_together() -> None:
    batches = _batches()
    for i in range(len(batches)):
        inputs, targets, weights = batches[i]
        numbers = inputs["frames"][:, 0, 0].astype(int)
        np.testing.assert_array_equal(inputs["lengths"], np.array(LENGTHS)[numbers - 1])
        np.testing.assert_array_equal(targets, np.eye(10)[numbers - 1])
        np.testing.assert_array_equal(weights, numbers)
        for frames, n, number in zip(inputs["frames"], inputs["lengths"], numbers, strict=True):
            assert (frames[:n] == number).all()
            assert (frames[n:] == 0).all()


def test_every_epoch_and_every_seed_has_its_own_batches() -> None:
    lengths = (40,) * 12 + (80,) * 12
    batches = _batches(lengths)
    epochs = []
    for epoch in range(4):
        batches.start_epoch(epoch)
        epochs.append(_members(batches))
    assert len({str(epoch) for epoch in epochs}) == 4
    # Other company, and another order, not one of the two.
    assert len({str(sorted(map(sorted, epoch))) for epoch in epochs}) == 4
    lengths_in_order = [batches[i][0]["frames"].shape[1] >= 80 for i in range(8)]
    assert lengths_in_order != sorted(lengths_in_order)
    assert _members(_batches(lengths, seed=1)) == _members(_batches(lengths, seed=1))
    assert _members(_batches(lengths, seed=1)) != _members(_batches(lengths, seed=2))


def test_a_batch_depends_on_seed_epoch_and_number_alone() -> None:
    batches = _batches()
    for epoch in (5, 1, 2):
        batches.start_epoch(epoch)
    once = [batches[i] for i in range(len(batches))]
    resumed = _batches()
    resumed.start_epoch(2)
    for i in reversed(range(len(batches))):
        _assert_equal(batches[i], once[i])
        _assert_equal(resumed[i], once[i])


def test_without_a_seed_they_go_from_short_to_long() -> None:
    batches = _batches(seed=None)
    first = _members(batches)
    longest = [max(LENGTHS[number - 1] for number in batch) for batch in first]
    assert longest == [7, 62, 100, 350]
    batches.start_epoch(1)
    assert _members(batches) == first


@given(st.integers(1, 10**6))
def test_padding_is_little_and_even(length: int) -> None:
    padded = int(padded_lengths([length])[0])
    assert padded % 4 == 0
    assert length <= padded < length + max(4, length / 8 + 1)


def test_a_network_sees_few_lengths() -> None:
    assert len(np.unique(padded_lengths(range(101, 801)))) == 25  # one to eight seconds
    assert len(np.unique(padded_lengths(range(257, 513)))) == 8  # an octave


def test_batches_hold_little_padding() -> None:
    rng = np.random.default_rng(0)
    lengths = tuple(rng.integers(100, 801, 400).tolist())
    batches = _batches(lengths, batch_size=16)
    held = sum(np.prod(batches[i][0]["frames"].shape[:2]) for i in range(len(batches)))
    assert held < 1.12 * sum(lengths)
    assert 1.5 * held < 400 * 800


@given(
    lengths=st.lists(st.integers(1, 300), min_size=1, max_size=30),
    most=st.integers(1, 2000),
)
def test_groups_to_answer_together(lengths: list[int], most: int) -> None:
    entries = _entries(tuple(lengths))
    groups = group_by_length(entries, most_frames=most)
    assert sorted(np.concatenate([chosen for chosen, _ in groups])) == list(range(len(lengths)))
    for chosen, n_frames in groups:
        assert (padded_lengths([lengths[i] for i in chosen]) == n_frames).all()
        assert len(chosen) == 1 or len(chosen) * n_frames <= most


def test_long_utterances_give_another_stretch_in_every_epoch() -> None:
    entries = [np.arange(n, dtype=np.float32)[:, np.newaxis] for n in (4, 8, 50, 60)]
    batches = LengthBatches(entries, np.eye(4), np.ones(4), batch_size=4, seed=0, crop_frames=8)
    starts = set()
    for epoch in range(5):
        batches.start_epoch(epoch)
        inputs, targets, _ = batches[0]
        again = batches[0][0]
        np.testing.assert_array_equal(inputs["frames"], again["frames"])
        for row, n, utterance in zip(
            inputs["frames"][:, :, 0], inputs["lengths"], targets.argmax(axis=1), strict=True
        ):
            assert n == min(8, len(entries[utterance]))
            np.testing.assert_array_equal(row[:n], row[0] + np.arange(n))
            assert row[n - 1] < len(entries[utterance])
            starts.add((int(utterance), float(row[0])))
        assert inputs["frames"].shape[1] == 8
    # The short ones begin at their beginning, the others anywhere.
    assert {start for utterance, start in starts if utterance < 2} == {0.0}
    assert len([start for utterance, start in starts if utterance >= 2]) > 6


@given(n_pieces=st.integers(1, 12), epoch=st.integers(0, 3))
def test_a_crop_is_of_pieces_from_anywhere(n_pieces: int, epoch: int) -> None:
    entry = np.arange(60, dtype=np.float32)[:, np.newaxis]
    batches = LengthBatches(
        [entry],
        np.eye(1),
        np.ones(1),
        batch_size=1,
        seed=0,
        crop_frames=10,
        crop_pieces=n_pieces,
    )
    batches.start_epoch(epoch)
    inputs, *_ = batches[0]
    assert inputs["lengths"].tolist() == [10]
    row = inputs["frames"][0, :10, 0]
    assert set(row) <= set(range(60))
    # Pieces that meet by chance, or have no frame, are fewer.
    breaks = np.flatnonzero(np.diff(row) != 1) + 1
    assert set(breaks) <= {10 * i // n_pieces for i in range(n_pieces)}
    assert (len(breaks) > 0) == (n_pieces > 1)
    np.testing.assert_array_equal(batches[0][0]["frames"], inputs["frames"])


def _starts(seed: int, number: int, n_epochs: int) -> np.ndarray:
    """Return where three pieces of four frames begin in each epoch, of utterances of 60."""
    entries = [np.arange(60, dtype=np.float32)[:, np.newaxis]] * 2
    batches = LengthBatches(
        entries, np.eye(2), np.ones(2), batch_size=1, seed=seed, crop_frames=12, crop_pieces=3
    )
    starts = []
    for epoch in range(n_epochs):
        batches.start_epoch(epoch)
        starts.append(batches[number][0]["frames"][0, ::4, 0])
    return np.array(starts)


def test_pieces_come_in_their_order_from_the_whole_utterance() -> None:
    starts = _starts(0, 0, 200)
    assert (np.diff(starts, axis=1) >= 0).all()
    assert (np.diff(starts, axis=1) > 0).mean() > 0.9
    assert (starts.min(), starts.max()) == (0, 56)


def test_every_seed_and_every_batch_draws_its_own_pieces() -> None:
    drawn = [_starts(seed, number, 3).tolist() for seed in (0, 1) for number in (0, 1)]
    assert all(one != other for one, other in combinations(drawn, 2))


def test_without_a_seed_utterances_stay_whole() -> None:
    batches = _batches(seed=None, crop_frames=8, crop_pieces=2)
    lengths = [n for i in range(len(batches)) for n in batches[i][0]["lengths"].tolist()]
    assert sorted(lengths) == sorted(LENGTHS)


def test_groups_do_not_follow_the_order_given() -> None:
    rng = np.random.default_rng(0)
    entries = [rng.normal(size=(n, 3)).astype(np.float32) for n in (5, 6, 7, 8, 5, 6, 20, 21)]
    order = rng.permutation(len(entries))
    groups = group_by_length(entries, most_frames=24)
    moved = group_by_length([entries[i] for i in order], most_frames=24)
    assert [(order[chosen].tolist(), n) for chosen, n in moved] == [
        (chosen.tolist(), n) for chosen, n in groups
    ]


def test_padded_with_zeros_at_the_end() -> None:
    inputs = pad_batch([np.ones((2, 3)), np.ones((4, 3))], 5)
    assert inputs["frames"].sum(axis=(1, 2)).tolist() == [6, 12]
    assert (inputs["frames"][0, 2:] == 0).all()
    assert inputs["lengths"].tolist() == [2, 4]


def test_too_long_for_the_padding_is_an_error() -> None:
    with pytest.raises(ValueError, match="could not broadcast"):
        pad_batch([np.ones((6, 3))], 5)
