"""The clips of a listening test: MP4 files, with sound, that browsers play."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

# Names of codecs in MP4 files (their sample entries) that current browsers play.
_PICTURES = {"avc1", "avc3", "av01", "vp09"}
_SOUNDS = {"mp4a", "Opus"}
# The way through MP4's boxes to where a track names its codec.
_TO_CODECS = ("moov", "trak", "mdia", "minf", "stbl", "stsd")


def read_clip(path: Any, name: str) -> bytes:
    """Return a film's bytes, or raise unless it is one with sound that browsers play."""
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"{name} must be a str or os.PathLike, got {type(path).__name__}.")
    file = os.fsdecode(path)
    try:
        with open(file, "rb") as stream:
            content = stream.read()
    except OSError as error:
        raise type(error)(
            f"{name} is {file!r}, which cannot be read: {error.strerror}."
        ) from error
    if content[4:8] != b"ftyp":
        raise ValueError(f"{name} is {file!r}, which is no MP4 file; animate writes such films.")
    codecs = set(_codecs(content))
    if not codecs & _PICTURES:
        raise ValueError(
            f"{name} is {file!r}, whose picture not every browser plays: its codecs are "
            f"{sorted(codecs)}; H.264 is 'avc1', as animate writes it."
        )
    if not codecs & _SOUNDS:
        raise ValueError(
            f"{name} is {file!r}, which has no sound that browsers play: its codecs are "
            f"{sorted(codecs)}; give animate the waveform."
        )
    return content


def _codecs(content: bytes) -> Iterator[str]:
    """Yield the codec of each track; none where the file is cut off."""
    regions = [content]
    for kind in _TO_CODECS:
        regions = [inside for region in regions for inside in _boxes(region, kind)]
    for described in regions:
        # Version, flags and a count, then the first entry: its size and its codec.
        yield described[12:16].decode("latin-1")


def _boxes(region: bytes, kind: str) -> Iterator[bytes]:
    """Yield what is in the boxes of one kind, of those that follow each other in a region."""
    start = 0
    while start + 8 <= len(region):
        size, header = int.from_bytes(region[start : start + 4]), 8
        if size == 1:  # too large for 32 bits: the size follows
            size, header = int.from_bytes(region[start + 8 : start + 16]), 16
        elif size == 0:  # up to the end
            size = len(region) - start
        if size < header:
            return
        if region[start + 4 : start + 8] == kind.encode("latin-1"):
            yield region[start + header : start + size]
        start += size
