"""A report: one page that is whole, safe and accessible, and its tables beside it."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import soundfile
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from skaffect import Report

HOSTILE = '</td><script>alert(1)</script> & "quoted" {{ 7 * 7 }} $x$'
ROWS = [
    {"emotion": "angry", "recall": 0.72153, "utterances": 60, "known": True},
    {"emotion": HOSTILE, "recall": float("nan"), "utterances": 1234567, "known": False},
    {"emotion": None, "recall": np.float32(0.5), "utterances": np.int64(3)},
]


class Page(HTMLParser):
    """The elements of a page with their attributes, and the text of each."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.source = path.read_text()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(self.source)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_endtag(self, tag):
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data):
        if data.strip() and self._open:
            self.texts.append((self._open[-1], data.strip()))

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    def texts_in(self, *tags):
        return [text for tag, text in self.texts if tag in tags]


def curve() -> Figure:
    figure = Figure(figsize=(4, 3))
    figure.subplots().plot([1, 2, 3])
    return figure


@pytest.fixture
def report():
    report = Report(f"Title {HOSTILE}")
    report.add_text("Before any section.\n\nA second paragraph.")
    report.add_section(HOSTILE).add_table(ROWS, caption=f"Recall {HOSTILE}")
    report.add_subsection("Part").add_figure(curve(), alt=HOSTILE, caption="A line")
    report.add_section("Again").add_warning(HOSTILE).add_code("a\n  <b>", caption=HOSTILE)
    report.add_sound(0.1 * np.sin(np.arange(1600)), caption=HOSTILE)
    return report


@pytest.fixture
def page(report, tmp_path):
    return Page(Path(report.write(tmp_path / "index.html")))


def data_of(uri: str, medium: str) -> bytes:
    head, body = uri.split(";base64,")
    assert head.startswith(f"data:{medium}")
    return base64.b64decode(body)


def test_names_stay_text_wherever_they_stand(page):
    assert len(page.all("script")) == 1
    assert "alert(1)</script>" not in page.source
    assert f"Title {HOSTILE}" in page.texts_in("title")
    assert HOSTILE in page.texts_in("h2")
    assert HOSTILE in page.texts_in("th")
    assert page.all("img")[0]["alt"] == HOSTILE
    assert page.texts_in("code") == ["a\n  <b>"]


def test_code_of_one_line_is_wrapped_and_others_keep_their_lines(tmp_path):
    report = Report("T").add_code("skaffect demo", caption="A").add_code("{\n}", caption="B")
    source = Path(report.write(tmp_path / "index.html")).read_text()
    assert re.findall('<pre( class="line")? .*?<code>([^<]*)', source) == [
        (' class="line"', "skaffect demo"),
        ("", "{\n}"),
    ]


def test_what_stands_between_backticks_is_code_and_stays_text(tmp_path):
    report = Report("T").add_text("Say `a < b`, twice.").add_warning("One ` alone, `<b>`.")
    page = Page(Path(report.write(tmp_path / "index.html")))
    assert page.texts_in("code") == ["a < b", "<b>"]
    assert page.all("b") == []


def test_the_page_is_accessible(page):
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids)) > 5
    named = [
        attributes["aria-labelledby"]
        for _, attributes in page.elements
        if "aria-labelledby" in attributes
    ]
    links = [a["href"][1:] for a in page.all("a") if a["href"].startswith("#")]
    assert {*named, *links} <= set(ids)
    assert links == ["section-1", "section-1-1", "section-2"]
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels == [1, 2, 2, 3, 2]  # title, contents, sections
    assert {th["scope"] for th in page.all("th")} == {"col", "row"}
    assert all(image["alt"] for image in page.all("img"))
    assert page.all("html") == [{"lang": "en"}]


def test_the_page_asks_for_nothing_and_runs_one_script(page):
    text = re.sub(r"base64,[\w+/=]+", "", page.source)
    assert not re.search(r"https?:|//\w+\.\w|\bfetch\(|XMLHttpRequest|@import|url\(", text)
    for tag in ("img", "audio", "video"):
        assert all(element["src"].startswith("data:") for element in page.all(tag))
    (policy,) = [
        meta["content"]
        for meta in page.all("meta")
        if meta.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy.startswith("default-src 'none'; ")
    script = re.search(r"<script>(.*?)</script>", page.source, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in policy


def test_the_files_beside_the_page_and_in_it_hold_its_numbers(page, tmp_path):
    folder = tmp_path / "index_tables"
    names = sorted(path.name for path in folder.iterdir())
    assert [Path(name).suffix for name in names] == [".csv", ".json"]
    assert all(name.startswith("01-recall-") for name in names)
    with open(folder / names[0], newline="") as stream:
        rows = list(csv.DictReader(stream))
    (content,) = [json.loads((folder / name).read_text()) for name in names[1:]]
    assert content["caption"] == f"Recall {HOSTILE}"
    assert [row["emotion"] for row in content["rows"]] == ["angry", HOSTILE, None]
    assert [row["recall"] for row in content["rows"]] == [0.72153, None, 0.5]
    assert [row["utterances"] for row in content["rows"]] == [60, 1234567, 3]
    assert [row["known"] for row in content["rows"]] == [True, False, None]
    assert [row["recall"] for row in rows] == ["0.72153", "", "0.5"]
    shown = [data["value"] for data in page.all("data")]
    assert shown == ["0.72153", "60", "1234567", "0.5", "3"]
    assert page.texts_in("data") == ["0.722", "60", "1234567", "0.500", "3"]
    links = {a["download"]: a["href"] for a in page.all("a") if "download" in a}
    assert sorted(links) == names
    assert data_of(links[names[0]], "text/csv") == (folder / names[0]).read_bytes()
    assert data_of(links[names[1]], "application/json") == (folder / names[1]).read_bytes()


def test_numbers_stand_on_the_right(page):
    header = [th.get("class") for th in page.all("th") if th["scope"] == "col"]
    assert header == [None, "number", "number", None]


def test_a_pandas_frame_is_a_table(tmp_path):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": [1, 2], "b": ["x", None], "c": [0.25, np.nan]})
    path = Report("T").add_table(frame, caption="Frame").write(tmp_path / "a.html")
    rows = json.loads((tmp_path / "a_tables" / "01-frame.json").read_text())["rows"]
    assert rows == [{"a": 1, "b": "x", "c": 0.25}, {"a": 2, "b": None, "c": None}]
    assert Page(Path(path)).texts_in("h2") == []


def test_lines_are_svg_and_large_pictures_png(tmp_path):
    noise = Figure(figsize=(3, 3))
    axes = noise.subplots()
    rng = np.random.default_rng(0)
    axes.scatter(*rng.normal(size=(2, 20000)))
    report = Report("T").add_figure(curve(), alt="A line").add_figure(axes, alt="Dots")
    images = Page(Path(report.write(tmp_path / "a.html"))).all("img")
    assert data_of(images[0]["src"], "image/svg+xml").endswith(b"</svg>\n")
    assert data_of(images[1]["src"], "image/png").startswith(b"\x89PNG")
    assert 200 < int(re.search(r"(\d+)px", images[0]["style"])[1]) < 4 * 96


def test_same_report_same_bytes(tmp_path):
    for name in ("a", "b"):
        report = Report("T").add_table(ROWS, caption="R").add_figure(curve(), alt="A line")
        report.write(tmp_path / f"{name}.html")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert plt.get_fignums() == []


def test_a_sound_is_kept_in_16_bits(page):
    (audio,) = page.all("audio")
    values, sr = soundfile.read(io.BytesIO(data_of(audio["src"], "audio/wav")))
    assert sr == 16000
    np.testing.assert_allclose(values, 0.1 * np.sin(np.arange(1600)), atol=1e-4)


def test_a_film_has_its_bytes_and_its_middle_frame(systems, tmp_path):
    from PIL import Image

    path = systems["all combined"]["surprise"]
    report = Report("T").add_film(path, caption="A film")
    (film,) = Page(Path(report.write(tmp_path / "a.html"))).all("video")
    assert data_of(film["src"], "video/mp4") == Path(path).read_bytes()
    assert "controls" in film
    poster = Image.open(io.BytesIO(data_of(film["poster"], "image/png")))
    assert poster.size == (64, 64)
    np.testing.assert_allclose(poster.getpixel((32, 32)), (180, 120, 90), atol=6)


def test_a_film_may_have_another_for_narrow_windows(systems, tmp_path):
    across, narrow = (of["sad"] for of in systems.values())
    report = Report("T").add_film(across, caption="A film", narrow=narrow)
    films = Page(Path(report.write(tmp_path / "a.html"))).all("video")
    contents = [data_of(film["src"], "video/mp4") for film in films]
    assert contents == [Path(path).read_bytes() for path in (across, narrow)]
    with pytest.raises(FileNotFoundError, match="narrow is 'no.mp4'"):
        Report("T").add_film(across, caption="A film", narrow="no.mp4")


def test_a_film_without_pyav_has_no_poster(systems, tmp_path, monkeypatch):
    monkeypatch.setattr("skaffect.report._report_media.find_spec", lambda name: None)
    report = Report("T").add_film(systems["all combined"]["sad"], caption="A film")
    (film,) = Page(Path(report.write(tmp_path / "a.html"))).all("video")
    assert "poster" not in film


def test_writing_anew_removes_older_tables_and_nothing_else(tmp_path):
    report = Report("T").add_table(ROWS, caption="One").add_table(ROWS, caption="Two")
    report.write(tmp_path / "a.html")
    (tmp_path / "a_tables" / "notes.txt").write_text("mine")
    Report("T").add_table(ROWS, caption="One").write(tmp_path / "a.html")
    names = sorted(path.name for path in (tmp_path / "a_tables").iterdir())
    assert names == ["01-one.csv", "01-one.json", "notes.txt"]
    Report("T").add_text("No tables").write(tmp_path / "b.html")
    assert not (tmp_path / "b_tables").exists()


def test_a_page_that_fails_leaves_the_older_one(tmp_path):
    path = Path(Report("Old").add_table(ROWS, caption="One").write(tmp_path / "a.html"))
    before = path.read_bytes()
    (tmp_path / "a_tables" / "02-two.json").mkdir()
    report = Report("New").add_table(ROWS, caption="One").add_table(ROWS, caption="Two")
    with pytest.raises(OSError, match="02-two.json"):
        report.write(path)
    assert path.read_bytes() == before
    assert not list(tmp_path.rglob("*.part"))


def test_without_jinja_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(ImportError, match=r'pip install "skaffect\[report\]"'):
        Report("T").write(tmp_path / "a.html")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("add", "error", "message"),
    [
        (lambda r: r.add_figure(curve(), alt=" "), ValueError, "alt is empty; say what"),
        (lambda r: r.add_figure("a.png", alt="a"), TypeError, "figure must be a matplotlib"),
        (lambda r: r.add_figure(curve(), alt="a", caption=1), TypeError, "caption must be a str"),
        (lambda r: r.add_table([], caption="a"), ValueError, "table is empty"),
        (lambda r: r.add_table([[1, 2]], caption="a"), TypeError, "each a dict of header"),
        (lambda r: r.add_table([{"a": [1]}], caption="a"), TypeError, r"must be a str, a number"),
        (lambda r: r.add_table([{1: 2}], caption="a"), TypeError, "Headers of table must be str"),
        (lambda r: r.add_table(ROWS, caption=""), ValueError, "caption is empty"),
        (lambda r: r.add_subsection("a"), ValueError, "no section yet"),
        (lambda r: r.add_text(3), TypeError, "text must be a str, got int"),
        (lambda r: r.add_sound([2.0], caption="a"), ValueError, r"must lie in \[-1, 1\]"),
        (lambda r: r.add_sound([[0.0]], caption="a"), ValueError, r"must have shape \(n_times,\)"),
        (lambda r: r.add_film("no.mp4", caption="a"), FileNotFoundError, "film is 'no.mp4'"),
        (lambda r: r.write("a.pdf"), ValueError, "path must end in .html"),
    ],
)
def test_what_is_wrong_is_said_and_not_added(add, error, message):
    report = Report("T")
    with pytest.raises(error, match=message):
        add(report)
    assert report._html() == Report("T")._html()
