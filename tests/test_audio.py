"""AudioReader: what it reads, to what, and what it says of what it cannot take."""

from __future__ import annotations

import os
import pickle
import sys
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.base import clone
from sklearn.pipeline import make_pipeline

from skaffect.audio import AudioReader

SR = 16000


def chirp(rate: int, seconds: float = 1.0) -> np.ndarray:
    """Sweep from 200 to 2000 Hz: its autocorrelation has one peak, so delays show."""
    t = np.arange(int(rate * seconds)) / rate
    return (0.4 * np.sin(2 * np.pi * (200 * t + 900 * t**2 / seconds))).astype(np.float32)


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    path = tmp_path / "tone.wav"
    soundfile.write(path, chirp(SR), SR)
    return path


@pytest.mark.parametrize(("subtype", "dtype"), [("PCM_16", "int16"), ("PCM_32", "int32")])
def test_pcm_arrays_equal_soundfile(tmp_path: Path, subtype: str, dtype: str) -> None:
    soundfile.write(tmp_path / "a.wav", chirp(SR), SR, subtype=subtype)
    pcm, _ = soundfile.read(tmp_path / "a.wav", dtype=dtype)
    from_file, from_array = AudioReader(sr=SR).fit_transform([tmp_path / "a.wav", pcm])
    np.testing.assert_array_equal(from_file, from_array)


def test_uint8_equals_soundfile(tmp_path: Path) -> None:
    pcm = np.arange(256, dtype=np.uint8)
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setparams((1, 1, SR, 0, "NONE", ""))
        file.writeframes(pcm.tobytes())
    from_file, from_array = AudioReader(sr=SR).fit_transform([tmp_path / "a.wav", pcm])
    np.testing.assert_array_equal(from_file, from_array)
    assert (from_array.min(), from_array.max()) == (-1.0, 127 / 128)


def test_stereo_is_averaged(tmp_path: Path) -> None:
    left, right = chirp(SR), np.zeros(SR, dtype=np.float32)
    stereo = np.stack([left, right], axis=1)
    soundfile.write(tmp_path / "a.wav", stereo, SR, subtype="FLOAT")
    from_file, from_array = AudioReader(sr=SR).fit_transform([tmp_path / "a.wav", stereo])
    np.testing.assert_array_equal(from_file, left / 2)
    np.testing.assert_array_equal(from_array, left / 2)


def test_resampling_keeps_what_fits_and_removes_what_does_not(tmp_path: Path) -> None:
    rate = 44100
    t = np.arange(2 * rate) / rate
    soundfile.write(tmp_path / "low.wav", 0.5 * np.sin(2 * np.pi * 1000 * t), rate, "FLOAT")
    soundfile.write(tmp_path / "high.wav", 0.5 * np.sin(2 * np.pi * 9000 * t), rate, "FLOAT")
    low, high = AudioReader(sr=SR).fit_transform([tmp_path / "low.wav", tmp_path / "high.wav"])
    assert low.shape == (2 * SR,)
    expected = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(2 * SR) / SR)
    inside = slice(SR // 10, -SR // 10)
    np.testing.assert_allclose(low[inside], expected[inside], atol=1e-4)
    assert np.abs(high[inside]).max() < 1e-4


def test_silence_is_legal(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.flac", np.zeros(SR), 8000)
    with pytest.warns(UserWarning, match="below sr=16000"):
        (answer,) = AudioReader(sr=SR).fit_transform([tmp_path / "a.flac"])
    np.testing.assert_array_equal(answer, np.zeros(2 * SR, dtype=np.float32))


def test_low_rate_warns_once_with_count_and_first_path(tmp_path: Path, wav: Path) -> None:
    for name in ("b.wav", "c.wav"):
        soundfile.write(tmp_path / name, chirp(8000), 8000)
    with pytest.warns(UserWarning, match="below sr") as caught:
        answer = AudioReader(sr=SR).transform([wav, tmp_path / "b.wav", tmp_path / "c.wav"])
    assert [len(entry) for entry in answer] == [SR, SR, SR]
    assert [warning.filename for warning in caught] == [__file__]
    message = str(caught[0].message)
    assert message.startswith("Recorded below sr=16000 Hz: 2 of 3 utterances, the first is ")
    assert "X[1]" in message
    assert "b.wav" in message
    assert "8000 Hz" in message


def test_ravdess_equals_soundfile(data_root: Path) -> None:
    paths = sorted((data_root / "ravdess" / "Actor_01").glob("*.flac"))[:5]
    for path, answer in zip(paths, AudioReader(sr=SR).fit_transform(paths), strict=True):
        expected, rate = soundfile.read(path, dtype="float32")
        assert rate == SR
        np.testing.assert_array_equal(answer, expected)


@settings(max_examples=50, deadline=None)
@given(
    hnp.arrays(
        st.sampled_from([np.uint8, np.int16, np.int32, np.dtype(">i2")]),
        hnp.array_shapes(min_dims=1, max_dims=1, max_side=50),
    )
)
def test_pcm_is_scaled_into_its_full_scale(pcm: np.ndarray) -> None:
    (answer,) = AudioReader().fit_transform([pcm])
    assert answer.dtype == np.float32
    assert answer.shape == pcm.shape
    assert np.abs(answer).max() <= 1
    order = np.argsort(pcm, kind="stable")
    assert (np.diff(answer[order]) >= 0).all()


@settings(max_examples=50, deadline=None)
@given(
    hnp.arrays(
        st.sampled_from([np.float32, np.float64]),
        hnp.array_shapes(min_dims=1, max_dims=1, max_side=50),
        elements=st.floats(-4, 4, width=32),
    )
)
def test_floats_pass_as_copies(samples: np.ndarray) -> None:
    given_samples = samples.copy()
    (answer,) = AudioReader().fit_transform([samples])
    np.testing.assert_array_equal(answer, given_samples.astype(np.float32))
    answer[:] = 7
    np.testing.assert_array_equal(samples, given_samples)


def test_numeric_array_comes_back_as_one() -> None:
    rows = np.random.default_rng(0).uniform(-1, 1, (3, 8))
    reader = AudioReader()
    answer = reader.fit_transform(rows)
    assert answer.dtype == np.float32
    np.testing.assert_array_equal(answer, rows.astype(np.float32))
    assert reader.n_features_in_ == 8
    assert not hasattr(reader.fit(list(rows)), "n_features_in_")
    stereo = np.stack([rows, -rows], axis=2)
    np.testing.assert_array_equal(reader.fit_transform(stereo), np.zeros((3, 8)))


@pytest.mark.parametrize("wrap", [list, tuple, np.array, lambda paths: np.array(paths, object)])
def test_any_sequence_of_paths(wav: Path, wrap: Any) -> None:
    answer = AudioReader(sr=SR).fit_transform(wrap([str(wav)] * 2))
    assert answer.dtype == object
    assert [entry.shape for entry in answer] == [(SR,), (SR,)]


def test_works_in_a_pipeline_and_travels(wav: Path) -> None:
    pipeline = make_pipeline(AudioReader(sr=8000))
    expected = pipeline.fit_transform([wav])[0]
    assert expected.shape == (8000,)
    for copy in (clone(pipeline), pickle.loads(pickle.dumps(pipeline))):
        np.testing.assert_array_equal(copy.fit_transform([wav])[0], expected)
    np.testing.assert_array_equal(AudioReader(sr=8000).transform([wav])[0], expected)


def test_missing_ones_of_a_thousand_are_named_before_any_is_decoded(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_text("no sound")  # decoding it would raise something else
    paths = [str(tmp_path / "a.wav")] * 1000
    paths[777], paths[888] = str(tmp_path / "b.wav"), str(tmp_path / "c.wav")
    message = r"^X\[777\].*b\.wav.*does not exist.* 1 other file cannot .*: '.*c\.wav'\.$"
    for read in (AudioReader().fit, AudioReader().transform):
        with pytest.raises(FileNotFoundError, match=message):
            read(paths)


def test_labels_are_counted_before_any_file_is_decoded(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_text("no sound")  # decoding it would raise something else
    paths = [tmp_path / "a.wav"] * 3
    for read in (AudioReader().fit, AudioReader().fit_transform, make_pipeline(AudioReader()).fit):
        with pytest.raises(ValueError, match="X holds 3 utterances, but y has 2 entries"):
            read(paths, ["happy", "sad"])


def test_folder_is_refused(tmp_path: Path, wav: Path) -> None:
    with pytest.raises(IsADirectoryError, match=r"X\[1\] is .*a folder; give the paths"):
        AudioReader().fit([wav, tmp_path])


@pytest.mark.skipif(sys.platform != "linux", reason="other systems allow no such name")
def test_name_that_is_not_text_is_refused(wav: Path) -> None:
    renamed = wav.rename(os.fsdecode(os.fsencode(wav.parent) + b"/tone\xe9.wav"))
    with pytest.raises(ValueError, match=r"X\[1\] is .*tone.*whose name is not UTF-8.*rename it"):
        AudioReader().fit([np.zeros(9), renamed])


def test_unreadable_file_is_refused(wav: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may read everything
    with pytest.raises(PermissionError, match=r"X\[0\] is .*tone\.wav.*may not be read"):
        AudioReader().fit([wav])


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        ("a.wav", TypeError, "[Ww]rap it in a list"),
        (Path("a.wav"), TypeError, "[Ww]rap it in a list"),
        (np.zeros(9), ValueError, "wrap it in a list"),
        ([0.0, 0.5], ValueError, "wrap it in a list"),
        (5, TypeError, "sequence of utterances"),
        ([], ValueError, "at least one utterance"),
        ([np.zeros(5), None], TypeError, r"X\[1\] must be a path .* or an array"),
        ([b"a.wav"], TypeError, r"X\[0\] must be a path"),
        ([np.zeros(5), np.zeros(5, complex)], TypeError, r"X\[1\].*got dtype complex128"),
        ([(44100, np.zeros(5))], ValueError, r"X\[0\] is a tuple .* alone, X\[0\]\[1\], or the f"),
        ([np.zeros(5), [[0.1], [0.2, 0.3]]], ValueError, r"X\[1\] must be a path .* rows of one"),
        ([np.zeros(5), np.zeros(0)], ValueError, r"X\[1\] holds no samples"),
        ([np.zeros((2, 500))], ValueError, r"X\[0\].*more channels than samples; transpose it"),
        ([np.zeros((2, 2, 2))], ValueError, r"X\[0\] must have shape \(n_times,\) or"),
        ([np.float32(1), np.zeros(3)], ValueError, r"X\[0\] must have shape"),
        ([np.zeros(5, np.int64)], ValueError, r"X\[0\].*got int64, whose full scale is unknown"),
        (np.zeros((2, 5), np.int8), ValueError, r"X\[0\].*got int8, whose full scale"),
        ([np.zeros(5), np.array([0, 1, np.nan])], ValueError, r"X\[1\].*first at sample 2 \(nan"),
        (np.array([[0, 1.0], [-np.inf, 0]]), ValueError, r"X\[1\].*first at sample 0 \(-inf"),
        ([np.array([0, 1e300])], ValueError, r"X\[0\] contains NaN or inf, first at sample 1"),
        ([np.array([0, 3e4])], ValueError, r"X\[0\] .* up to 30000, .*waveform / 32768 where"),
    ],
)
def test_bad_arrays_are_named(X: Any, error: type[Exception], message: str) -> None:
    for read in (AudioReader().fit, AudioReader().transform):
        with pytest.raises(error, match=message):
            read(X)


def test_a_file_of_unscaled_floats_is_named(tmp_path: Path) -> None:
    path = tmp_path / "loud.wav"
    soundfile.write(path, np.array([0.0, 3e4]), 16000, subtype="FLOAT")
    with pytest.raises(ValueError, match=r"X\[1\], '.*loud.wav', has samples up to 30000"):
        AudioReader().transform([np.zeros(9), path])


@pytest.mark.parametrize(
    ("sr", "error"), [(0, ValueError), (-1, ValueError), (16e3, TypeError), (None, TypeError)]
)
def test_bad_sr(sr: Any, error: type[Exception]) -> None:
    for read in (AudioReader(sr=sr).fit, AudioReader(sr=sr).transform):
        with pytest.raises(error, match="sr must be"):
            read([np.zeros(5)])
