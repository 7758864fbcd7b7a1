"""Absolute DFT values of the pieces of a waveform as ONNX nodes.

ONNX has an operator for the DFT, but ONNX Runtime computes it in single precision, and of
lengths other than powers of two by a detour: of 8000 samples of coloured noise, its error at
quiet frequencies was 1.6 times their level. Here a DFT of n = n1 n2 samples is n2 short ones,
a turn of their phases, and n1 short ones (Cooley and Tukey), each a product with a matrix, in
double precision: an error of 1.2e-7.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from skaffect.persistence._onnx_graph import Graph


def add_pieces(graph: Graph, waveform: str, length: int) -> str:
    """Cut a waveform ``(n_times,)`` into ``(n_pieces, length)``.

    What is left at the end is dropped; a waveform shorter than a piece is padded with zeros.
    """
    size = graph.node("Shape", waveform)
    missing = graph.node("Max", graph.node("Sub", length, size), 0)
    x = graph.node("Pad", waveform, graph.node("Concat", [0], missing, axis=0))
    n_pieces = graph.node("Div", graph.node("Shape", x), length)
    x = graph.node("Slice", x, [0], graph.node("Mul", n_pieces, length))
    return graph.node("Reshape", x, [-1, length], name="pieces")


def add_spectra(graph: Graph, pieces: str, length: int) -> str:
    """Turn pieces ``(n_pieces, length)`` into ``(n_pieces, length // 2 + 1)`` DFT values.

    With samples ``j = n2 j1 + j2`` and bins ``k = k1 + n1 k2``,
    ``exp(-2 pi i j k / n)`` is ``exp(-2 pi i (j1 k1 / n1 + j2 k1 / n + j2 k2 / n2))``.
    """
    n1, n2 = _factors(length)
    n_columns = n2 // 2 + 1  # the bins up to half the sampling rate are among theirs
    x = graph.node("Reshape", graph.cast(pieces, np.float64), [-1, n1, n2])
    first = _turns(n1, n1, n1)
    x = graph.node("MatMul", np.concatenate([first.real, first.imag]), x)
    real, imaginary = graph.nodes("Split", 2, x, axis=1)
    phase = _turns(n1, n2, length)
    x = graph.node(
        "Concat",
        graph.node(
            "Sub",
            graph.node("Mul", real, phase.real),
            graph.node("Mul", imaginary, phase.imag),
        ),
        graph.node(
            "Add",
            graph.node("Mul", real, phase.imag),
            graph.node("Mul", imaginary, phase.real),
        ),
        axis=2,
    )
    second = _turns(n2, n_columns, n2)
    both = np.block([[second.real, second.imag], [-second.imag, second.real]])
    real, imaginary = graph.nodes("Split", 2, graph.node("MatMul", x, both), axis=2)
    energy = graph.node(
        "Add", graph.node("Mul", real, real), graph.node("Mul", imaginary, imaginary)
    )
    x = graph.node("Transpose", graph.node("Sqrt", energy), perm=[0, 2, 1])
    x = graph.node("Reshape", x, [-1, n1 * n_columns])
    x = graph.node("Slice", x, [0], [length // 2 + 1], [1])
    return graph.cast(x, np.float32)


def _factors(n: int) -> tuple[int, int]:
    """Return two factors of a number, as near to each other as there are."""
    lower = next(i for i in range(math.isqrt(n), 0, -1) if n % i == 0)
    return lower, n // lower


def _turns(n_rows: int, n_columns: int, n: int) -> NDArray[np.complex128]:
    """Return ``exp(-2 pi i row column / n)``."""
    steps = np.outer(np.arange(n_rows), np.arange(n_columns)) % n
    turns: NDArray[np.complex128] = np.exp(-2j * np.pi * steps / n)
    return turns
