"""Seeds of layers come from one integer and nothing else."""

from __future__ import annotations

import random

import numpy as np

from skaffect.nets._seeds import LayerSeeds


def _drawn(seed: int) -> list[int]:
    seeds = LayerSeeds(seed)
    return [seeds.draw() for _ in range(20)]


def test_same_seed_same_stream_other_seed_other_stream() -> None:
    assert _drawn(3) == _drawn(3)
    assert not set(_drawn(3)) & set(_drawn(4))


def test_seeds_are_distinct_and_fit_int32() -> None:
    drawn = _drawn(0)
    assert len(set(drawn)) == len(drawn)
    assert all(0 <= seed < 2**31 - 1 for seed in drawn)


def test_process_wide_generators_are_neither_read_nor_moved() -> None:
    before = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
    first = np.asarray(LayerSeeds(0).glorot()((4, 5)))
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before  # noqa: NPY002
    random.seed(1)
    try:
        again = np.asarray(LayerSeeds(0).glorot()((4, 5)))
    finally:
        random.setstate(before[0])
    np.testing.assert_array_equal(first, again)


def test_glorot_is_keras_default_initializer() -> None:
    # Uniform within sqrt(6 / (fan_in + fan_out)).
    values = np.asarray(LayerSeeds(0).glorot()((30, 70)))
    limit = np.sqrt(6 / 100)
    assert np.abs(values).max() <= limit
    assert np.abs(values).max() > 0.95 * limit
    assert abs(values.mean()) < 0.1 * limit
