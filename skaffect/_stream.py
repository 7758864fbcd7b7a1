"""Batches as TensorFlow takes them in, without the tuner that keeps training waiting."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any

import keras


def as_stream(batches: keras.utils.PyDataset, network: keras.Model) -> Any:
    """Return what `fit` reads epoch after epoch: on TensorFlow a ``tf.data.Dataset``.

    Keras would make one itself, whose tuner of buffers sleeps for 10 ms, then twice as long
    and so on up to a minute. When an epoch ends, its successor often waits until that sleep is
    over: for as long again, on average half, as the epoch took. Another backend gets the
    batches as they are.

    Parameters
    ----------
    batches : keras.utils.PyDataset
        What an epoch consists of, looked at anew in each. Keep it while the stream is read:
        TensorFlow never lets go of what its streams call, and this is all of the sound.
    network : keras.Model
        The network whose input they are, for the lengths that vary.

    Returns
    -------
    stream : tf.data.Dataset or keras.utils.PyDataset
        The same batches in the same order.
    """
    if keras.backend.backend() != "tensorflow":
        return batches
    import tensorflow as tf

    kept_elsewhere = weakref.ref(batches)

    def epoch() -> Iterator[Any]:
        batches = kept_elsewhere()
        assert batches is not None
        for number in range(len(batches)):
            yield batches[number]

    options = tf.data.Options()
    options.autotune.enabled = False
    return (
        tf.data.Dataset.from_generator(epoch, output_signature=_signature(batches[0], network))
        .apply(tf.data.experimental.assert_cardinality(len(batches)))
        .prefetch(2)
        .with_options(options)
    )


def _signature(batch: tuple[Any, Any, Any], network: keras.Model) -> tuple[Any, ...]:
    """Return the type and shape of a batch: of inputs as the network has it."""
    import tensorflow as tf

    inputs, *rest = batch
    if isinstance(inputs, dict):
        shapes = {each.name: each.shape for each in network.inputs}
        described: Any = {
            name: tf.TensorSpec(shapes[name], array.dtype) for name, array in inputs.items()
        }
    else:
        described = tf.TensorSpec(network.input_shape, inputs.dtype)
    return described, *(tf.TensorSpec((None, *each.shape[1:]), each.dtype) for each in rest)
