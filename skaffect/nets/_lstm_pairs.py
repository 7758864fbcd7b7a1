"""Pairs of LSTMs over the same frames, all in one loop over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from keras import layers, ops

from skaffect.nets._recurrence import run_lstm
from skaffect.nets._seeds import LayerSeeds


class LSTMWeights(NamedTuple):
    """The weights of one LSTM, as Keras keeps them."""

    kernel: Any
    recurrent_kernel: Any
    bias: Any


class LSTMPairs(layers.Layer):
    """Several pairs of LSTMs, the second of a pair reading what the first answers.

    The answers are those of Keras's ``LSTM`` layers of so many units, both with
    ``return_sequences=True``. The second LSTMs run one frame behind the first: then all of
    them together are one LSTM, whose recurrent weights hold what the second ones read as
    well, and a frame costs one matrix product instead of a step in each of many loops.

    Parameters
    ----------
    units : dict of str to (int, int)
        The units of each pair's first and second LSTM.
    seeds : LayerSeeds
        Of the initial weights, which are drawn as Keras draws them.
    **options
        Of every Keras layer.

    Attributes
    ----------
    pairs : dict of str to (LSTMWeights, LSTMWeights)
        The weights; those of a pair ``"a"`` are named ``"a_lstm1_kernel"`` and so on.
    """

    def __init__(
        self, units: Mapping[str, tuple[int, int]], *, seeds: LayerSeeds, **options: Any
    ) -> None:
        super().__init__(**options)
        self._units = dict(units)
        self._seeds = seeds
        self.pairs: dict[str, tuple[LSTMWeights, LSTMWeights]] = {}

    def build(self, shape: Any) -> None:
        """Make the weights for frames of `shape`, ``(batch, n_frames, n_bands)``."""
        for name, (first, second) in self._units.items():
            self.pairs[name] = (
                self._add_lstm(f"{name}_lstm1", shape[-1], first),
                self._add_lstm(f"{name}_lstm2", first, second),
            )

    def call(self, frames: Any) -> dict[str, Any]:
        """Return the answers of each pair's second LSTM, ``(batch, n_frames, units)``."""
        lstms = [pair[k] for k in (0, 1) for pair in self.pairs.values()]
        answers = run_lstm(self._inputs(frames), _joined(lstms, len(self.pairs)))
        second = ops.transpose(answers[1:], (1, 0, 2))
        stop = second.shape[-1] - sum(units for _, units in self._units.values())
        named = {}
        for name, (_, units) in self._units.items():
            start, stop = stop, stop + units
            named[name] = second[..., start:stop]
        return named

    def compute_output_shape(self, shape: Any) -> dict[str, Any]:
        """Return the shapes of what `call` returns."""
        return {name: (*shape[:2], units) for name, (_, units) in self._units.items()}

    def _add_lstm(self, name: str, n_inputs: int, units: int) -> LSTMWeights:
        def add(part: str, shape: tuple[int, ...], initializer: Any) -> Any:
            return self.add_weight(name=f"{name}_{part}", shape=shape, initializer=initializer)

        return LSTMWeights(
            add("kernel", (n_inputs, 4 * units), self._seeds.glorot()),
            add("recurrent_kernel", (units, 4 * units), self._seeds.orthogonal()),
            add("bias", (4 * units,), _open_forget_gates),
        )

    def _inputs(self, frames: Any) -> Any:
        """Return what frames and biases add to the gates, ``(1 + n_frames, batch, n_gates)``."""
        first, second = zip(*self.pairs.values(), strict=True)
        # One step more than frames: the first LSTMs' answer to the last is never read.
        frames = ops.pad(ops.transpose(frames, (1, 0, 2)), [[0, 1], [0, 0], [0, 0]])
        kernel = ops.concatenate([_by_gate(lstm.kernel) for lstm in first], axis=-1)
        by_frames = ops.tensordot(frames, kernel, axes=1) + _biases(first)
        # The second ones have nothing to read at the first step: without their biases they stay
        # at zero.
        begun = ops.arange(ops.shape(frames)[0])[:, None, None, None] > 0
        of_second = ops.where(begun, _biases(second), ops.cast(0.0, by_frames.dtype))
        of_second = ops.broadcast_to(of_second, (*ops.shape(by_frames)[:3], of_second.shape[-1]))
        together = ops.concatenate([by_frames, of_second], axis=-1)
        return ops.reshape(together, (*ops.shape(together)[:2], 4 * together.shape[-1]))


def _joined(lstms: list[LSTMWeights], n_pairs: int) -> Any:
    """Return the recurrent weights, ``(n_units, 4 * n_units)``, of all LSTMs as one."""
    columns = []
    for j, lstm in enumerate(lstms):
        blocks = {j: lstm.recurrent_kernel, j - n_pairs: lstm.kernel}
        rows = [
            _by_gate(blocks[i])
            if i in blocks
            else ops.zeros((other.recurrent_kernel.shape[0], 4, lstm.recurrent_kernel.shape[0]))
            for i, other in enumerate(lstms)
        ]
        columns.append(ops.concatenate(rows, axis=0))
    joined = ops.concatenate(columns, axis=-1)
    return ops.reshape(joined, (joined.shape[0], -1))


def _biases(lstms: Any) -> Any:
    """Return the biases of several LSTMs, ``(4, n_units)``."""
    return ops.concatenate([_by_gate(lstm.bias) for lstm in lstms], axis=-1)


def _by_gate(weights: Any) -> Any:
    """Give the gates an axis of their own, and put them as `run_lstm` takes them."""
    into, forget, candidate, out = ops.split(weights, 4, axis=-1)
    return ops.stack([into, forget, out, candidate], axis=-2)


def _open_forget_gates(shape: Any, dtype: Any = None) -> Any:
    """Return Keras's initial biases of an LSTM: one for the forget gates, else zero."""
    n_units = shape[0] // 4
    return ops.cast(ops.arange(4 * n_units) // n_units == 1, dtype)
