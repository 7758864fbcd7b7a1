"""The device benchmark's systems and recordings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.base import is_classifier

from benchmarks import _device_systems
from benchmarks._device_systems import (
    BASELINE,
    DUAL,
    SINGLE,
    SVM,
    at_level,
    read_generated,
    read_ravdess_through_microphones,
    system,
)


@pytest.mark.parametrize("name", [BASELINE, SINGLE, DUAL, SVM])
def test_systems_take_waveforms(name: str) -> None:
    model = system(name, epochs=3, random_state=7)
    assert is_classifier(model)
    if name != SVM:
        assert (model[-1].epochs, model[-1].random_state) == (3, 7)


def test_the_svm_tells_coloured_noises() -> None:
    rng = np.random.default_rng(0)
    noises = [rng.normal(0, 0.1, 8000).astype(np.float32) for _ in range(12)]
    waveforms = [np.diff(n) if i % 2 else np.cumsum(n) / 50 for i, n in enumerate(noises)]
    labels = np.array(["high" if i % 2 else "low" for i in range(12)])
    model = system(SVM, epochs=1, random_state=0).fit(waveforms[:8], labels[:8])
    assert model.score(waveforms[8:], labels[8:]) == 1


def test_speech_comes_to_one_level() -> None:
    for scale in (1e-3, 0.3):
        levelled = at_level(np.float32(scale) * np.ones(100, np.float32))
        assert levelled.dtype == np.float32
        np.testing.assert_allclose(20 * np.log10(np.abs(levelled)), -26, atol=1e-3)


def test_real_speech_through_measured_microphones(
    data_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_device_systems, "N_MICROPHONES", 2)
    monkeypatch.setattr(_device_systems, "N_UTTERANCES", 1)
    folders = data_root / "ravdess", data_root / "micirp"
    corpus = read_ravdess_through_microphones(*folders, amr_kbps=None, random_state=0)
    assert len(corpus.data) == len(corpus.target) == len(corpus.speaker) == 16 * 2
    assert len(np.unique(corpus.target)) == 2
    assert len(np.unique(corpus.speaker)) == 16
    for first, second in zip(corpus.data[::2], corpus.data[1::2], strict=True):
        assert len(first) == len(second)
        assert not np.array_equal(first, second)
    # The self-noise leaves no digital silence.
    assert all((waveform[:100] != 0).any() for waveform in corpus.data)


def test_too_few_responses(data_root: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="must hold 21 impulse responses"):
        read_ravdess_through_microphones(
            data_root / "ravdess", tmp_path, amr_kbps=None, random_state=0
        )


def test_generated_speech_has_both_modes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_device_systems, "N_SPEAKERS", 1)
    monkeypatch.setattr(_device_systems, "N_SENTENCES", 1)
    corpus = read_generated(0)
    assert sorted(np.unique(corpus.mode)) == ["neutral", "whispered"]
    assert len(corpus.phones) == len(corpus.data) == 10
