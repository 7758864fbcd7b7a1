"""A report's page in Chromium: it plays, fits, can be read, and asks for nothing."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import GroupKFold
from sklearn.naive_bayes import GaussianNB

from skaffect import (
    EMOTIONS,
    EmotionSegment,
    SplitProtocol,
    plot_emotion_timeline,
    protocol_report,
    run_protocol,
)

pytestmark = pytest.mark.slow

_SECONDS = 30  # how long anything may take on a busy machine
_PLAYED = """
return [...document.querySelectorAll("video, audio")].map((media) => ({
  tag: media.tagName, scheme: media.src.split(":")[0], ended: media.ended,
  time: media.currentTime, duration: media.duration, error: media.error?.message ?? null,
  frames: media.getVideoPlaybackQuality?.().totalVideoFrames,
  sound: media.webkitAudioDecodedByteCount,
}));
"""
# What reaches beyond the window, but for what moves in a box of its own.
_OVERFLOWING = """
return [...document.querySelectorAll("body *")]
  .filter((e) => !e.closest(".box, pre") || e.matches(".box, pre"))
  .filter((e) => e.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
  .map((e) => e.outerHTML.slice(0, 80));
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory, systems) -> Path:
    """The report of a run of eight speakers, with a film, a sound and a timeline."""
    rng = np.random.default_rng(0)
    target = np.tile(EMOTIONS, 16)
    centres = dict(zip(EMOTIONS, 2 * rng.normal(size=(len(EMOTIONS), 5)), strict=True))
    corpus = {
        "data": np.array([centres[name] for name in target]) + rng.normal(size=(len(target), 5)),
        "target": target,
        "speaker": np.repeat([f"a speaker of a long name, {i}" for i in range(8)], 14),
    }
    metrics = {"UAR": balanced_accuracy_score}
    folder = tmp_path_factory.mktemp("report")
    run_protocol(
        {"a system with a rather long name": GaussianNB(), "majority": DummyClassifier()},
        {"clean": corpus},
        SplitProtocol(GroupKFold(4)),
        folder=folder / "run",
        metrics=metrics,
        random_state=0,
    )
    report = protocol_report(
        folder / "run", metrics=metrics, title="Emotions of unheard speakers", n_resamples=100
    )
    timeline = [
        EmotionSegment(0.0, 1.0, "sad", 0.7, "fear", 0.2),
        EmotionSegment(1.0, 2.0, None, 0.0, None, 0.0),
        EmotionSegment(2.0, 3.4, "angry", 0.8, "sad", 0.2),
    ]
    sound = 0.3 * rng.uniform(-1, 1, 54400) * np.repeat([1, 0, 0.5, 0.2], 13600)
    report.add_section("A recording").add_figure(
        plot_emotion_timeline(timeline, sound), alt="Sad, then silence, then angry."
    )
    report.add_sound(sound[:8000], caption="Its beginning")
    wide, narrow = (of["sad"] for of in systems.values())
    report.add_film(wide, caption="A film", narrow=narrow)
    report.add_warning("Something to mind.").add_code("x" * 300, caption="A long line")
    return Path(report.write(folder / "index.html"))


@pytest.fixture
def show(browser, page):
    """Return a function that opens the page in a window of some width, light or dark."""

    def show(width, scheme):
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        browser.get(page.as_uri())

    return show


def test_films_and_sounds_play_to_their_end_and_nothing_is_fetched(show, browser, page, requests):
    from selenium.webdriver.support.ui import WebDriverWait

    show(1280, "light")
    browser.execute_script('for (const m of document.querySelectorAll("video, audio")) m.play();')
    wait = WebDriverWait(browser, _SECONDS, 0.1)
    wait.until(lambda _: all(media["ended"] for media in browser.execute_script(_PLAYED)))
    for media in browser.execute_script(_PLAYED):
        assert media["time"] == media["duration"] == pytest.approx(0.5, abs=0.05)
        assert media["scheme"] == "blob"
        assert media["error"] is None
        assert media["sound"] > 0
        assert media["tag"] == "AUDIO" or media["frames"] > 0
    images = "return [...document.images].every((i) => i.complete && i.naturalWidth > 50)"
    assert browser.execute_script(images)
    assert browser.get_log("browser") == []
    asked = requests(browser, page)
    assert page.as_uri() in asked
    assert {url.split(":")[0] for url in asked} <= {"file", "blob", "data"}
    assert {url for url in asked if url.startswith("file")} == {page.as_uri()}


def test_the_page_refuses_other_scripts_and_the_network(show, browser):
    show(1280, "light")
    found = browser.execute_async_script("""
const [done] = arguments;
const refused = [];
document.addEventListener("securitypolicyviolation", (e) => refused.push(e.effectiveDirective));
const script = document.createElement("script");
script.textContent = "document.title = 'changed'";
document.body.append(script);
const image = document.createElement("img");
image.src = "http://localhost:9/x.png";
document.body.append(image);
setTimeout(() => done([document.title, refused.sort()]), 500);
""")
    assert found == ["Emotions of unheard speakers", ["img-src", "script-src-elem"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 390, 1280])
def test_it_fits_and_can_be_read(show, browser, width, scheme, low_contrast):
    show(width, scheme)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert browser.execute_script(_OVERFLOWING) == []
    assert browser.execute_script(low_contrast) == []
    lines = "return [...document.querySelectorAll('pre.line')]"
    assert browser.execute_script(f"{lines}.map((e) => e.scrollWidth <= e.clientWidth)") == [True]
    lightness = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert (lightness == "rgb(20, 23, 27)") == (scheme == "dark")
    colors = browser.execute_script(
        "return [...document.querySelectorAll('.card')]"
        ".map((card) => getComputedStyle(card).backgroundColor)"
    )
    assert set(colors) == {"rgb(255, 255, 255)"}


@pytest.mark.parametrize(("width", "shown"), [(390, [False, True]), (1280, [True, False])])
def test_one_film_is_shown_with_room_for_the_bar_below_it(show, browser, width, shown):
    show(width, "light")
    films = browser.find_elements("css selector", "video")
    assert [film.is_displayed() for film in films] == shown
    size = films[shown.index(True)].size
    assert size["width"] >= 300
    # The picture, a square, stands at the top; Chromium's bar takes 72 px.
    assert size["height"] - size["width"] >= 72


def test_charts_keep_their_size_on_a_phone_and_move_with_the_keyboard(show, browser):
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import WebDriverWait

    show(390, "light")
    shares = browser.execute_script(
        "return [...document.querySelectorAll('.card img')]"
        ".map((image) => image.width / parseFloat(image.style.getPropertyValue('--width')))"
    )
    assert shares
    assert all(0.65 < share <= 1 for share in shares)
    box = browser.find_element("css selector", ".box.wide")
    browser.execute_script("arguments[0].focus()", box)
    box.send_keys(Keys.ARROW_RIGHT * 3)
    moved = partial(browser.execute_script, "return arguments[0].scrollLeft", box)
    WebDriverWait(browser, _SECONDS, 0.1).until(lambda _: moved() > 20)


def test_tables_can_be_saved_and_moved_with_the_keyboard(show, browser, page, tmp_path):
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import WebDriverWait

    show(320, "light")
    box = browser.find_element("css selector", ".table .box:has(td:nth-child(7))")
    browser.execute_script("arguments[0].focus()", box)
    box.send_keys(Keys.ARROW_RIGHT * 3)
    moved = partial(browser.execute_script, "return arguments[0].scrollLeft", box)
    wait = WebDriverWait(browser, _SECONDS, 0.1)
    wait.until(lambda _: moved() > 20)
    browser.find_element("css selector", "a[download$='.csv']").click()
    wait.until(lambda _: list((tmp_path / "saved").glob("*.csv")))
    (saved,) = (tmp_path / "saved").glob("*.csv")
    beside = page.with_name("index_tables") / saved.name
    assert saved.read_bytes() == beside.read_bytes()
    assert browser.get_log("browser") == []
