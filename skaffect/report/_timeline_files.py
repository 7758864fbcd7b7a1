"""An emotion timeline as a file: a table, subtitles, or labels of an audio editor."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Sequence

from skaffect._whole_files import check_target, whole_file, write_text
from skaffect.report._timeline import EmotionSegment, check_segments, in_words


def write_timeline(path: str | os.PathLike[str], timeline: Sequence[EmotionSegment]) -> str:
    """Write the emotions along a recording in the format that the file's name asks for.

    Parameters
    ----------
    path : str or os.PathLike
        The file. Its end says what is written:

        - ``.csv``: a row for each stretch under a header of :class:`EmotionSegment`'s names:
          times in seconds, shares in [0, 1]; empty where there is no emotion;
        - ``.json``: a list of objects with the same names; null where there is none;
        - ``.srt``: subtitles for a video player, without the silent stretches;
        - ``.txt``: Audacity's labels, start, stop and text apart by tabs, without them too.

        Subtitles and labels say how many seconds voted where it is less than half of a stretch.
    timeline : sequence of EmotionSegment
        Of one recording, as :func:`emotion_timeline` gives it.

    Returns
    -------
    path : str
        The file, which is written whole or not at all.

    Raises
    ------
    TypeError, ValueError
        If `path` ends in none of these, or `timeline` holds something else.
    OSError
        If the folder is missing or cannot be written to.

    See Also
    --------
    emotion_timeline : Makes it.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from skaffect import EmotionSegment, write_timeline
    >>> timeline = [EmotionSegment(0.0, 1.0, "sad", 0.8, "neutral", 0.2)]
    >>> with TemporaryDirectory() as folder:
    ...     print(Path(write_timeline(f"{folder}/a.srt", timeline)).read_text())
    1
    00:00:00,000 --> 00:00:01,000
    sad 80 %, neutral 20 %
    <BLANKLINE>
    """
    path, suffix = check_target(path, tuple(_WRITERS))
    check_segments(timeline)
    text = _WRITERS[suffix](timeline)
    with whole_file(path) as draft:
        write_text(draft, text)
    return path


def _csv(timeline: Sequence[EmotionSegment]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(EmotionSegment._fields)
    writer.writerows([_rounded(value) for value in segment] for segment in timeline)
    return text.getvalue()


def _json(timeline: Sequence[EmotionSegment]) -> str:
    rows = [
        {name: _rounded(value) for name, value in segment._asdict().items()}
        for segment in timeline
    ]
    return json.dumps(rows, indent=1, ensure_ascii=False) + "\n"


def _srt(timeline: Sequence[EmotionSegment]) -> str:
    spoken = [segment for segment in timeline if segment.emotion is not None]
    return "\n".join(
        f"{number}\n{_clock(segment.start)} --> {_clock(segment.stop)}\n{_label(segment)}\n"
        for number, segment in enumerate(spoken, start=1)
    )


def _labels(timeline: Sequence[EmotionSegment]) -> str:
    return "".join(
        f"{segment.start:.6f}\t{segment.stop:.6f}\t{_label(segment)}\n"
        for segment in timeline
        if segment.emotion is not None
    )


def _label(segment: EmotionSegment) -> str:
    """Return the emotions, and where less than half of the stretch voted, how much did."""
    words, voted = in_words(segment), segment.voted_seconds
    if voted is None or voted >= 0.5 * (segment.stop - segment.start):
        return words
    return f"{words} (of {voted:.2f} s)"


_WRITERS: dict[str, Callable[[Sequence[EmotionSegment]], str]] = {
    ".csv": _csv,
    ".json": _json,
    ".srt": _srt,
    ".txt": _labels,
}


def _clock(seconds: float) -> str:
    milliseconds = round(1000 * seconds)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{milliseconds // 1000:02d},{milliseconds % 1000:03d}"


def _rounded(value: str | float | None) -> str | float | None:
    return round(value, 4) if isinstance(value, float) else value
