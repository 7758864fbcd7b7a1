"""Batches of spectra, computed when they are asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from skaffect.device._piece_batches import PieceBatches, Pieces
from skaffect.features import _spectra
from skaffect.features._spectra import gather_spectra

LENGTHS = (30, 5, 19, 10)  # 3, 1, 1 and 1 pieces of 10 samples


def _waveforms(lengths: tuple[int, ...] = LENGTHS) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.normal(size=n).astype(np.float32) for n in lengths]


def _batches(lengths: tuple[int, ...] = LENGTHS, **options: Any) -> PieceBatches:
    n = len(lengths)
    return PieceBatches(
        Pieces(_waveforms(lengths), 10),
        np.eye(n),
        np.arange(1, n + 1),
        **{"batch_size": 4, "seed": 0, **options},
    )


def _epoch(batches: PieceBatches) -> list[Any]:
    return [batches[i] for i in range(len(batches))]


def _assert_equal(one: list[Any], other: list[Any]) -> None:
    for batch, same in zip(one, other, strict=True):
        for array, equal in zip(batch, same, strict=True):
            np.testing.assert_array_equal(array, equal)


def test_pieces_of_all_recordings() -> None:
    pieces = Pieces(_waveforms(), 10)
    assert len(pieces) == 6
    assert pieces.counts.tolist() == [3, 1, 1, 1]
    assert pieces.owners.tolist() == [0, 0, 0, 1, 2, 3]
    expected = gather_spectra(_waveforms(), pieces.owners, np.array([0, 1, 2, 0, 0, 0]), 10)
    np.testing.assert_array_equal(np.concatenate(list(pieces.batches(4))), expected)
    scale = np.arange(1, 7, dtype=np.float32)
    scaled = Pieces(_waveforms(), 10, scale).spectra(np.array([4]))
    np.testing.assert_allclose(scaled, expected[[4]] / scale)


@given(
    lengths=st.lists(st.integers(1, 60), min_size=1, max_size=6).map(tuple),
    batch_size=st.integers(1, 9),
    seed=st.integers(0, 2**31),
)
def test_an_epoch_has_every_piece_once(
    lengths: tuple[int, ...], batch_size: int, seed: int
) -> None:
    drawn = _epoch(_batches(lengths, batch_size=batch_size, seed=seed))
    assert all(len(spectra) == batch_size for spectra, _, _ in drawn[:-1])
    spectra = np.concatenate([batch[0] for batch in drawn])
    expected = np.concatenate(list(Pieces(_waveforms(lengths), 10).batches(100)))
    np.testing.assert_array_equal(np.sort(spectra, axis=0), np.sort(expected, axis=0))


def test_spectra_targets_and_weights_belong_together() -> None:
    pieces = Pieces(_waveforms(), 10)
    every = pieces.spectra(np.arange(6))
    for spectra, targets, weights in _epoch(_batches()):
        numbers = np.array([int(np.flatnonzero((every == row).all(axis=1))[0]) for row in spectra])
        np.testing.assert_array_equal(targets, np.eye(4)[pieces.owners[numbers]])
        np.testing.assert_array_equal(weights, pieces.owners[numbers] + 1)


def test_a_batch_depends_on_seed_epoch_and_number_alone() -> None:
    batches = _batches()
    first = _epoch(batches)
    for epoch in (3, 1):
        batches.start_epoch(epoch)
    second = _epoch(batches)
    assert not np.array_equal(first[0][0], second[0][0])
    resumed = _batches()
    resumed.start_epoch(1)
    _assert_equal(_epoch(resumed), second)
    assert not np.array_equal(_batches(seed=1)[0][0], first[0][0])


def test_without_a_seed_all_come_in_order() -> None:
    batches = _batches(seed=None)
    first = _epoch(batches)
    batches.start_epoch(1)
    _assert_equal(_epoch(batches), first)


def test_only_the_batch_that_is_asked_for_is_computed(monkeypatch: Any) -> None:
    sizes: list[int] = []

    def spy(waveforms: Any, owners: Any, pieces: Any, length: int) -> Any:
        sizes.append(len(owners))
        return _spectra.gather_spectra(waveforms, owners, pieces, length)

    monkeypatch.setattr("skaffect.device._piece_batches.gather_spectra", spy)
    batches = _batches()
    assert sizes == []
    assert len(batches[1][0]) == 2
    assert sizes == [2]
