"""The recurrence of an LSTM, and its gradient, in loops that do nothing else.

What does not wait for the step before, of the forward and of the backward pass, is computed
for all steps at once: the gates' inputs by the caller, gates and slopes from the states that
the forward loop leaves, gradients of weights from those that the backward loop leaves.
"""

from __future__ import annotations

from typing import Any

from keras import ops

from skaffect.nets._custom_gradient import release_with_graph


def run_lstm(projected: Any, recurrent: Any) -> Any:
    """Run an LSTM whose inputs have been projected to its gates.

    Parameters
    ----------
    projected : tensor of shape (n_steps, batch, 4 * n_units)
        What each step adds to the gates, biases included: input, forget and output gate,
        then the candidate.
    recurrent : tensor of shape (n_units, 4 * n_units)
        How the outputs of the step before add to them.

    Returns
    -------
    outputs : tensor of shape (n_steps, batch, n_units)
        Of every step; the step before the first one left zeros.
    """
    return release_with_graph(_run_lstm(projected, recurrent))


@ops.custom_gradient
def _run_lstm(projected: Any, recurrent: Any) -> Any:
    n_units = recurrent.shape[0]

    def step(state: Any, added: Any) -> Any:
        hidden, cell = state[:, :n_units], state[:, n_units:]
        gates = added + ops.matmul(hidden, recurrent)
        into, forget, out = _split(ops.sigmoid(gates[:, : 3 * n_units]), 3)
        cell = forget * cell + into * ops.tanh(gates[:, 3 * n_units :])
        state = ops.concatenate([out * ops.tanh(cell), cell], axis=-1)
        return state, state

    start = ops.zeros_like(projected[0, :, : 2 * n_units])
    _, states = ops.scan(step, start, projected)

    def gradient(*given: Any, upstream: Any = None) -> tuple[Any, Any]:
        hidden_slopes = given[0] if upstream is None else upstream
        return _gradient(hidden_slopes, projected, recurrent, states)

    return states[..., :n_units], gradient


def _gradient(slopes: Any, projected: Any, recurrent: Any, states: Any) -> tuple[Any, Any]:
    """Return the loss's slopes by `projected` and `recurrent` from those by the outputs."""
    n_units = recurrent.shape[0]
    before = _delayed(states)
    hidden_before, cell_before = _split(before, 2)
    gates = projected + ops.matmul(hidden_before, recurrent)
    into, forget, out = _split(ops.sigmoid(gates[..., : 3 * n_units]), 3)
    candidate, bent = ops.tanh(gates[..., 3 * n_units :]), ops.tanh(states[..., n_units:])
    # By the gates' inputs, to be multiplied by the slopes by cell, cell, output and cell.
    by_gates = ops.concatenate(
        [
            candidate * into * (1 - into),
            cell_before * forget * (1 - forget),
            bent * out * (1 - out),
            into * (1 - candidate * candidate),
        ],
        axis=-1,
    )
    back = ops.transpose(recurrent)

    def step(later: Any, now: Any) -> Any:
        """Go from the slopes by the outputs and cells of a step to those of the one before."""
        by_hidden, hidden_to_cell = now[:, :n_units], now[:, n_units : 2 * n_units]
        forget_later, by_gates_later = now[:, 2 * n_units : 3 * n_units], now[:, 3 * n_units :]
        by_hidden = by_hidden + ops.matmul(_to_gates(later) * by_gates_later, back)
        by_cell = forget_later * later[:, n_units:] + hidden_to_cell * by_hidden
        both = ops.concatenate([by_hidden, by_cell], axis=-1)
        return both, both

    steps = [slopes, out * (1 - bent * bent), _advanced(forget), _advanced(by_gates)]
    start = ops.zeros_like(states[0])
    _, by_states = ops.scan(step, start, ops.concatenate(steps, axis=-1), reverse=True)
    by_projected = _to_gates(by_states) * by_gates
    rows = ops.transpose(ops.reshape(hidden_before, (-1, n_units)))
    return by_projected, ops.matmul(rows, ops.reshape(by_projected, (-1, 4 * n_units)))


def _to_gates(by_states: Any) -> Any:
    """Repeat slopes by outputs and cells for the gates that act on them."""
    by_hidden, by_cell = _split(by_states, 2)
    return ops.concatenate([by_cell, by_cell, by_hidden, by_cell], axis=-1)


def _split(values: Any, n_parts: int) -> Any:
    return ops.split(values, n_parts, axis=-1)


def _delayed(values: Any) -> Any:
    """Return what each step found: zeros, then the step before's values."""
    return ops.concatenate([ops.zeros_like(values[:1]), values[:-1]], axis=0)


def _advanced(values: Any) -> Any:
    """Return the next step's values, zeros for the last one."""
    return ops.concatenate([values[1:], ops.zeros_like(values[:1])], axis=0)
