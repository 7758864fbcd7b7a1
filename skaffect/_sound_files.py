"""Sound files to samples: soundfile where it can, PyAV for the rest.

Every problem is a ``ValueError`` whose message continues "X[3] is 'a.wav', which ...";
the caller knows the index and the path.
"""

from __future__ import annotations

import importlib.util
import os
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile
from numpy.typing import NDArray

if TYPE_CHECKING:
    import av

Samples = NDArray[np.float32]

NEEDS_PYAV = frozenset(
    {".3gp", ".aac", ".amr", ".avi", ".m4a", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg"}
    | {".webm", ".wma", ".wmv"}
)
INSTALL_PYAV = 'install PyAV: pip install "skaffect[device]"'

# Offset binary or two's complement, by numpy's kind and width in bytes: (zero, full scale).
_PCM = {"u1": (128.0, 2.0**7), "i2": (0.0, 2.0**15), "i4": (0.0, 2.0**31)}

# What libsndfile logs on opening when a chunk of samples is longer than the file.
_LONGER_THAN_FILE = re.compile(
    r"^\s*(?:data|SSND|Data Size)\s*: (\d+) \(should be (\d+)\)", re.MULTILINE
)
_TORN_PAGE = "Junk after the last page"

# Headers written before the length was known hold 0x7ffff000, 0x7fffffff or 0xffffffff.
_LENGTH_UNKNOWN = 0x7FFFF000
_SLACK_BYTES = 64  # some writers count a header into the length
_SLACK_SECONDS = 0.1  # a codec's delay and padding
_SLACK_MP3_FRAMES = 1152  # one MPEG frame

_BLOCK_FRAMES = 1 << 16

_AGAIN = "copy or download it again"


def pyav_installed() -> bool:
    """Tell whether PyAV can be imported, without importing it."""
    return importlib.util.find_spec("av") is not None


def is_pcm(dtype: np.dtype[Any]) -> bool:
    """Tell whether samples of this type have a known full scale."""
    return dtype.kind == "f" or f"{dtype.kind}{dtype.itemsize}" in _PCM


def to_mono(samples: NDArray[Any]) -> Samples:
    """Scale PCM to [-1, 1] and average the channels of ``(n_times, n_channels)``."""
    # What does not fit float32 becomes infinite and is then refused by name.
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = samples.astype(np.float32)
        if samples.dtype.kind != "f":
            zero, full_scale = _PCM[f"{samples.dtype.kind}{samples.dtype.itemsize}"]
            scaled = (scaled - np.float32(zero)) / np.float32(full_scale)
        mono: Samples = scaled if scaled.ndim == 1 else scaled.mean(axis=1)
    return mono


def read_sound(path: str) -> tuple[Samples, int]:
    """Return a file's samples, mono, and its own sampling rate in Hz."""
    samples, rate = read_channels(path)
    return to_mono(samples), rate


def is_silent(path: str) -> bool:
    """Tell if a file holds nothing but silence, reading it up to its first sound."""
    try:
        with soundfile.SoundFile(path) as file:
            blocks = file.blocks(_BLOCK_FRAMES, dtype="float32", always_2d=True)
            return file.frames > 0 and not any(to_mono(block).any() for block in blocks)
    except (soundfile.LibsndfileError, TypeError):  # what PyAV alone can decode, if anything
        pass
    try:
        samples, _ = read_sound(path)
    except ValueError:
        return False
    return samples.size > 0 and not samples.any()


def read_channels(path: str) -> tuple[Samples, int]:
    """Return a file's samples, (n_times, n_channels), and its own sampling rate in Hz.

    Of what PyAV alone can decode, they are mono, (n_times,).
    """
    if pyav_installed() and _is_mp3_of_unknown_length(path):
        return _read_with_pyav(path)
    try:
        file = soundfile.SoundFile(path)
    except (soundfile.LibsndfileError, TypeError) as error:  # TypeError: headerless, as .raw
        reason = getattr(error, "error_string", str(error)).rstrip(".")
        if pyav_installed():
            return _read_with_pyav(path)
        raise ValueError(
            f"soundfile cannot read ({reason}). If it is M4A, AMR, 3GP or a video, "
            f"{INSTALL_PYAV}; else it is not a sound file, remove it."
        ) from error
    with file:
        return _read_all(file), file.samplerate


def _read_all(file: soundfile.SoundFile) -> Samples:
    log = file.extra_info
    chunk = _LONGER_THAN_FILE.search(log)
    if chunk is not None:
        _check_length(int(chunk[1]), int(chunk[2]), "bytes", slack=_SLACK_BYTES)
    if _TORN_PAGE in log:
        raise ValueError(f"is cut short or damaged: its last Ogg page is torn; {_AGAIN}.")
    try:
        samples = file.read(dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise ValueError(
            f"is cut short or damaged ({error.error_string.rstrip('.')}); {_AGAIN}."
        ) from error
    if file.format != "MP3":
        _check_length(file.frames, len(samples), "samples", slack=0)
    elif not _is_mp3_of_unknown_length(file.name):
        _check_length(file.frames, len(samples), "samples", slack=_SLACK_MP3_FRAMES)
    elif len(samples) == file.frames:
        # libsndfile guesses the length from the first frame's bit rate and stops there.
        raise ValueError(
            "is an MP3 that does not state its length, so soundfile may lose its end; "
            f"{INSTALL_PYAV}."
        )
    return samples


def _read_with_pyav(path: str) -> tuple[Samples, int]:
    import av

    _check_riff_length(path)
    parts: list[Samples] = []
    rates: set[int] = set()
    try:
        # "file:" keeps a colon in a name from being read as a protocol.
        with av.open(f"file:{path}", metadata_errors="ignore") as container:
            if not container.streams.audio:
                raise ValueError("holds no sound; leave it out.")
            stream = container.streams.audio[0]
            promised = _stated_seconds(container.format.name, stream)
            for frame in container.decode(stream):
                parts.append(to_mono(_frame_samples(frame)))
                rates.add(frame.sample_rate)
    except av.FFmpegError as error:
        raise ValueError(
            "is no sound that soundfile or PyAV can read, or is cut short or damaged "
            f"({error.strerror}); {_AGAIN}, or remove it."
        ) from error
    if not rates:
        raise ValueError(
            "holds no samples that soundfile or PyAV can decode: it is empty, cut short, "
            f"damaged or not a sound file; {_AGAIN}, or remove it."
        )
    if len(rates) > 1:
        raise ValueError(f"changes its sampling rate midway ({sorted(rates)} Hz); split it.")
    samples, rate = np.concatenate(parts), rates.pop()
    _check_length(promised, len(samples) / rate, "seconds", slack=_SLACK_SECONDS)
    return samples, rate


def _frame_samples(frame: av.AudioFrame) -> NDArray[Any]:
    """Return one decoded frame as ``(n_times, n_channels)``, planar or interleaved."""
    samples = frame.to_ndarray()
    if frame.format.is_planar:
        return samples.T
    return samples.reshape(-1, frame.layout.nb_channels)


def _stated_seconds(format_name: str, stream: av.AudioStream) -> float:
    """Return the length in an MP4's header or a Matroska tag; elsewhere it is a guess: 0."""
    if "mp4" in format_name and stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    tag = stream.metadata.get("DURATION", "")
    if re.fullmatch(r"\d+:\d+:[\d.]+", tag) is None:
        return 0.0
    hours, minutes, seconds = tag.split(":")
    return 3600 * int(hours) + 60 * int(minutes) + float(seconds)


def _check_length(promised: float, found: float, unit: str, *, slack: float) -> None:
    if unit == "bytes" and promised >= _LENGTH_UNKNOWN:
        return
    if promised - found > slack:
        raise ValueError(
            f"is cut short: its header promises {promised:.6g} {unit} of sound but only "
            f"{found:.6g} are there; {_AGAIN}."
        )


def _check_riff_length(path: str) -> None:
    """Compare an AVI's stated length with the file's; PyAV plays a stump without a word."""
    with open(path, "rb") as file:
        head = file.read(8)
    if head[:4] == b"RIFF":
        promised = int.from_bytes(head[4:], "little")
        _check_length(promised, os.path.getsize(path) - 8, "bytes", slack=_SLACK_BYTES)


def _is_mp3_of_unknown_length(path: str) -> bool:
    """Tell whether a file is an MP3 whose first frame lacks a Xing, Info or VBRI header."""
    with open(path, "rb") as file:
        head = file.read(10)
        start = 0
        if head[:3] == b"ID3":  # a tag, its size in four bytes of seven bits
            for byte in head[6:]:
                start = start << 7 | byte
            start += 10
        file.seek(start)
        frame = file.read(200)
    is_layer_3 = len(frame) > 1 and frame[0] == 0xFF and frame[1] & 0xE6 == 0xE2
    return is_layer_3 and not any(name in frame for name in (b"Xing", b"Info", b"VBRI"))
