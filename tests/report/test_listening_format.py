"""Participants' orders: fair, their own, and always the same."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chisquare

from skaffect.report._listening_format import _hashed, clip_order, is_participant

CLIPS = [f"{i:012x}" for i in range(14)]


@pytest.mark.parametrize(
    ("text", "value"),
    # The published 32-bit FNV-1a of "", "a" and "foobar" (Noll's test vectors), stirred here.
    [("", 0x811C9DC5), ("a", 0xE40C292C), ("foobar", 0xBF9CF968)],
)
def test_the_hash_is_fnv_1a_stirred(text, value):
    # murmur3's finaliser in NumPy's arithmetic, which wraps around by itself.
    x = np.array([value], np.uint32)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        x = (x ^ (x >> np.uint32(shift))) * np.uint32(factor)
    assert _hashed(text) == int(x[0])


def test_an_order_is_of_the_seed_and_the_participant():
    order = clip_order(0, "p01", CLIPS)
    assert sorted(order) == CLIPS
    assert clip_order(0, "p01", reversed(CLIPS)) == order
    assert clip_order(1, "p01", CLIPS) != order
    assert clip_order(0, "p02", CLIPS) != order


@pytest.mark.parametrize("seed", [0, 1, 2026])
def test_every_clip_is_as_often_at_every_place(seed):
    """Of 3000 participants with codes that differ little, as codes in a study do."""
    orders = [clip_order(seed, f"p{i:04d}", CLIPS) for i in range(3000)]
    assert len({tuple(order) for order in orders}) == 3000
    counts = np.zeros((14, 14))
    for order in orders:
        counts[[int(clip, 16) for clip in order], range(14)] += 1
    # The least of 14 p-values, of which each is below this once in ten thousand.
    assert min(chisquare(row).pvalue for row in counts) > 1e-4


def test_either_clip_of_a_pair_comes_first_in_half_of_the_orders():
    orders = [clip_order(0, f"p{i:04d}", CLIPS) for i in range(2000)]
    first = np.mean(
        [
            [o.index(a) < o.index(b) for a, b in zip(CLIPS[::2], CLIPS[1::2], strict=True)]
            for o in orders
        ],
        axis=0,
    )
    assert np.abs(first - 0.5).max() < 4 * 0.5 / np.sqrt(2000)


def test_codes():
    assert is_participant("p-01_b")
    assert not any(map(is_participant, ("", "P01", "p 1", "p1\n", "ä", "p" * 33)))
