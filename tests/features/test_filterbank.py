"""LogFilterbank: its parameters, statistics, and what it says of input it cannot take."""

from __future__ import annotations

import pickle
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_speech_features import fbank
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline

from skaffect import AudioReader, LogFilterbank
from skaffect.features._mel import LOG_SILENCE

SR = 16000


def noise(n_times: int = 8000, seed: int = 0, level: float = 0.1) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, level, n_times).astype(np.float32)


def several() -> list[np.ndarray]:
    """Utterances of different lengths and levels, one with silence inside."""
    silence = np.zeros(4000, np.float32)
    return [
        noise(8000, 1),
        noise(5000, 2, level=0.01),
        np.concatenate([noise(4000, 3), silence, noise(4000, 4)]),
    ]


def test_equals_python_speech_features_by_default(data_root: Path) -> None:
    paths = sorted((data_root / "ravdess" / "Actor_02").glob("*.flac"))[:3]
    waveforms = AudioReader(sr=SR).transform(paths)
    for waveform, frames in zip(waveforms, LogFilterbank().fit_transform(waveforms), strict=True):
        energies, _ = fbank(
            waveform.astype(np.float64), SR, nfilt=24, nfft=512, winfunc=np.hamming
        )
        expected = np.log(energies)
        assert frames.shape == expected.shape
        near = expected > expected.max(axis=1, keepdims=True) - 12
        assert np.abs(frames - expected)[near].max() < 1e-4
        assert np.abs(frames - expected).max() < 1e-2


@pytest.mark.parametrize("normalize", ["corpus", "utterance", None])
def test_answers_are_fresh_float32_entries(normalize: Any) -> None:
    waveforms = several()
    before = [waveform.copy() for waveform in waveforms]
    transformer = LogFilterbank(normalize=normalize)
    answer = transformer.fit_transform(waveforms)
    assert (answer.dtype, answer.shape) == (object, (3,))
    assert [entry.shape for entry in answer] == [(49, 24), (30, 24), (74, 24)]
    assert {entry.dtype for entry in answer} == {np.dtype(np.float32)}
    assert all(np.isfinite(entry).all() for entry in answer)
    for again, entry in zip(transformer.transform(waveforms), answer, strict=True):
        np.testing.assert_array_equal(again, entry)
        entry[:] = 0
    for waveform, untouched in zip(waveforms, before, strict=True):
        np.testing.assert_array_equal(waveform, untouched)


def test_numeric_array_comes_back_as_one() -> None:
    rows = np.stack([noise(2000, seed) for seed in range(3)]).astype(np.float64)
    transformer = LogFilterbank()
    answer = transformer.fit_transform(rows)
    assert (answer.shape, answer.dtype) == ((3, 11, 24), np.float32)
    assert transformer.n_features_in_ == 2000
    for frames, entry in zip(answer, transformer.transform(list(rows)), strict=True):
        np.testing.assert_array_equal(frames, entry)
    with pytest.raises(ValueError, match="X has 1999 features"):
        transformer.transform(rows[:, 1:])


@pytest.mark.parametrize("normalize", ["corpus", "utterance", None])
def test_other_utterances_do_not_matter(normalize: Any) -> None:
    waveforms = several()
    transformer = LogFilterbank(normalize=normalize, floor_db=40.0).fit(waveforms)
    together = transformer.transform(waveforms)
    for waveform, entry in zip(waveforms, together, strict=True):
        np.testing.assert_array_equal(transformer.transform([waveform])[0], entry)
    np.testing.assert_array_equal(transformer.transform(waveforms[::-1])[0], together[-1])


def test_corpus_statistics_are_those_of_all_frames() -> None:
    plain = np.concatenate(LogFilterbank().fit_transform(several()))
    transformer = LogFilterbank(normalize="corpus")
    scaled = np.concatenate(transformer.fit_transform(several()))
    np.testing.assert_allclose(transformer.mean_, plain.mean(axis=0, dtype=float), rtol=1e-6)
    np.testing.assert_allclose(transformer.scale_, plain.std(axis=0, dtype=float), rtol=1e-5)
    np.testing.assert_allclose(scaled.mean(axis=0, dtype=float), 0, atol=1e-5)
    np.testing.assert_allclose(scaled.std(axis=0, dtype=float), 1, atol=1e-5)
    assert (transformer.mean_.dtype, transformer.scale_.dtype) == (np.float32, np.float32)


def test_corpus_statistics_are_learnt_in_fit_alone() -> None:
    transformer = LogFilterbank(normalize="corpus").fit([noise(seed=1)])
    mean, scale = transformer.mean_.copy(), transformer.scale_.copy()
    quieter = transformer.transform([noise(seed=1, level=0.001)])[0]
    np.testing.assert_array_equal(transformer.mean_, mean)
    np.testing.assert_array_equal(transformer.scale_, scale)
    shift = 2 * np.log(100) / scale
    loud = transformer.transform([noise(seed=1)])[0]
    np.testing.assert_allclose(loud - quieter, np.broadcast_to(shift, loud.shape), rtol=1e-3)


def test_utterance_statistics_are_each_utterances_own() -> None:
    transformer = LogFilterbank(normalize="utterance")
    for frames in transformer.fit_transform(several()):
        np.testing.assert_allclose(frames.mean(axis=0, dtype=float), 0, atol=1e-5)
        np.testing.assert_allclose(frames.std(axis=0, dtype=float), 1, atol=1e-5)
    loud, quiet = transformer.transform([noise(), noise() / 1024])
    np.testing.assert_allclose(loud, quiet, atol=1e-4)
    assert not hasattr(transformer, "mean_")


def test_refit_without_statistics_forgets_them() -> None:
    transformer = LogFilterbank(normalize="corpus").fit([noise()])
    transformer.set_params(normalize=None).fit([noise()])
    assert not {"mean_", "scale_"} & set(vars(transformer))


@pytest.mark.parametrize("normalize", ["corpus", "utterance", None])
@pytest.mark.parametrize("floor_db", [None, 60.0])
def test_digital_silence_is_legal(normalize: Any, floor_db: Any) -> None:
    transformer = LogFilterbank(normalize=normalize, floor_db=floor_db)
    (frames,) = transformer.fit_transform([np.zeros(70000, np.float32)])
    # A band that does not vary is centred and not scaled: rounding is no information.
    np.testing.assert_array_equal(frames, LOG_SILENCE if normalize is None else 0)
    spoken, silent = transformer.fit([noise()]).transform([noise(), np.zeros(4000)])
    assert np.isfinite(spoken).all()
    assert np.isfinite(silent).all()


@given(floor_db=st.floats(1.0, 120.0), level=st.floats(1e-3, 1.0))
def test_floor_bounds_the_depth_below_the_peak(floor_db: float, level: float) -> None:
    waveform = np.concatenate([noise(3000), np.zeros(1000, np.float32), noise(3000) / 1000])
    waveform *= np.float32(level)
    (plain,) = LogFilterbank().transform([waveform])
    (floored,) = LogFilterbank(floor_db=floor_db).transform([waveform])
    floor = plain.max() - floor_db * np.log(10) / 10
    assert floored.max() == plain.max()
    np.testing.assert_allclose(floored, np.maximum(plain, floor), atol=1e-5)


@pytest.mark.parametrize("n_times", [1, 2, 399])
def test_short_utterance_is_padded_to_one_frame_with_a_warning(n_times: int) -> None:
    waveform = noise(400)[:n_times]
    duration = n_times / SR
    message = (
        rf"X\[1\] lasts {duration:.4f} s \({n_times} samples\), under one frame of 0.0250 s; "
        "padded with zeros"
    )
    for method in ("fit", "transform", "fit_transform"):
        with pytest.warns(UserWarning, match=message) as caught:
            answer = getattr(LogFilterbank(), method)([noise(400), waveform])
        assert len(caught) == 1
        assert caught[0].filename == __file__
    assert answer[1].shape == (1, 24)
    energies, _ = fbank(waveform.astype(float), nfilt=24, nfft=512, winfunc=np.hamming)
    np.testing.assert_allclose(answer[1], np.log(energies), atol=1e-4)


def test_short_utterances_are_counted() -> None:
    short = [noise(10), noise(500), noise(20), noise(30)]
    with pytest.warns(UserWarning, match=r"X\[0\] lasts .*, and so do 2 more; padded"):
        LogFilterbank().transform(short)
    with pytest.raises(ValueError, match=r"X\[0\] lasts .*, and so do 2 more. Remove"):
        LogFilterbank(short="error").transform(short)


def test_short_utterance_is_an_error_on_request() -> None:
    message = r"X\[1\] lasts 0.0249 s \(399 samples\), under one frame of 0.0250 s. Remove it"
    for method in ("fit", "transform", "fit_transform"):
        with pytest.raises(ValueError, match=message):
            getattr(LogFilterbank(short="error"), method)([noise(400), noise(399)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        LogFilterbank(short="error").transform([noise(400)])


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"sr": 0}, ValueError, "sr must be at least 1"),
        ({"sr": 16000.0}, TypeError, "sr must be an integer"),
        ({"sr": 20}, ValueError, "hop_seconds=0.01 is less than one sample at sr=20"),
        ({"n_mels": 0}, ValueError, "n_mels must be at least 1"),
        ({"n_mels": 100}, ValueError, "n_mels=100 is too many for 512 FFT points"),
        ({"normalize": "speaker"}, ValueError, "normalize must be one of 'corpus', 'utterance'"),
        ({"normalize": False}, ValueError, "normalize must be one of"),
        ({"window_seconds": 0}, ValueError, "window_seconds must be above 0"),
        ({"window_seconds": np.inf}, ValueError, "window_seconds must be finite"),
        ({"hop_seconds": -0.01}, ValueError, "hop_seconds must be above 0"),
        ({"hop_seconds": "0.01"}, TypeError, "hop_seconds must be a real number"),
        ({"preemphasis": 1.5}, ValueError, r"preemphasis must lie in \[0.0, 1.0\]"),
        ({"preemphasis": None}, TypeError, "preemphasis must be a real number"),
        ({"fmin": -1.0}, ValueError, r"fmin must lie in \[0.0, 8000.0\]"),
        ({"fmin": 5000.0, "fmax": 4000.0}, ValueError, r"fmin must lie in \[0.0, 4000.0\], got"),
        ({"fmin": 4000.0, "fmax": 4000.0}, ValueError, "fmin must be below fmax, both are 4000"),
        ({"fmin": 8000}, ValueError, "fmin must be below fmax, both are 8000"),
        ({"fmax": 0}, ValueError, "fmin must be below fmax, both are 0"),
        ({"fmax": 8001.0}, ValueError, r"fmax must lie in \[0.0, 8000.0\], got 8001"),
        ({"floor_db": 0.0}, ValueError, "floor_db must be above 0"),
        ({"floor_db": np.nan}, ValueError, "floor_db must be finite"),
        ({"short": "pad"}, ValueError, "short must be one of 'warn', 'error'; got 'pad'"),
    ],
)
def test_bad_parameters(parameters: dict[str, Any], error: type[Exception], message: str) -> None:
    transformer = LogFilterbank(**parameters)
    for method in ("fit", "fit_transform", "transform"):
        if parameters.get("normalize") is not None and method == "transform":
            continue  # not fitted, which is said first
        with pytest.raises(error, match=message):
            getattr(transformer, method)([noise()])


@pytest.mark.parametrize("method", ["fit", "transform", "fit_transform"])
@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        (noise(), ValueError, "wrap it in a list"),
        ("speech.wav", TypeError, "Wrap it in a list"),
        (["speech.wav"], FileNotFoundError, r"X\[0\] is 'speech.wav', which does not exist"),
        (
            ["a.wav", noise(), "b.wav"],
            FileNotFoundError,
            r"0\] is 'a.wav'.* 1 other .*: 'b.wav'\.",
        ),
        ([noise(), noise() * np.nan], ValueError, r"X\[1\] contains NaN or infinity"),
        ([noise(), np.zeros((8000, 2))], ValueError, r"X\[1\] must be a mono waveform"),
        ([(noise() * 32767).astype(np.int16)], ValueError, r"X\[0\] holds int16 samples"),
        ([], ValueError, "at least one utterance"),
    ],
)
def test_bad_waveforms(method: str, X: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        getattr(LogFilterbank(), method)(X)


def test_loud_waveforms_and_files_are_warned_about(tmp_path: Path) -> None:
    import soundfile

    loud = noise(level=1.0)
    path = tmp_path / "loud.wav"
    soundfile.write(path, loud, 16000, subtype="FLOAT")
    cache = tmp_path / "cache"
    # What is there already warns as well.
    for X, folder in ([noise(), loud], None), *2 * (([noise(), path], cache),), ([path], None):
        with pytest.warns(UserWarning, match=r"has samples up to [34]\.") as caught:
            LogFilterbank(cache=folder).fit_transform(X)
        assert str(caught[0].message).startswith(f"X[{len(X) - 1}] ")
        assert [Path(warning.filename) for warning in caught] == [Path(__file__)]


def test_silent_waveforms_and_files_are_warned_about(tmp_path: Path) -> None:
    import soundfile

    silent = np.zeros(1600, np.float32)
    path = tmp_path / "silent.wav"
    soundfile.write(path, silent, 16000)
    cache = tmp_path / "cache"
    for X, folder in ([noise(), silent, silent], None), ([noise(), path], cache), ([path], None):
        with pytest.warns(UserWarning, match="is silent throughout") as caught:
            LogFilterbank(cache=folder).fit_transform(X)
        (said,) = (str(warning.message) for warning in caught)
        assert said.startswith(f"X[{min(1, len(X) - 1)}] is silent")
        assert (", and 1 other too:" in said) == (len(X) == 3)
        assert caught[0].filename == __file__


@pytest.mark.parametrize("method", ["fit", "fit_transform"])
def test_labels_are_counted(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LogFilterbank, "_utterances", lambda *_: pytest.fail("computed"))
    waveforms = [np.zeros(400, dtype=np.float32)] * 3
    with pytest.raises(ValueError, match="X holds 3 utterances, but y has 4 entries"):
        getattr(LogFilterbank(), method)(waveforms, [0, 1, 0, 1])


def test_statistics_are_missing_before_fit() -> None:
    with pytest.raises(NotFittedError, match="not fitted yet"):
        LogFilterbank(normalize="corpus").transform([noise()])
    for normalize in ("utterance", None):
        assert LogFilterbank(normalize=normalize).transform([noise()])[0].shape == (49, 24)


def test_travels_and_works_in_a_pipeline(tmp_path: Path) -> None:
    import soundfile

    soundfile.write(tmp_path / "a.wav", noise(), SR, subtype="FLOAT")
    pipeline = make_pipeline(AudioReader(sr=SR), LogFilterbank(normalize="corpus"))
    expected = pipeline.fit_transform([tmp_path / "a.wav"])[0]
    for twin in (pickle.loads(pickle.dumps(pipeline)), clone(pipeline).fit([noise()])):
        np.testing.assert_array_equal(twin.transform([noise()])[0], expected)
