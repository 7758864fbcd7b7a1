"""Targets of frames: what is taken, what is refused, and the overlap average."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from skaffect import Windows
from skaffect._targets import (
    as_entries,
    check_frame_targets,
    collect_frames,
    is_observed,
    observed_tracks,
    overlap_average,
)

ENTRIES = [Windows(np.zeros((n, 4)), context=3) for n in (3, 2)]
ROWS = [Windows(np.zeros((1, 4)), context=1) for _ in range(3)]


def test_entries() -> None:
    targets = check_frame_targets([np.ones((3, 2)), np.ones((2, 2), int)], ENTRIES)
    assert [target.dtype for target in targets.entries] == [np.float32, np.float32]
    assert not targets.flat


def test_object_array_and_block() -> None:
    entries = [Windows(np.zeros((2, 4)))] * 3
    block = np.arange(12.0).reshape(3, 2, 2)
    from_block = check_frame_targets(block, entries).entries
    assert np.array_equal(np.stack(from_block), block)


@pytest.mark.parametrize("y", [np.arange(3.0), [0, 1, 2]])
def test_flat(y: Any) -> None:
    targets = check_frame_targets(y, ROWS)
    assert targets.flat
    assert [target.tolist() for target in targets.entries] == [[[0.0]], [[1.0]], [[2.0]]]


def test_rows() -> None:
    targets = check_frame_targets(np.arange(6.0).reshape(3, 2), ROWS)
    assert not targets.flat
    assert targets.entries[1].tolist() == [[2.0, 3.0]]


def test_frames_that_are_nan_are_not_observed() -> None:
    y = [np.ones((3, 2)), np.ones((2, 2))]
    y[0][1] = np.nan
    targets = check_frame_targets(y, ENTRIES).entries
    assert is_observed(targets[0]).tolist() == [True, False, True]


def _replaced(i: int, value: Any) -> list[Any]:
    y: list[Any] = [np.ones((3, 2)), np.ones((2, 2))]
    y[i] = value
    return y


PART = np.ones((2, 2))
PART[1, 0] = np.nan


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (_replaced(1, np.ones((5, 2))), "y[1] has 5 frames, but X[1] has 2"),
        (_replaced(1, np.ones((2, 3))), "y[1] has 3 columns, but y[0] has 2"),
        (_replaced(1, np.ones(2)), "y[1] must have shape (n_frames, n_outputs), got (2,)"),
        (_replaced(1, np.ones((2, 3, 2))), "ShapeTargetRegressor"),
        (
            _replaced(1, PART),
            "y[1] contains infinity, or NaN in a part of a frame, first in frame 1",
        ),
        (_replaced(1, np.full((2, 2), np.inf)), "y[1] contains infinity"),
        (_replaced(0, np.full((3, 2), np.nan)), "y[0] has no observed frame"),
        (np.ones((2, 2)), "y has one row for each utterance, but X[0] has 3 frames"),
    ],
)
def test_refused(y: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        check_frame_targets(y, ENTRIES)


@example(n_frames=2, n_lags=7, seed=0)
@given(st.integers(1, 12), st.sampled_from([1, 3, 5, 7]), st.integers(0, 2**31))
def test_overlap_average_by_its_definition(n_frames: int, n_lags: int, seed: int) -> None:
    estimates = np.random.default_rng(seed).normal(size=(n_frames, n_lags, 2))
    reach = n_lags // 2
    expected = [
        np.mean(
            [
                estimates[i, j - i + reach]
                for i in range(j - reach, j + reach + 1)
                if 0 <= i < n_frames
            ],
            axis=0,
        )
        for j in range(n_frames)
    ]
    np.testing.assert_allclose(overlap_average(estimates), expected, atol=1e-12)


def test_overlap_average_of_agreeing_windows_is_what_they_say() -> None:
    track = np.random.default_rng(0).normal(size=(9, 3)).astype(np.float32)
    around = np.clip(np.arange(9)[:, None] + np.arange(-2, 3), 0, 8)
    averaged = overlap_average(track[around])
    assert averaged.dtype == np.float32
    np.testing.assert_allclose(averaged, track, rtol=1e-6)


def test_answers_take_the_form_of_the_question() -> None:
    answers = [np.full((1, 2), i, np.float32) for i in range(3)]
    assert collect_frames(answers, np.zeros((3, 4)), flat=False).shape == (3, 2)
    assert collect_frames(answers, np.zeros((3, 1, 4)), flat=False).shape == (3, 1, 2)
    assert collect_frames(answers, ROWS, flat=False).dtype == object
    ones = [answer[:, :1] for answer in answers]
    assert collect_frames(ones, np.zeros((3, 4)), flat=True).tolist() == [0.0, 1.0, 2.0]


@pytest.mark.parametrize("shape", [(3,), (3, 2), (3, 1, 2)])
def test_entries_of_any_answer(shape: tuple[int, ...]) -> None:
    answers = np.arange(np.prod(shape), dtype=float).reshape(shape)
    entries = as_entries(answers)
    assert len(entries) == 3
    assert all(entry.shape == (1, answers.size // 3) for entry in entries)


TRACK = np.random.default_rng(0).normal(size=(4, 5, 2))


def test_observed_tracks() -> None:
    track = TRACK.copy()
    track[2] = np.nan
    observed = observed_tracks([track, TRACK[:2]])
    assert observed is not None
    assert [len(shown) for shown in observed.shown] == [3, 2]
    assert observed.known[0].tolist() == [True, True, False, True]
    assert observed_tracks(TRACK[:3]) is None


@pytest.mark.parametrize(
    ("track", "message"),
    [
        (np.ones((4, 5)), "y[1] must be a track of landmarks of shape (n_frames, n_points, 2)"),
        (np.full((4, 5, 2), np.nan), "y[1] has no observed frame"),
    ],
)
def test_tracks_refused(track: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        observed_tracks([TRACK, track])
