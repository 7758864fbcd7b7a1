"""Phone tracks from label files, and what is said of files that are none."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from skaffect import load_phone_track, make_affective_speech, phone_classes


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "labels.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_generated_track_comes_back(tmp_path: Path) -> None:
    corpus = make_affective_speech(1, 1, emotions=("neutral",), random_state=0)
    expected = corpus.phones[0]
    lines = [f"{start!r}\t{end!r}\t{phone}" for phone, start, end in expected.tolist()]
    track = load_phone_track(written(tmp_path, "\n".join(lines) + "\n"))
    assert track.dtype.names == ("phone", "start", "end")
    for field in ("phone", "start", "end"):
        np.testing.assert_array_equal(track[field], expected[field])
    (read,), (made,) = (phone_classes([one], [230]) for one in (track, expected))
    np.testing.assert_array_equal(read, made)


def test_what_audacity_writes(tmp_path: Path) -> None:
    """Spectral selections have a second line; Windows ends lines its own way."""
    text = (
        "\ufeff0.000000\t0.120000\tsil\r\n\\\t120.5\t-1.000000\r\n0.120000\t0.300000\taa\r\n\r\n"
    )
    track = load_phone_track(str(written(tmp_path, text)))
    assert track.tolist() == [("sil", 0.0, 0.12), ("aa", 0.12, 0.3)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0 0.1 sil\n0.1\t0.2\n", "line 2, is '0.1\\t0.2'; a line has three columns"),
        ("0 0.1 sil\n\n0,1 0.2 m\n", "line 3, has '0,1' for a time; write seconds with a point"),
        ("0.1 0.1 m\n", "line 1, goes from 0.1 to 0.1 s; a phone must end after it begins"),
        ("0 0.2 m\n0.1 0.3 s\n", "line 2, begins at 0.1 s, before the phone above it ends at 0.2"),
        ("-0.1 0.2 m\n", "line 1, has '-0.1' for a time; it must be finite and at least 0"),
        ("0 nan m\n", "line 1, has 'nan' for a time; it must be finite"),
        ("\n\n", "holds no label"),
        (b"0 1 \xff\xfe", "is not a text file in UTF-8"),
    ],
)
def test_files_that_are_no_tracks(text: str | bytes, message: str, tmp_path: Path) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ValueError, match=re.escape(message)) as raised:
        load_phone_track(path)
    assert repr(str(path)) in str(raised.value)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="missing.txt"):
        load_phone_track(tmp_path / "missing.txt")
