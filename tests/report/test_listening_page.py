"""The page of a listening test in Chromium, as a participant uses it."""

from __future__ import annotations

import json

import pytest

from skaffect import analyse_ratings
from skaffect.report._listening_format import clip_order

pytestmark = pytest.mark.slow

_SECONDS = 30  # how long anything may take on a busy machine


class Participant:
    """Who sits before the page."""

    def __init__(self, browser, page):
        self.browser = browser
        browser.get(page.as_uri())

    def one(self, identity):
        return self.browser.find_element("id", identity)

    def wait(self, condition):
        from selenium.webdriver.support.ui import WebDriverWait

        return WebDriverWait(self.browser, _SECONDS, 0.05).until(lambda _: condition())

    def enter(self, code):
        self.one("code").send_keys(code)
        self.browser.find_element("css selector", "#who button").click()

    def play(self):
        """Play the clip, and wait until it says of itself that it was played to its end."""
        self.one("play").click()
        self.wait(lambda: self.one("play").text == "Play again" and self.can_rate())
        film = "const film = document.getElementById('film');"
        time, duration, frames, sound = self.browser.execute_script(
            f"{film} return [film.currentTime, film.duration, "
            "film.getVideoPlaybackQuality().totalVideoFrames, film.webkitAudioDecodedByteCount];"
        )
        assert time == duration == pytest.approx(0.5, abs=0.05)
        assert frames > 0
        assert sound > 0

    def can_rate(self):
        return all(radio.is_enabled() for radio in self.radios())

    def radios(self):
        return self.browser.find_elements("name", "rating")

    def rating(self):
        return next((int(r.get_property("value")) for r in self.radios() if r.is_selected()), None)

    def rate(self, point):
        self.radios()[point - 1].click()

    def next(self):
        self.one("next").click()

    def press(self, *keys):
        self.browser.switch_to.active_element.send_keys(*keys)

    def saved(self, folder):
        """Save, and read what came."""
        self.one("save").click()
        self.wait(lambda: list(folder.glob("*.json")))
        (path,) = folder.glob("*.json")
        return path, json.loads(path.read_text())


@pytest.fixture
def participant(browser, listening_test):
    return Participant(browser, listening_test[0])


def console(browser):
    return browser.get_log("browser")


def test_a_whole_session_with_a_reload_halfway(
    participant, browser, listening_test, tmp_path, requests
):
    page, key = listening_test
    test = json.loads(key.read_text())
    points = {clip: 1 + int(clip, 16) % 5 for clip in test["clips"]}
    order = clip_order(test["seed"], "p01", test["clips"])
    participant.enter(" P01 ")
    for i, clip in enumerate(order):
        assert participant.one("where").text == f"Clip {i + 1} of 14"
        assert participant.one("progress").text == f"{i} rated"
        assert not participant.can_rate()
        participant.play()
        participant.rate(points[clip])
        if i == 6:  # rated and not gone on: all of it is there again
            browser.refresh()
            assert participant.one("name").text == "p01"
            assert participant.one("where").text == "Clip 7 of 14"
            assert participant.rating() == points[clip]
            participant.play()
        participant.next()
    assert participant.one("end-title").text == "All clips are rated"
    path, content = participant.saved(tmp_path / "saved")
    assert path.name == f"ratings_{test['test']}_p01.json"
    assert content["order"] == order
    assert content["ratings"] == points
    result = analyse_ratings([path], key)
    assert (result.participants, result.left_out) == (["p01"], [])
    for clip, shows in test["clips"].items():
        i = result.conditions.index(shows["condition"])
        assert result.ratings[0, i, result.systems.index(shows["system"])] == points[clip]
    assert console(browser) == []
    asked = requests(browser, page)
    assert page.as_uri() in asked
    assert {url.split(":")[0] for url in asked} <= {"file", "blob", "data"}
    assert {url for url in asked if url.startswith("file")} == {page.as_uri()}


def test_with_the_keyboard_alone(participant, browser):
    from selenium.webdriver.common.keys import Keys

    participant.press("p02", Keys.ENTER)
    participant.press("3")  # too early: the clip has not been played
    assert participant.rating() is None
    participant.press(Keys.SPACE)
    participant.wait(participant.can_rate)
    participant.press("3")
    assert participant.rating() == 3
    participant.press(Keys.TAB, Keys.ARROW_RIGHT)
    participant.press(Keys.ARROW_RIGHT)
    assert participant.rating() == 5
    participant.press("2")
    participant.press(Keys.TAB)  # Back cannot be used at the first clip
    assert browser.switch_to.active_element.text == "Next"
    participant.press(Keys.ENTER)
    assert participant.one("where").text == "Clip 2 of 14"
    assert browser.switch_to.active_element.text == "Play"
    assert console(browser) == []


def test_back_forward_and_what_is_missing(participant, browser):
    participant.enter("p03")
    participant.play()
    participant.rate(4)
    participant.next()
    participant.next()
    participant.one("back").click()
    participant.one("back").click()
    assert participant.one("where").text == "Clip 1 of 14"
    assert participant.rating() == 4
    participant.play()
    participant.rate(2)
    browser.find_element("css selector", "#rate .clips li:last-child button").click()
    assert participant.rating() is None
    assert participant.one("next").text == "Finish"
    participant.next()
    assert not participant.one("save").is_enabled()
    assert "Please rate 2, 3, 4" in participant.one("end-text").text
    browser.find_element("css selector", "#end .clips button").click()
    assert participant.rating() == 2
    assert console(browser) == []


def test_participants_of_one_computer_are_kept_apart(participant, browser):
    participant.enter("p04")
    participant.play()
    participant.rate(5)
    participant.one("other").click()
    participant.enter("no spaces")
    assert "letters a to z" in participant.one("code-error").text
    participant.one("code").clear()
    participant.enter("p05")
    assert participant.one("progress").text == "0 rated"
    participant.one("other").click()
    participant.enter("p04")
    assert participant.rating() == 5
    assert console(browser) == []


def test_leaving_a_clip_while_it_plays_does_not_count_as_played(participant, browser):
    participant.enter("p06")
    participant.one("play").click()
    participant.wait(lambda: participant.one("play").text == "Pause")
    participant.next()
    participant.one("back").click()
    participant.wait(lambda: participant.one("play").text == "Play")
    assert not participant.can_rate()
    assert console(browser) == []


def test_without_storage_a_warning_is_shown_and_rating_goes_on(browser, listening_test):
    browser.execute_cdp_cmd(
        "Page.addScriptToEvaluateOnNewDocument",
        {
            "source": "Object.defineProperty(window, 'localStorage', "
            "{ get() { throw new DOMException('denied', 'SecurityError'); } });"
        },
    )
    participant = Participant(browser, listening_test[0])
    participant.enter("p07")
    assert participant.one("unkept").is_displayed()
    participant.play()
    participant.rate(1)
    assert participant.one("progress").text == "1 rated"
    assert console(browser) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 1280])
def test_it_fits_and_can_be_read(participant, browser, width, scheme, low_contrast):
    size = {"width": width, "height": 740, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    dark = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", dark)
    participant.enter("no spaces")
    seen = {}
    for step in ("start", "rate", "end"):
        if step == "rate":
            participant.one("code").clear()
            participant.enter("p08")
            participant.play()
            participant.rate(3)
        if step == "end":
            browser.find_element("css selector", "#rate .clips li:last-child button").click()
            participant.next()
        assert participant.one(step).is_displayed()
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        seen[step] = browser.execute_script(low_contrast)
    assert seen == {"start": [], "rate": [], "end": []}
    lightness = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert (lightness == "rgb(20, 23, 27)") == (scheme == "dark")
