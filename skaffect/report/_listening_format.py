"""What the page of a listening test, its key and its participants' files agree on."""

from __future__ import annotations

import re
from collections.abc import Iterable

KEY_FORMAT = "skaffect-listening-key"
RATINGS_FORMAT = "skaffect-listening-ratings"
FORMAT_VERSION = 1

# The five points of section III-B of arXiv:1908.03904.
SCALE = {1: "Bad", 2: "Poor", 3: "Fair", 4: "Good", 5: "Very Good"}

# As a regular expression of both Python and HTML. The page turns capitals into small letters,
# for "P01" and "p01" are one participant.
PARTICIPANT_PATTERN = "[a-z0-9_-]{1,32}"


def is_participant(code: str) -> bool:
    """Return whether the page takes such a code for a participant."""
    return re.fullmatch(PARTICIPANT_PATTERN, code) is not None


def clip_order(seed: int, participant: str, clips: Iterable[str]) -> list[str]:
    """Return the order in which a participant sees the clips, the same as in the page.

    Each clip gets a 32-bit hash of ``seed/participant/clip``, and clips stand in the order of
    their hashes: all orders are equally likely, and anyone can find one again.

    Parameters
    ----------
    seed : int
        The test's seed.
    participant : str
        The participant's code.
    clips : iterable of str
        The clips' names, in whatever order.

    Returns
    -------
    order : list of str
        The clips, shuffled.
    """
    return sorted(clips, key=lambda clip: (_hashed(f"{seed}/{participant}/{clip}"), clip))


def _hashed(text: str) -> int:
    """Return a 32-bit hash: FNV-1a (Fowler, Noll, Vo), stirred like MurmurHash3 (Appleby).

    FNV-1a alone moves the last character too little for an order by size.
    """
    value = 0x811C9DC5
    for byte in text.encode("ascii"):
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    value = (value ^ value >> 16) * 0x85EBCA6B & 0xFFFFFFFF
    value = (value ^ value >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
    return value ^ value >> 16
