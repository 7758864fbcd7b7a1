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

Complex = tuple[str, str]
Turns = NDArray[np.complex128]


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


def add_spectrum(graph: Graph, piece: str, length: int) -> str:
    """Turn ``length`` samples into their absolute DFT values, ``length // 2 + 1``.

    With samples ``j = n2 j1 + j2`` and bins ``k = k1 + n1 k2``,
    ``exp(-2 pi i j k / n)`` is ``exp(-2 pi i (j1 k1 / n1 + j2 k1 / n + j2 k2 / n2))``.
    """
    n1, n2 = _factors(length)
    n_columns = n2 // 2 + 1  # the bins up to half the sampling rate are among theirs
    samples = graph.node("Reshape", graph.cast(piece, np.float64), [n1, n2])
    first = _turns(n1, n1, n1)
    x = graph.node("MatMul", first.real, samples), graph.node("MatMul", first.imag, samples)
    x = _product(graph, "Mul", x, _turns(n1, n2, length))
    real, imaginary = _product(graph, "MatMul", x, _turns(n2, n_columns, n2))
    energy = graph.node(
        "Add", graph.node("Mul", real, real), graph.node("Mul", imaginary, imaginary)
    )
    values = graph.node("Transpose", graph.node("Sqrt", energy), perm=[1, 0])
    values = graph.node("Slice", graph.node("Reshape", values, [-1]), [0], [length // 2 + 1])
    return graph.cast(values, np.float32)


def _product(graph: Graph, operator: str, x: Complex, turns: Turns) -> Complex:
    """Return the product of complex numbers, as real and imaginary parts."""
    real, imaginary = x
    return (
        graph.node(
            "Sub",
            graph.node(operator, real, turns.real),
            graph.node(operator, imaginary, turns.imag),
        ),
        graph.node(
            "Add",
            graph.node(operator, real, turns.imag),
            graph.node(operator, imaginary, turns.real),
        ),
    )


def _factors(n: int) -> tuple[int, int]:
    """Return two factors of a number, as near to each other as there are."""
    lower = next(i for i in range(math.isqrt(n), 0, -1) if n % i == 0)
    return lower, n // lower


def _turns(n_rows: int, n_columns: int, n: int) -> Turns:
    """Return ``exp(-2 pi i row column / n)``."""
    steps = np.outer(np.arange(n_rows), np.arange(n_columns)) % n
    turns: Turns = np.exp(-2j * np.pi * steps / n)
    return turns
