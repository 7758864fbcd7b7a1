"""Chunks: every frame once, in its context, with the targets around it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skaffect import Windows
from skaffect._chunks import ChunkBatches, chunk_length, cut_chunks

N_BANDS, CONTEXT, N_LAGS = 3, 5, 3


def _utterances(lengths: list[int]) -> tuple[list[Windows], list[np.ndarray]]:
    """Make frames that tell which they are: 1000 * utterance + frame."""
    marks = [1000.0 * i + np.arange(n) for i, n in enumerate(lengths)]
    entries = [Windows(np.repeat(m[:, None], N_BANDS, axis=1), CONTEXT) for m in marks]
    return entries, [m[:, None].astype(np.float32) for m in marks]


def _batches(lengths: list[int], **parameters: Any) -> ChunkBatches:
    entries, targets = _utterances(lengths)
    parameters = {
        "weights": np.ones(len(lengths)),
        "batch_size": 8,
        "output_context": N_LAGS,
        "chunk_frames": 4,
        **parameters,
    }
    return ChunkBatches(entries, targets, **parameters)


def _slots(batches: ChunkBatches) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Return the window, the targets and the weights of everything that an epoch shows."""
    slots = []
    for number in range(len(batches)):
        inputs, targets, weights = batches[number]
        for rows, first, target, weight in zip(
            inputs["rows"], inputs["first"], targets, weights, strict=True
        ):
            slots += [
                (rows[j : j + CONTEXT], t, w)
                for j, t, w in zip(first, target, weight, strict=True)
            ]
    return slots


@settings(max_examples=25)
@given(
    st.lists(st.integers(1, 11), min_size=1, max_size=4),
    st.integers(1, 6),
    st.sampled_from([None, 0, 3]),
)
def test_each_frame_once_with_its_window_and_targets(
    lengths: list[int], chunk_frames: int, seed: int | None
) -> None:
    entries, _ = _utterances(lengths)
    seen = []
    for window, targets, weights in _slots(
        _batches(lengths, chunk_frames=chunk_frames, seed=seed)
    ):
        if not weights.any():
            continue
        utterance, frame = divmod(int(window[CONTEXT // 2, 0]), 1000)
        seen.append((utterance, frame))
        np.testing.assert_array_equal(window.T, entries[utterance][frame])
        for lag, target, weight in zip((-1, 0, 1), targets[:, 0], weights, strict=True):
            inside = 0 <= frame + lag < lengths[utterance]
            assert (weight > 0) == inside
            if inside:
                assert target == 1000 * utterance + frame + lag
    assert sorted(seen) == [(i, j) for i, n in enumerate(lengths) for j in range(n)]


def test_the_mean_over_slots_is_the_weighted_mean_over_targets() -> None:
    entries, targets = _utterances([7, 1, 10])
    targets[0][2] = np.nan
    utterance_weights = np.array([1.0, 4.0, 0.5])
    batches = ChunkBatches(
        entries,
        targets,
        utterance_weights,
        batch_size=8,
        output_context=N_LAGS,
        chunk_frames=4,
    )
    values, weights = zip(*[(t[:, 0], w) for _, t, w in _slots(batches)], strict=True)
    mean_over_slots = np.mean(np.array(values) * np.array(weights))
    total = count = 0.0
    for target, weight in zip(targets, utterance_weights, strict=True):
        for centre in range(len(target)):
            for frame in (centre - 1, centre, centre + 1):
                if 0 <= frame < len(target) and np.isfinite(target[frame, 0]):
                    total += weight * target[frame, 0]
                    count += weight
    assert mean_over_slots == pytest.approx(total / count, rel=1e-5)


def test_unobserved_frames_weigh_nothing_and_are_numbers() -> None:
    entries, targets = _utterances([6])
    targets[0][[0, 3]] = np.nan
    batches = ChunkBatches(
        entries, targets, np.ones(1), batch_size=8, output_context=N_LAGS, chunk_frames=4
    )
    for number in range(len(batches)):
        _, answers, weights = batches[number]
        assert np.isfinite(answers).all()
        assert not np.isin(answers[weights > 0], [0, 3]).any()


def test_stride_takes_other_frames_in_other_epochs() -> None:
    batches = _batches([40], chunk_frames=8, frame_stride=4, seed=0)
    taken = []
    for epoch in range(12):
        batches.start_epoch(epoch)
        taken.append({int(window[CONTEXT // 2, 0]) for window, _, _ in _slots(batches)})
    assert all(len(frames) == 10 for frames in taken)
    assert set.union(*taken) == set(range(40))


@settings(max_examples=25)
@given(
    st.lists(st.integers(1, 30), min_size=1, max_size=3),
    st.integers(1, 12),
    st.integers(1, 5),
)
def test_every_frame_is_drawn_sooner_or_later(
    lengths: list[int], chunk_frames: int, frame_stride: int
) -> None:
    batches = _batches(lengths, chunk_frames=chunk_frames, frame_stride=frame_stride, seed=0)
    seen = set()
    for epoch in range(60):
        batches.start_epoch(epoch)
        seen |= {int(w[CONTEXT // 2, 0]) for w, _, weights in _slots(batches) if weights.any()}
    assert seen == {1000 * i + j for i, n in enumerate(lengths) for j in range(n)}


@given(
    st.lists(st.integers(1, 500), min_size=1, max_size=5),
    st.integers(1, 100),
    st.integers(1, 8),
)
def test_chunk_length(lengths: list[int], longest: int, multiple: int) -> None:
    length = chunk_length(lengths, longest, multiple)
    assert length % multiple == 0 or length == max(lengths) < multiple
    assert length <= max(longest, multiple)


def test_chunk_length_fits_utterances_of_one_length() -> None:
    assert chunk_length([400] * 3, 80) == 80
    assert chunk_length([298], 80, multiple=4) == 60
    assert chunk_length([20, 7], 80) == 20


def test_a_batch_depends_on_seed_epoch_and_number_alone() -> None:
    def first(seed: int, epoch: int = 0) -> np.ndarray:
        batches = _batches([30, 20], seed=seed, frame_stride=2)
        batches.start_epoch(epoch)
        batches[1]
        return batches[0][0]["rows"]

    later = _batches([30, 20], seed=1, frame_stride=2)
    for epoch in (4, 1):
        later.start_epoch(epoch)
    assert np.array_equal(first(1), first(1))
    assert not np.array_equal(first(1), first(2))
    assert np.array_equal(later[0][0]["rows"], first(1, epoch=1))


def test_windows_given_as_arrays_are_chunks_of_one_frame() -> None:
    entries, _ = _utterances([5, 2])
    arrays = [np.asarray(entry) for entry in entries]
    chunks = cut_chunks(arrays, 4)
    assert chunks.n_frames == 1
    rows = chunks.rows(np.array([0, 4, 6]))
    expected = [entries[0][0].T, entries[0][4].T, entries[1][1].T]
    np.testing.assert_array_equal(rows, expected)


def test_stride_thins_windows_given_as_arrays_too() -> None:
    entries, targets = _utterances([30, 10])
    batches = ChunkBatches(
        [np.asarray(entry) for entry in entries],
        targets,
        np.ones(2),
        batch_size=8,
        output_context=N_LAGS,
        chunk_frames=4,
        frame_stride=4,
        seed=0,
    )
    assert len(_slots(batches)) == 10


def test_chunks_partition_the_frames() -> None:
    entries, _ = _utterances([1, 9])
    chunks = cut_chunks(entries, 4)
    assert chunks.owners.tolist() == [0, 1, 1, 1]
    assert chunks.starts.tolist() == [0, 0, 4, 8]
