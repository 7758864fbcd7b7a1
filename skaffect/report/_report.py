"""A report: one HTML file that holds everything, and its tables beside it."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from numpy.typing import ArrayLike

from skaffect._whole_files import check_target, whole_file, write_text
from skaffect._words import counted
from skaffect.report._report_items import (
    Code,
    Film,
    Section,
    Sound,
    Subsection,
    TableItem,
    Text,
    Warned,
    checked_words,
)
from skaffect.report._report_media import film, picture, sound
from skaffect.report._report_tables import Table
from skaffect.report._templates import page_template

# Some browsers play films from blobs only. The page allows this script and no other.
_SCRIPT = """\
for (const media of document.querySelectorAll("video, audio")) {
  const [head, body] = media.src.split(";base64,");
  const bytes = Uint8Array.from(atob(body), (c) => c.charCodeAt(0));
  media.src = URL.createObjectURL(new Blob([bytes], { type: head.slice("data:".length) }));
}
"""
_TABLE_FILE = re.compile(r"\d{2,}-[a-z0-9-]+\.(csv|json)")


class Report:
    """Texts, tables, figures, films and sounds, to be written as one HTML page.

    The page needs no network and no other file: send it, or open it from the disk. It follows
    the reader's choice of light or dark, and can be read on a phone.

    Parameters
    ----------
    title : str
        The page's title.

    See Also
    --------
    protocol_report : The report of a whole run, to which more can be added.

    Notes
    -----
    What is given is text: names with ``<`` or ``&`` are no HTML. In texts and warnings, words
    between backticks are shown as code; all else is shown as it is. A
    content security policy in the page has the browser itself refuse whatever would be fetched
    or sent, and any script but the page's own of five lines, without which some browsers would
    play no film.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skaffect import Report
    >>> report = Report("Two emotions")
    >>> report.add_section("Results").add_text("Speakers were not heard in training.")
    Report('Two emotions', 1 section)
    >>> rows = [{"emotion": "angry", "recall": 0.72}, {"emotion": "sad", "recall": 0.64}]
    >>> report.add_table(rows, caption="Recall")
    Report('Two emotions', 1 section)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = report.write(f"{folder}/index.html")
    ...     sorted(path.name for path in Path(folder).rglob("*.*"))
    ['01-recall.csv', '01-recall.json', 'index.html']
    """

    def __init__(self, title: str) -> None:
        self.title = checked_words("title", title, "the page needs one")
        # What comes before the first section has no heading of its own.
        self._sections = [Section("", "start")]
        self._n_tables = 0

    def __repr__(self) -> str:
        return f"Report({self.title!r}, {counted(len(self._sections) - 1, 'section')})"

    def add_section(self, title: str) -> Report:
        """Begin a section, which the table of contents names.

        Parameters
        ----------
        title : str
            Its heading.

        Returns
        -------
        report : Report
            This report, as of all that add to it.
        """
        words = checked_words("title", title, "a section needs a heading")
        self._sections.append(Section(words, f"section-{len(self._sections)}"))
        return self

    def add_subsection(self, title: str) -> Report:
        """Begin a part of the section.

        Parameters
        ----------
        title : str
            Its heading.

        Returns
        -------
        report : Report
            This report.
        """
        words = checked_words("title", title, "a subsection needs a heading")
        section = self._sections[-1]
        if not section.title:
            raise ValueError("There is no section yet that this could be part of; add_section.")
        anchor = f"{section.anchor}-{len(section.subsections()) + 1}"
        return self._add(Subsection(words, anchor))

    def add_text(self, text: str) -> Report:
        """Add paragraphs.

        Parameters
        ----------
        text : str
            The text; empty lines part its paragraphs, and what stands between backticks is shown
            as code.

        Returns
        -------
        report : Report
            This report.
        """
        words = checked_words("text", text, "leave it out")
        return self._add(Text(re.split(r"\n\s*\n", words)))

    def add_warning(self, text: str) -> Report:
        """Add a paragraph that stands out: what a reader has to know about the figures.

        Parameters
        ----------
        text : str
            The text; what stands between backticks is shown as code.

        Returns
        -------
        report : Report
            This report.
        """
        return self._add(Warned(checked_words("text", text, "leave it out")))

    def add_code(self, code: str, *, caption: str) -> Report:
        """Add lines that are shown as they are: a command, a program, parameters.

        Parameters
        ----------
        code : str
            The lines.
        caption : str
            What they are.

        Returns
        -------
        report : Report
            This report.
        """
        checked_words("code", code, "leave it out")
        words = checked_words("caption", caption, "say what these lines are")
        return self._add(Code(code.strip("\n"), words))

    def add_table(self, table: Any, *, caption: str) -> Report:
        """Add a table.

        Parameters
        ----------
        table : sequence of dict of str to cell, or pandas.DataFrame
            The rows; the keys, or columns, are the headers. Cells are texts, numbers, bools,
            or None. The page shows few decimals of what is no integer, equally many in a
            column; the files beside it have all.
        caption : str
            What the table shows. Its files are named by it.

        Returns
        -------
        report : Report
            This report.
        """
        words = checked_words("caption", caption, "say what the table shows")
        item = TableItem(Table(table, words), self._n_tables + 1)
        self._n_tables += 1
        return self._add(item)

    def add_figure(self, figure: Any, *, alt: str, caption: str = "") -> Report:
        """Add a figure.

        Parameters
        ----------
        figure : matplotlib.figure.Figure or matplotlib.axes.Axes
            The figure, or a plot in it, as plotting functions return. It is kept as it looks
            now: as SVG, or as PNG where an SVG of more than 100 kB would be three times as
            large.
        alt : str
            What the figure shows, in words, for who does not see it.
        caption : str, default=""
            What is written below it.

        Returns
        -------
        report : Report
            This report.
        """
        words = checked_words(
            "alt", alt, "say what the figure shows, for who does not see it, with its main figures"
        )
        if not isinstance(caption, str):
            raise TypeError(f"caption must be a str, got {type(caption).__name__}.")
        return self._add(picture(figure, words, caption.strip()))

    def add_film(
        self,
        path: str | os.PathLike[str],
        *,
        caption: str,
        narrow: str | os.PathLike[str] | None = None,
    ) -> Report:
        """Add a film with its sound.

        Parameters
        ----------
        path : str or os.PathLike
            An MP4 file that browsers play, with sound, as :func:`animate` writes it. It is
            read now. Before it plays, its middle frame is shown where PyAV is installed.
        caption : str
            What is to be seen and heard.
        narrow : str, os.PathLike or None, default=None
            The same for upright windows as narrow as a telephone's, such as a film of several
            faces that :func:`animate` has ``stacked``; None shows `path` in all.

        Returns
        -------
        report : Report
            This report.
        """
        words = checked_words("caption", caption, "say what is to be seen and heard")
        return self._add(film(path, narrow, words))

    def add_sound(self, waveform: ArrayLike, sr: int = 16000, *, caption: str) -> Report:
        """Add a sound.

        Parameters
        ----------
        waveform : array-like of shape (n_times,)
            The sound, in [-1, 1]; kept in 16 bits.
        sr : int, default=16000
            Its sampling rate in Hz.
        caption : str
            What is to be heard.

        Returns
        -------
        report : Report
            This report.
        """
        words = checked_words("caption", caption, "say what is to be heard")
        return self._add(sound(waveform, sr, words))

    def write(self, path: str | os.PathLike[str]) -> str:
        """Write the page, and its tables beside it.

        Parameters
        ----------
        path : str or os.PathLike
            The page to write, ending in ``.html``. For ``index.html`` the tables are in the
            folder ``index_tables``, each as CSV and as JSON, named by number and caption as in
            ``01-recall.csv``. What older reports left there under such names is removed. The
            page offers the same files without that folder.

        Returns
        -------
        path : str
            The page's file.

        Raises
        ------
        OSError
            If the folder of `path` is missing, or it or that of the tables cannot be written
            to. Nothing is changed then.
        ImportError
            If Jinja is not installed.
        """
        page, suffix = check_target(path, (".html",))
        html = self._html()
        folder = Path(f"{page[: -len(suffix)]}_tables")
        contents = self._table_files()
        if contents:
            folder.mkdir(exist_ok=True)
        with ExitStack() as drafts:
            # Drafts take their places in reverse order: the page when its tables are there.
            _draft(drafts, page, html)
            for name, content in contents.items():
                _draft(drafts, str(folder / name), content)
        for found in folder.glob("*"):
            if _TABLE_FILE.fullmatch(found.name) and found.name not in contents:
                found.unlink()
        return page

    def _add(self, item: Any) -> Report:
        self._sections[-1].items.append(item)
        return self

    def _html(self) -> str:
        digest = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode("ascii")
        text: str = page_template("report.html").render(
            title=self.title,
            start=self._sections[0],
            sections=self._sections[1:],
            has_media=any(
                isinstance(item, Film | Sound)
                for section in self._sections
                for item in section.items
            ),
            script=_SCRIPT,
            script_digest=digest,
        )
        return text

    def _table_files(self) -> dict[str, str]:
        files = {}
        for section in self._sections:
            for item in section.items:
                if isinstance(item, TableItem):
                    name = item.table.file_name(item.number)
                    files[f"{name}.csv"] = item.table.csv()
                    files[f"{name}.json"] = item.table.json()
        return files


def _draft(drafts: ExitStack, path: str, text: str) -> None:
    write_text(drafts.enter_context(whole_file(path)), text)
