"""Absolute DFT values of pieces of recordings."""

from __future__ import annotations

import numpy as np
import pytest

from skaffect.features._spectra import count_pieces, gather_spectra


@pytest.mark.parametrize(
    ("n_times", "count"), [(1, 1), (7999, 1), (8000, 1), (15999, 1), (16000, 2)]
)
def test_whole_pieces_count_and_a_short_recording_is_one(n_times: int, count: int) -> None:
    assert count_pieces(n_times, 8000) == count


def test_values_are_the_dft_by_its_definition() -> None:
    rng = np.random.default_rng(0)
    waveforms = [rng.normal(size=n).astype(np.float32) for n in (25, 12)]
    spectra = gather_spectra(waveforms, np.array([0, 1, 0]), np.array([1, 0, 0]), 12)
    times, bins = np.arange(12), np.arange(7)
    turns = np.exp(-2j * np.pi * np.outer(times, bins) / 12)
    pieces = [waveforms[0][12:24], waveforms[1], waveforms[0][:12]]
    np.testing.assert_allclose(spectra, [np.abs(piece @ turns) for piece in pieces], atol=1e-5)
    assert spectra.dtype == np.float32


def test_half_a_second_has_4001_values_and_a_tone_its_own() -> None:
    tone = np.sin(2 * np.pi * 1000 * np.arange(8000) / 16000).astype(np.float32)
    spectrum = gather_spectra([tone], np.array([0]), np.array([0]), 8000)[0]
    assert spectrum.shape == (4001,)
    assert spectrum.argmax() == 500  # 2 Hz a bin
    assert spectrum[500] == pytest.approx(4000, rel=1e-4)


def test_a_short_recording_is_padded_with_zeros() -> None:
    short = np.array([1.0, -2.0, 3.0], np.float32)
    spectrum = gather_spectra([short], np.array([0]), np.array([0]), 8)
    np.testing.assert_allclose(spectrum[0], np.abs(np.fft.rfft(short, 8)), rtol=1e-6)
