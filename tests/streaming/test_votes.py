"""Votes counted as they come are the votes counted at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaffect.emotion import hard_vote
from skaffect.streaming._votes import RunningVotes


@pytest.mark.parametrize("n_latest", [None, 1, 4])
@given(votes=st.lists(st.integers(0, 2), min_size=1, max_size=20), cut=st.integers(0, 20))
def test_shares_are_those_of_the_latest_frames(
    n_latest: int | None, votes: list[int], cut: int
) -> None:
    posteriors = np.eye(3, dtype=np.float32)[votes]
    running = RunningVotes(3, n_latest)
    shares = np.concatenate([running.push(posteriors[:cut]), running.push(posteriors[cut:])])
    for i, row in enumerate(shares):
        first = 0 if n_latest is None else max(0, i + 1 - n_latest)
        np.testing.assert_array_equal(row, hard_vote(posteriors[first : i + 1]))
