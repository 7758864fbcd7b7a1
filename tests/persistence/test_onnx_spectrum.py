"""DFT values in the graph are NumPy's, of any length."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skaffect.features._spectra import gather_spectra
from skaffect.persistence._onnx_graph import Graph, Port
from skaffect.persistence._onnx_spectrum import _factors, add_pieces, add_spectrum


def spectra_of(waveform, length):
    graph = Graph()
    pieces = add_pieces(graph, graph.input(Port("waveform", np.float32, ["n"], "")), length)
    spectra = graph.each(pieces, np.float32, lambda piece: add_spectrum(graph, piece, length))
    graph.output(Port("spectra", np.float32, ["n_pieces", length // 2 + 1], ""), spectra)
    session = onnxruntime.InferenceSession(graph.serialize("spectra", {}))
    return session.run(None, {"waveform": waveform})[0]


def expected_of(waveform, length):
    n_pieces = max(1, len(waveform) // length)
    return gather_spectra([waveform], np.zeros(n_pieces, int), np.arange(n_pieces), length)


@given(st.integers(2, 400), st.integers(1, 1000), st.integers(0, 2**32 - 1))
@settings(max_examples=60)
def test_any_length_of_piece_and_waveform(length, n_times, seed):
    waveform = np.random.default_rng(seed).uniform(-1, 1, n_times).astype(np.float32)
    found, expected = spectra_of(waveform, length), expected_of(waveform, length)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("length", [7999, 8000, 11025])
def test_quiet_frequencies_beside_loud_ones_keep_their_values(length):
    # A random walk is 10,000 times louder at the bottom than at the top.
    rng = np.random.default_rng(0)
    waveform = (1e-3 * rng.normal(size=(length,)).cumsum()).astype(np.float32)
    np.testing.assert_allclose(
        spectra_of(waveform, length), expected_of(waveform, length), rtol=1e-5, atol=1e-7
    )


@given(st.integers(1, 10**6))
def test_factors(n):
    lower, upper = _factors(n)
    assert lower * upper == n
    assert lower <= upper
    assert all(n % i for i in range(lower + 1, int(n**0.5) + 1))
