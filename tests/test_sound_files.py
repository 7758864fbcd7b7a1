"""Sound files: every format is read whole, and what is not whole is refused by name."""

from __future__ import annotations

import struct
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from skaffect._sound_files import is_silent
from skaffect.audio import AudioReader

SR = 16000


def chirp(rate: int, seconds: float = 1.0) -> np.ndarray:
    """Sweep from 200 to 2000 Hz: its autocorrelation has one peak, so delays show."""
    t = np.arange(int(rate * seconds)) / rate
    return (0.4 * np.sin(2 * np.pi * (200 * t + 900 * t**2 / seconds))).astype(np.float32)


def delay_and_correlation(heard: np.ndarray, said: np.ndarray) -> tuple[int, float]:
    """Samples by which `heard` lags, and the correlation once that is undone."""
    size = len(heard) + len(said)
    product = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(said, size))
    lag = int(np.argmax(np.fft.irfft(product, size)))
    lag -= size if lag > size // 2 else 0
    heard, said = heard[max(lag, 0) :], said[max(-lag, 0) :]
    n = min(len(heard), len(said))
    return lag, float(np.corrcoef(heard[:n], said[:n])[0, 1])


def encode(
    path: Path, codec: str, samples: np.ndarray, rate: int, channels: int = 1, **options: str
) -> Path:
    """Write a file with PyAV; `samples` on every channel."""
    av = pytest.importorskip("av", reason="PyAV comes with the extra skaffect[device]")
    layout = "mono" if channels == 1 else "stereo"
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream(codec, rate=rate, layout=layout)
        stream.codec_context.open()
        resampler = av.AudioResampler(
            stream.codec_context.format, layout, rate, stream.codec_context.frame_size or None
        )
        frame = av.AudioFrame.from_ndarray(np.stack([samples] * channels), "fltp", layout)
        frame.sample_rate = rate
        for ready in [*resampler.resample(frame), *resampler.resample(None), None]:
            container.mux(stream.encode(ready))
    return path


def encode_variable_mp3(path: Path, samples: np.ndarray) -> Path:
    av = pytest.importorskip("av", reason="PyAV comes with the extra skaffect[device]")
    with av.open(str(path), "w", options={"write_xing": "0", "id3v2_version": "0"}) as container:
        quality = {"flags": "+qscale", "global_quality": "600"}
        stream = container.add_stream("libmp3lame", rate=SR, layout="mono", options=quality)
        for start in range(0, len(samples) - 575, 576):
            block = samples[None, start : start + 576].copy()
            frame = av.AudioFrame.from_ndarray(block, "fltp", "mono")
            frame.sample_rate, frame.pts = SR, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def cut(path: Path, fraction: float) -> Path:
    whole = path.read_bytes()
    stump = path.with_name(f"cut_{path.name}")
    stump.write_bytes(whole[: int(len(whole) * fraction)])
    return stump


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    path = tmp_path / "tone.wav"
    soundfile.write(path, chirp(SR), SR)
    return path


@pytest.fixture
def no_pyav(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)


@pytest.mark.parametrize(
    ("name", "subtype", "tolerance"),
    [
        ("a.wav", "PCM_16", 2**-15),
        ("a.wav", "PCM_24", 2**-23),
        ("a.wav", "FLOAT", 0.0),
        ("a.flac", "PCM_16", 2**-15),
        ("a.ogg", "VORBIS", 0.02),
        ("a.mp3", "MPEG_LAYER_III", 0.02),
    ],
)
def test_reads_formats(tmp_path: Path, name: str, subtype: str, tolerance: float) -> None:
    said = chirp(SR)
    soundfile.write(tmp_path / name, said, SR, subtype=subtype)
    answer = AudioReader(sr=SR).fit_transform([tmp_path / name])
    assert answer.shape == (1,)
    assert answer.dtype == object
    assert answer[0].dtype == np.float32
    assert answer[0].shape == said.shape
    assert np.sqrt(np.mean((answer[0] - said) ** 2)) <= tolerance


def test_content_counts_not_the_name(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.flac", chirp(SR), SR)
    renamed = (tmp_path / "a.flac").rename(tmp_path / "a 10:20.m4a")
    (answer,) = AudioReader(sr=SR).fit_transform([renamed])
    np.testing.assert_allclose(answer, chirp(SR), atol=2**-15)


@pytest.mark.parametrize(
    ("name", "codec", "rate", "channels"),
    [
        ("a.m4a", "aac", 44100, 2),
        ("a.mp4", "aac", 16000, 1),
        ("a.mov", "pcm_s24le", 48000, 2),
        ("a.mkv", "pcm_s16le", 16000, 2),
        ("a.mkv", "libopus", 16000, 1),
        ("a.webm", "libopus", 48000, 2),
        ("a.avi", "pcm_u8", 16000, 1),
        ("a.avi", "pcm_s16le", 16000, 2),
        ("a.mpg", "mp2", 44100, 2),
    ],
)
def test_reads_through_pyav(
    tmp_path: Path, name: str, codec: str, rate: int, channels: int
) -> None:
    path = encode(tmp_path / name, codec, chirp(rate), rate, channels)
    (heard,) = AudioReader(sr=rate).fit_transform([path])
    (resampled,) = AudioReader(sr=SR).fit_transform([path])
    lag, correlation = delay_and_correlation(heard, chirp(rate))
    assert heard.dtype == np.float32
    assert correlation > 0.99
    assert abs(lag) <= 0.07 * rate  # a codec's delay
    assert np.linalg.norm(heard) == pytest.approx(np.linalg.norm(chirp(rate)), rel=0.05)
    assert len(resampled) == pytest.approx(len(heard) * SR / rate, abs=1)


@pytest.mark.parametrize("name", ["a.amr", "a.3gp"])
def test_reads_telephone_speech(tmp_path: Path, name: str) -> None:
    path = encode(tmp_path / name, "libopencore_amrnb", chirp(8000), 8000)
    with pytest.warns(UserWarning, match="at 8000 Hz"):
        (heard,) = AudioReader(sr=SR).fit_transform([path])
    lag, correlation = delay_and_correlation(heard, chirp(SR))
    assert correlation > 0.9  # 12.2 kbit/s at most, made for speech
    assert abs(lag) <= 0.07 * SR


def test_grid_video_sounds_as_the_audio_of_the_same_sentence(data_root: Path) -> None:
    pytest.importorskip("av", reason="PyAV comes with the extra skaffect[device]")
    videos = sorted((data_root / "grid_s1" / "video").glob("*.mpg"))[:4]
    sounds = [data_root / "grid_s1" / "audio" / f"{video.stem}.flac" for video in videos]
    reader = AudioReader(sr=SR)
    pairs = zip(reader.fit_transform(videos), reader.fit_transform(sounds), strict=True)
    for from_video, from_audio in pairs:
        lag, correlation = delay_and_correlation(from_video, from_audio)
        assert abs(len(from_video) - len(from_audio)) <= 2
        assert lag == 0
        assert correlation > 0.999


@pytest.mark.parametrize(
    ("order", "guessed"), [(("noise", "silence"), 0.5), (("silence", "noise"), 2.0)]
)
def test_mp3_of_unstated_length_is_read_to_its_end(
    tmp_path: Path, order: tuple[str, str], guessed: float
) -> None:
    # At a variable bit rate the length guessed from the first frame is wrong either way.
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 2 * SR).astype(np.float32)
    parts = {"noise": noise, "silence": np.zeros_like(noise)}
    path = encode_variable_mp3(tmp_path / "a.mp3", np.concatenate([parts[name] for name in order]))
    true_ratio = soundfile.info(path).duration / 4
    assert true_ratio < guessed if guessed < 1 else true_ratio > guessed
    (heard,) = AudioReader(sr=SR).fit_transform([path])
    assert len(heard) == pytest.approx(4 * SR, abs=0.2 * SR)


def test_mp3_of_unstated_length_without_pyav_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, SR).astype(np.float32)
    path = encode_variable_mp3(tmp_path / "a.mp3", np.concatenate([noise, np.zeros_like(noise)]))
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(ValueError, match=r"X\[0\].*a\.mp3.*does not state its length.*\[device\]"):
        AudioReader(sr=SR).fit_transform([path])


def test_constant_mp3_of_unstated_length_is_read_without_pyav(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = encode(tmp_path / "a.mp3", "libmp3lame", chirp(SR, 3), SR, write_xing="0")
    path.write_bytes(b"ID3\4\0\0\0\0\2\0" + bytes(256) + path.read_bytes())
    monkeypatch.setitem(sys.modules, "av", None)
    (heard,) = AudioReader(sr=SR).fit_transform([path])
    assert delay_and_correlation(heard, chirp(SR, 3))[1] > 0.99


@pytest.mark.usefixtures("no_pyav")
def test_without_pyav_names_the_extra_before_decoding(tmp_path: Path, wav: Path) -> None:
    damaged = tmp_path / "damaged.wav"
    damaged.write_text("no sound at all")
    (tmp_path / "a.M4A").write_bytes(b"anything")
    with pytest.raises(ImportError, match=r"X\[2\].*a\.M4A.*pip install \"skaffect\[device\]\""):
        AudioReader().fit([wav, damaged, tmp_path / "a.M4A"])


@pytest.mark.usefixtures("no_pyav")
def test_without_pyav_the_rest_works(tmp_path: Path, wav: Path) -> None:
    (answer,) = AudioReader(sr=SR).fit_transform([wav])
    assert answer.shape == (SR,)
    (tmp_path / "a.wav").write_text("no sound at all")
    with pytest.raises(ValueError, match=r"X\[1\].*a\.wav.*soundfile cannot read.*\[device\]"):
        AudioReader(sr=SR).fit_transform([wav, tmp_path / "a.wav"])


def bad_text(path: Path) -> None:
    path.write_text("this is no sound\n" * 100)


def bad_page(path: Path) -> None:
    path.write_text("<html>404</html>")  # what a failed download leaves


def bad_zero_samples(path: Path) -> None:
    soundfile.write(path, np.zeros(0), SR)


def bad_nan(path: Path) -> None:
    samples = np.zeros((1000, 2), dtype=np.float32)
    samples[123, 1] = np.nan
    soundfile.write(path, samples, SR, subtype="FLOAT")


def bad_inf(path: Path) -> None:
    samples = np.zeros((1000, 2), dtype=np.float32)
    samples[45] = np.inf, -np.inf
    soundfile.write(path, samples, 44100, subtype="FLOAT")


def bad_cut(path: Path) -> None:
    soundfile.write(path, chirp(SR), SR)
    cut(path, 0.6).replace(path)


def bad_header(path: Path) -> None:
    soundfile.write(path, chirp(SR), SR)
    whole = bytearray(path.read_bytes())
    whole[40:44] = struct.pack("<I", 3 * SR)
    path.write_bytes(whole)


def bad_empty(path: Path) -> None:
    path.touch()


@pytest.mark.parametrize(
    ("name", "spoil", "message"),
    [
        ("a.wav", bad_empty, "an empty file"),
        ("a.wav", bad_text, "no sound that soundfile or PyAV can read"),
        ("a.flac", bad_page, "holds no samples that soundfile or PyAV can decode"),
        ("a.wav", bad_zero_samples, "holds no samples"),
        ("a.wav", bad_nan, r"contains NaN or inf, first at sample 123 \(nan\)"),
        ("a.wav", bad_inf, "contains NaN or inf, first at sample 45"),
        ("a.wav", bad_cut, "promises 32000 bytes of sound but only 191"),
        ("a.wav", bad_header, "promises 48000 bytes of sound but only 32000"),
        ("a.aiff", bad_cut, "promises 32008 bytes of sound"),
        ("a.flac", bad_cut, "cut short or damaged"),
        ("a.ogg", bad_cut, "cut short or damaged"),
        ("a.mp3", bad_cut, "promises 16000 samples of sound but only"),
    ],
)
def test_bad_file_is_named(tmp_path: Path, wav: Path, name: str, spoil: Any, message: str) -> None:
    pytest.importorskip("av", reason="the messages are those with PyAV")
    spoil(tmp_path / name)
    paths = [wav] * 5 + [tmp_path / name, wav]
    with pytest.raises(ValueError, match=rf"X\[5\].*{name}'.*{message}"):
        AudioReader(sr=SR).fit_transform(paths)


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("a.m4a", "aac", {}),
        ("a.mp4", "aac", {"movflags": "faststart"}),
        ("a.mov", "pcm_s16le", {"movflags": "faststart"}),
        ("a.avi", "pcm_s16le", {}),
        ("a.webm", "libopus", {}),
        ("a.mkv", "pcm_s16le", {}),
    ],
)
@pytest.mark.parametrize("fraction", [0.3, 0.6, 0.8])
def test_stump_of_a_video_is_refused(
    tmp_path: Path, name: str, codec: str, options: dict[str, str], fraction: float
) -> None:
    whole = encode(tmp_path / name, codec, chirp(48000, 2), 48000, **options)
    stump = cut(whole, fraction)
    with pytest.raises(ValueError, match=rf"X\[1\] is .*{stump.name}.* cut short"):
        AudioReader(sr=SR).fit_transform([whole, stump])


def test_video_without_sound(tmp_path: Path) -> None:
    av = pytest.importorskip("av", reason="PyAV comes with the extra skaffect[device]")
    with av.open(str(tmp_path / "a.mp4"), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width = stream.height = 32
        frame = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), dtype=np.uint8))
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(ValueError, match=r"X\[0\].*a\.mp4.*holds no sound; leave it out"):
        AudioReader().fit_transform([tmp_path / "a.mp4"])


@pytest.mark.parametrize("size", [0xFFFFFFFF, 0x7FFFF000])
def test_wav_from_a_pipe_is_read(wav: Path, size: int) -> None:
    whole = bytearray(wav.read_bytes())
    whole[4:8] = whole[40:44] = struct.pack("<I", size)
    wav.write_bytes(whole)
    (answer,) = AudioReader(sr=SR).fit_transform([wav])
    assert answer.shape == (SR,)


@pytest.mark.parametrize("n_silent", [0, 1, 70000])
def test_silence_is_told_from_what_begins_with_it(tmp_path, n_silent):
    path = str(tmp_path / "a.wav")
    soundfile.write(path, np.append(np.zeros(n_silent), 0.5), 16000)
    assert not is_silent(path)
    soundfile.write(path, np.zeros(n_silent), 16000)
    assert is_silent(path) == (n_silent > 0)


def test_what_cannot_be_read_is_not_called_silent(tmp_path):
    path = tmp_path / "a.wav"
    path.write_text("no sound")
    assert not is_silent(str(path))
