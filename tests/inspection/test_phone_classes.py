"""Classes of frames by their phones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from skaffect import LogFilterbank, make_affective_speech, phone_classes
from skaffect.datasets._phones import PHONES

FIELDS = [("phone", "U4"), ("start", "f8"), ("end", "f8")]


def track(*rows: tuple[str, float, float]) -> np.ndarray:
    return np.array(list(rows), dtype=FIELDS)


def test_the_class_is_that_of_the_phone_at_the_frame_s_centre() -> None:
    # Centres: 12.5, 22.5, 32.5, 42.5, 52.5, 62.5 ms.
    spoken = track(("sil", 0, 0.0225), ("AA1", 0.0225, 0.0424), ("s", 0.0424, 0.06))
    (classes,) = phone_classes([spoken], [6])
    assert classes.tolist() == ["silent", "voiced", "voiced", "unvoiced", "unvoiced", "silent"]


def test_gaps_and_what_lies_before_the_first_phone_are_silent() -> None:
    spoken = track(("m", 0.02, 0.03), ("t", 0.05, 0.06))
    (classes,) = phone_classes([spoken], [6])
    assert classes.tolist() == ["silent", "voiced", "silent", "silent", "unvoiced", "silent"]
    assert phone_classes([track()], [2])[0].tolist() == ["silent", "silent"]


def test_the_generator_s_phones_are_known_by_their_sources() -> None:
    for name, phone in PHONES.items():
        expected = "silent" if name == "sil" else "voiced" if phone.voicing else "unvoiced"
        assert phone_classes([track((name, 0, 0.02))], [1])[0].tolist() == [expected], name


def test_whispered_phones_keep_their_class() -> None:
    corpus = make_affective_speech(1, 1, emotions=("neutral",), mode="both", random_state=0)
    assert corpus.mode.tolist() == ["neutral", "whispered"]
    frames = LogFilterbank().fit_transform(corpus.data)
    classes = phone_classes(corpus.phones, [len(entry) for entry in frames])
    assert [len(entry) for entry in classes] == [len(entry) for entry in frames]
    for entry in classes:
        assert set(entry) == {"voiced", "unvoiced", "silent"}
        assert np.mean(entry == "voiced") > 0.4
        assert entry[0] == entry[-1] == "silent"


def test_names_may_be_given_or_changed() -> None:
    spoken = track(("ç", 0, 0.02), ("b", 0.02, 0.03))
    (classes,) = phone_classes([spoken], [2], classes={"ç": "unvoiced", "B": "silent"})
    assert classes.tolist() == ["unvoiced", "silent"]


def test_a_given_name_counts_as_it_is_written_before_it_counts_for_others() -> None:
    spoken = track(("N", 0, 0.02), ("n", 0.02, 0.03), ("n1", 0.03, 0.04), ("2", 0.04, 0.05))
    given = {"N": "silent", "n": "voiced", "2": "unvoiced"}
    (classes,) = phone_classes([spoken], [4], classes=given)
    assert classes.tolist() == ["silent", "voiced", "voiced", "unvoiced"]
    (classes,) = phone_classes(
        [spoken], [4], classes={"2": "unvoiced", "n": "voiced", "N": "silent"}
    )
    assert classes.tolist() == ["silent", "voiced", "voiced", "unvoiced"]
    spoken = track(("AA1", 0, 0.02), ("AA2", 0.02, 0.03), ("aa0", 0.03, 0.04))
    (classes,) = phone_classes([spoken], [3], classes={"AA1": "silent", "aa2": "silent"})
    assert classes.tolist() == ["silent"] * 3


@pytest.mark.parametrize("sr", [8000, 11025, 16000, 22050, 44100])
def test_frames_lie_where_the_filter_bank_has_them(sr: int) -> None:
    """Energy of one sample is in the frames around it, whatever a hop is in whole samples."""
    waveform = np.zeros(10 * sr, dtype=np.float32)
    at = round(9.7 * sr)
    waveform[at] = 1.0
    (frames,) = LogFilterbank(sr=sr).fit_transform([waveform])
    heard = np.flatnonzero(frames.max(axis=1) > -20)
    # As long as a window, around the sample and the next, which pre-emphasis makes sound too.
    win = int(0.025 * sr + 0.5)
    spoken = track(("aa", (at - win / 2) / sr, (at + 1 + win / 2) / sr))
    (classes,) = phone_classes([spoken], [len(frames)], sr=sr)
    voiced = np.flatnonzero(classes == "voiced")
    assert len(heard) in (2, 3)
    assert voiced.tolist() == heard.tolist()


@pytest.mark.parametrize(
    ("phones", "n_frames", "classes", "error", "message"),
    [
        ([track(("ç", 0, 0.1))], [9], None, ValueError, r"phones\[0] holds 'ç', whose class is"),
        ([track(("m", 0, 450))], [9], None, ValueError, r"phones\[0] ends at 450 s, but the last"),
        (
            [track(("m", 0.1, 0.2), ("s", 0, 0.1))],
            [20],
            None,
            ValueError,
            r"phones\[0]\[1], 's', begins at 0 s, before the phone above it does; sort the track",
        ),
        (
            [track(), track(("m", 0, 0.11), ("s", 0.1, 0.2))],
            [20, 20],
            None,
            ValueError,
            r"phones\[1]\[1], 's', begins at 0.1 s, before the phone above it ends at 0.11 s; end",
        ),
        (
            [track(("m", 0.1, 0.05))],
            [9],
            None,
            ValueError,
            r"phones\[0]\[0], 'm', goes from 0.1 to 0.05 s; .* Exchange its times",
        ),
        (
            [track(("m", 0, 0.1), ("s", np.nan, 0.2))],
            [20],
            None,
            ValueError,
            r"phones\[0]\[1], 's', goes from nan to 0.2 s; times must be finite. Give its times",
        ),
        (
            [track(("m", 0, np.nan))],
            [9],
            None,
            ValueError,
            r"phones\[0]\[0], 'm', goes from 0 to nan s; times must be finite",
        ),
        (
            [track()],
            [9],
            {"AA1": "voiced", "AA2": "silent"},
            ValueError,
            r"classes\['AA1'] is 'voiced' and classes\['AA2'] is 'silent', but both stand for",
        ),
        ([track()], [9, 9], None, ValueError, "phones holds 1 tracks, but n_frames 2 numbers"),
        ([track()], [0], None, ValueError, r"n_frames\[0] must be at least 1, got 0"),
        ([["m", "s"]], [9], None, TypeError, r"phones\[0] must be a structured array with the fi"),
        (
            track(("m", 0, 0.1)),
            [9],
            None,
            TypeError,
            "a sequence of tracks, got one. Wrap it in a",
        ),
        ([track()], [9], {"x": "loud"}, ValueError, r"classes\['x'] must be one of 'voiced', 'u"),
    ],
)
def test_bad_input(phones: Any, n_frames: Any, classes: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        phone_classes(phones, n_frames, classes=classes)
