"""Speech through the narrow-band AMR codec of mobile telephony, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import soxr
from numpy.typing import NDArray

from skaffect._sound_files import INSTALL_PYAV, pyav_installed

if TYPE_CHECKING:
    from collections.abc import Iterator

    import av

AMR_KBPS = (4.75, 5.15, 5.9, 6.7, 7.4, 7.95, 10.2, 12.2)

_SR = 8000
_FRAME = 160  # samples, 20 ms
# 3GPP TS 26.090: the encoder looks 5 ms ahead, so the decoder is late by as much.
_DELAY = 40


def check_amr_available() -> None:
    """Raise unless PyAV is there, whose wheel holds both halves of the codec."""
    if not pyav_installed():
        raise ImportError(f"A device has amr_kbps, which needs PyAV; {INSTALL_PYAV}.")
    import av

    for name, mode in (("amrnb", "r"), ("libopencore_amrnb", "w")):
        try:
            av.Codec(name, mode)
        except av.codec.codec.UnknownCodecError as error:
            raise ImportError(
                f"A device has amr_kbps, but this build of PyAV lacks the codec {name!r}; "
                "install PyAV's own wheel: pip install --force-reinstall --only-binary av av."
            ) from error


def through_amr(waveform: NDArray[np.float32], sr: int, kbps: float) -> NDArray[np.float32]:
    """Return what the codec makes of a waveform at `sr`, at the same rate, length and time."""
    narrow = soxr.resample(waveform, sr, _SR, quality="HQ")
    pcm = np.clip(np.round(narrow * 2.0**15), -(2**15), 2**15 - 1).astype(np.int16)
    decoded = _code(pcm, round(1000 * kbps))[_DELAY : _DELAY + len(pcm)]
    wide = soxr.resample(decoded, _SR, sr, quality="HQ")
    answer = np.zeros(len(waveform), np.float32)
    n = min(len(wide), len(answer))
    answer[:n] = wide[:n]
    return answer


def _code(pcm: NDArray[np.int16], bits_per_second: int) -> NDArray[np.float32]:
    """Encode and decode; the answer begins `_DELAY` samples late."""
    import av

    # One frame more than needed pushes the delayed end out.
    n_frames = -(-(len(pcm) + _DELAY) // _FRAME)
    blocks = np.zeros((n_frames, 1, _FRAME), np.int16)
    blocks.ravel()[: len(pcm)] = pcm
    encoder = av.CodecContext.create("libopencore_amrnb", "w")
    encoder.sample_rate, encoder.layout, encoder.format = _SR, "mono", "s16"
    encoder.bit_rate = bits_per_second
    decoder = av.CodecContext.create("amrnb", "r")
    decoder.sample_rate, decoder.layout = _SR, "mono"
    packets = (packet for frame in _frames(blocks) for packet in encoder.encode(frame))
    frames = (frame for packet in packets for frame in decoder.decode(packet))
    return np.concatenate([frame.to_ndarray()[0] for frame in frames])


def _frames(blocks: NDArray[np.int16]) -> Iterator[av.AudioFrame | None]:
    """Yield blocks as frames, and None, which makes the encoder give what it still holds."""
    import av

    for i, block in enumerate(blocks):
        frame = av.AudioFrame.from_ndarray(block, format="s16", layout="mono")
        frame.sample_rate, frame.pts = _SR, i * _FRAME
        yield frame
    yield None
