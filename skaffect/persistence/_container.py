"""The file: named arrays, one JSON document, and a checksum over every byte.

It is a safetensors file. That library has no dependencies of its own, wheels of half a
megabyte for every Python and NumPy that we support, and a parser that has been audited: it
compares each claimed size with the file's length before it takes memory, and knows nothing
but arrays of numbers, so neither a pickle nor a path can hide there. A zip of ``.npy`` files
would have had names to climb out of folders, sizes to be unpacked and headers to be
evaluated. What safetensors lacks is a checksum and room for more than text beside the
arrays: both are in the one JSON document that we put there.

The document's first entry is the SHA-256 of the file as it is with 64 zeros in that place.
It tells damage, not intent: whoever crafts a file can sign it too, so what a sound file
says is checked again by those who read it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from skaffect._whole_files import whole_file

# What this skaffect writes; it reads all up to this.
FORMAT = 1
# dtypes of arrays by safetensors' names; it has others, which NumPy has not.
DTYPES = {
    "BOOL": "bool",
    **{f"I{bits}": f"int{bits}" for bits in (8, 16, 32, 64)},
    **{f"U{bits}": f"uint{bits}" for bits in (8, 16, 32, 64)},
    **{f"F{bits}": f"float{bits}" for bits in (16, 32, 64)},
}
_KEY = "skaffect"
# How our files go on after the eight bytes of the header's length.
_OPENING = b'{"__metadata__":{"skaffect":'
_NO_DIGEST = "0" * 64
_CHUNK = 1 << 20
# Its quotes are escaped once more in the header, of which safetensors reads 100 MB.
_LONGEST_DOCUMENT = 40_000_000

Arrays = dict[str, NDArray[Any]]


def write_container(path: str, document: Mapping[str, Any], arrays: Arrays) -> None:
    """Write a file whole or not at all.

    Parameters
    ----------
    path : str
        Where; a file there is replaced.
    document : mapping
        Plain JSON, without NaN.
    arrays : dict of str to ndarray
        Arrays of the dtypes in `DTYPES`, C-contiguous.

    Raises
    ------
    ValueError
        If the document is longer than could be read again.
    """
    whole = {"sha256": _NO_DIGEST, "format": FORMAT, **document}
    text = json.dumps(whole, allow_nan=False)
    if len(text) > _LONGEST_DOCUMENT:
        raise ValueError(
            f"What describes the model takes {len(text)} characters of JSON, and at most "
            f"{_LONGEST_DOCUMENT} can be read again; shorten card, or class names."
        )
    with whole_file(path) as draft:
        # Whoever may read the user's files may read this one; safetensors allows only the user.
        Path(draft).touch()
        mode = os.stat(draft).st_mode
        save_file(arrays, draft, metadata={_KEY: text})
        os.chmod(draft, mode)
        digest = _digest(draft, _NO_DIGEST)
        with open(draft, "r+b") as file:
            file.seek(_header(draft).index(_NO_DIGEST.encode()))
            file.write(digest.encode())


def read_document(path: str) -> dict[str, Any]:
    """Return a file's document, once its checksum agrees and its format is known.

    Parameters
    ----------
    path : str
        The file.

    Returns
    -------
    document : dict
        What was written; its values are not checked.

    Raises
    ------
    ValueError
        If the file is not ours, damaged, cut short or of a newer format.
    """
    with _opened(path) as file:
        return _document(path, file)


def read_container(path: str) -> tuple[dict[str, Any], Arrays]:
    """Return a file's document and its arrays.

    Parameters
    ----------
    path : str
        The file.

    Returns
    -------
    document : dict
        What was written; its values are not checked.
    arrays : dict of str to ndarray
        In memory of their own.

    Raises
    ------
    ValueError
        As `read_document`, or if an array is of a dtype that we do not write.
    """
    with _opened(path) as file:
        document = _document(path, file)
        arrays = {}
        for name in file.keys():  # noqa: SIM118  # no mapping
            dtype = file.get_slice(name).get_dtype()
            if dtype not in DTYPES:
                raise ValueError(f"{path!r} holds numbers of type {dtype}, which no model has.")
            arrays[name] = np.asarray(file.get_tensor(name))
        return document, arrays


@contextmanager
def _opened(path: str) -> Iterator[Any]:
    """Open a file whose sizes agree with its length."""
    try:
        file = safe_open(path, framework="numpy")
    except SafetensorError:
        _refuse(path)
    with file as opened:
        yield opened


def _document(path: str, file: Any) -> dict[str, Any]:
    metadata = file.metadata()
    if not metadata or _KEY not in metadata:
        _refuse(path)
    try:
        document = json.loads(metadata[_KEY])
    except (ValueError, RecursionError):
        _refuse(path)
    digest = document.get("sha256") if isinstance(document, dict) else None
    if not isinstance(digest, str) or not re.fullmatch("[0-9a-f]{64}", digest):
        _refuse(path)
    if _digest(path, digest) != digest:
        _refuse(path)
    version = document.get("format")
    # Only now: a damaged number is not a newer format.
    if not isinstance(version, int) or not 1 <= version <= FORMAT:
        raise ValueError(
            f"{path!r} is a model file of format {version}, and this skaffect reads up to "
            f"{FORMAT}: it was written by a newer one. Upgrade skaffect."
        )
    return document


def _digest(path: str, present: str) -> str:
    """Return the SHA-256 of a file as it is with zeros for the digest that is present."""
    header = _header(path)
    whole = hashlib.sha256(header.replace(present.encode(), _NO_DIGEST.encode(), 1))
    with open(path, "rb") as file:
        file.seek(len(header))
        while chunk := file.read(_CHUNK):
            whole.update(chunk)
    return whole.hexdigest()


def _header(path: str) -> bytes:
    """Return all that stands before the arrays of a file that safetensors has opened."""
    with open(path, "rb") as file:
        length = file.read(8)
        return length + file.read(int.from_bytes(length, "little"))


def _refuse(path: str) -> NoReturn:
    with open(path, "rb") as file:
        ours = file.read(8 + len(_OPENING))[8:] == _OPENING
    if ours:
        raise ValueError(
            f"{path!r} is damaged or cut short: its checksum or its length is wrong. Copy or "
            "download it again, or save the model anew."
        ) from None
    # save_model writes no other suffix; a file with another may be the sound to predict.
    named_so = path.endswith(".safetensors")
    stump = f", or only a stump of one ({os.path.getsize(path)} bytes)" if named_so else ""
    raise ValueError(
        f"{path!r} is not a model file of skaffect{stump}; give a file that save_model or "
        "`skaffect train` wrote, whose name ends in .safetensors."
    ) from None
