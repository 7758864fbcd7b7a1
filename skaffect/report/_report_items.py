"""What a report is made of, in the order of its page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from skaffect.report._report_tables import Table


@dataclass(frozen=True)
class Text:
    """Paragraphs."""

    kind: ClassVar[str] = "text"
    paragraphs: list[str]


@dataclass(frozen=True)
class Warned:
    """A paragraph that a reader must not miss."""

    kind: ClassVar[str] = "warning"
    text: str


@dataclass(frozen=True)
class Code:
    """Text whose lines and spaces stay as they are, and what it is."""

    kind: ClassVar[str] = "code"
    code: str
    caption: str


@dataclass(frozen=True)
class TableItem:
    """A table, under the number by which its files are named."""

    kind: ClassVar[str] = "table"
    table: Table
    number: int


@dataclass(frozen=True)
class Picture:
    """A figure as a data URI, the width at which its letters have their size, and its text."""

    kind: ClassVar[str] = "figure"
    uri: str
    width_px: int
    alt: str
    caption: str


@dataclass(frozen=True)
class Clip:
    """An MP4 file and the picture shown before it plays, as data URIs, and its size in pixels.

    Picture and size are None where nothing is there to decode the file.
    """

    uri: str
    poster: str | None
    size: tuple[int, int] | None


@dataclass(frozen=True)
class Film:
    """A film, and another cut of it for narrow windows, if there is one."""

    kind: ClassVar[str] = "film"
    clip: Clip
    narrow: Clip | None
    caption: str


@dataclass(frozen=True)
class Sound:
    """A WAV file as a data URI."""

    kind: ClassVar[str] = "sound"
    uri: str
    caption: str


@dataclass(frozen=True)
class Subsection:
    """A heading within a section."""

    kind: ClassVar[str] = "subsection"
    title: str
    anchor: str


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it."""

    title: str
    anchor: str
    items: list[Any] = field(default_factory=list)

    def subsections(self) -> list[Subsection]:
        """Return the headings in this section."""
        return [item for item in self.items if isinstance(item, Subsection)]


def checked_words(name: str, value: Any, why: str) -> str:
    """Return a text, or raise if there is none; `why` says what it is needed for."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, got {type(value).__name__}.")
    if not value.strip():
        raise ValueError(f"{name} is empty; {why}.")
    return value.strip()
