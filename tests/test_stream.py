"""Batches as TensorFlow takes them in."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from skaffect._batches import FrameBatches
from skaffect._length_batches import LengthBatches
from skaffect._stream import as_stream
from skaffect.nets import build_dern, build_single_attention

FRAMES = np.arange(240, dtype=np.float32).reshape(20, 3, 4)


def _windows(seed: int | None = 0) -> FrameBatches:
    return FrameBatches([FRAMES[:7], FRAMES[7:]], np.eye(2), np.ones(2), batch_size=6, seed=seed)


def _dern() -> keras.Model:
    return build_dern((3, 4), 2, filters=(2, 2), dense_units=2)


def _assert_equal(streamed: Any, batch: Any) -> None:
    for one, other in zip(keras.tree.flatten(streamed), keras.tree.flatten(batch), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("seed", [0, None])
def test_each_reading_is_an_epoch_of_the_same_batches(seed: int | None) -> None:
    streaming, batches = _windows(seed), _windows(seed)
    stream = as_stream(streaming, _dern())
    assert len(stream) == len(batches) == 4
    for epoch in range(3):
        for each in (streaming, batches):
            each.start_epoch(epoch)
        for number, streamed in enumerate(stream):
            _assert_equal(streamed, batches[number])


def test_lengths_stay_open_where_the_network_leaves_them_open() -> None:
    entries = [np.ones((n, 24), np.float32) for n in (8, 8, 8, 40)]
    batches = LengthBatches(entries, np.eye(4), np.ones(4), batch_size=1, seed=None)
    stream = as_stream(batches, build_single_attention(24, 4))
    assert [len(inputs["frames"][0]) for inputs, *_ in stream] == [8, 8, 8, 40]
    (inputs, *rest) = stream.element_spec
    assert inputs["frames"].shape.as_list() == [None, None, 24]
    assert inputs["lengths"].shape.as_list() == [None]
    assert [each.shape.as_list() for each in rest] == [[None, 4], [None]]


def test_nothing_tunes_what_an_epoch_then_waits_for() -> None:
    assert as_stream(_windows(), _dern()).options().autotune.enabled is False


def test_an_error_of_a_batch_arrives() -> None:
    class Broken(FrameBatches):
        def __getitem__(self, number: int) -> Any:
            if number == 2:
                raise RuntimeError("the third batch is broken")
            return super().__getitem__(number)

    broken = Broken([FRAMES], np.eye(1), np.ones(1), batch_size=6, seed=0)
    with pytest.raises(Exception, match="the third batch is broken"):
        list(as_stream(broken, _dern()))


def test_another_backend_gets_the_batches_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    batches = _windows()
    assert as_stream(batches, _dern()) is batches
