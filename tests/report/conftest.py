"""A browser, clips of two systems, a test made of them, and what its participants save."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest

from skaffect import EMOTIONS, make_listening_test
from skaffect.report._listening_format import clip_order

mpl.use("Agg")

from matplotlib import pyplot as plt

_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",  # which root cannot have
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
# Fails where a WCAG AA contrast of 4.5 is missed by text that is shown and can be used.
_LOW_CONTRAST = """
const channel = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
function behind(element) {
  for (let e = element; e; e = e.parentElement) {
    const color = numbers(getComputedStyle(e).backgroundColor);
    if (color.length === 3 || color[3] > 0) return color;
  }
}
const found = [];
for (const e of document.querySelectorAll("body *")) {
  const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  if (!own || !e.checkVisibility() || e.closest(":disabled")) continue;
  const both = [light(numbers(getComputedStyle(e).color)), light(behind(e))];
  const [a, b] = both.sort((x, y) => y - x);
  if ((a + 0.05) / (b + 0.05) < 4.5) found.push([e.textContent.trim(), (a + 0.05) / (b + 0.05)]);
}
return found;
"""

SYSTEMS = ("emotion dependent", "all combined")


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="session")
def systems(tmp_path_factory) -> dict[str, dict[str, str]]:
    """Two systems' clips for seven emotions, half a second of colour and tone each."""
    if importlib.util.find_spec("av") is None:
        pytest.skip("PyAV comes with the extra skaffect[face]")
    from skaffect.plotting._films import write_mp4

    folder = tmp_path_factory.mktemp("clips")
    times = np.arange(24000) / 48000
    clips: dict[str, dict[str, str]] = {system: {} for system in SYSTEMS}
    for i, emotion in enumerate(EMOTIONS):
        tone = (0.2 * np.sin(2 * np.pi * 200 * (1 + i) * times)).astype(np.float32)
        for j, system in enumerate(SYSTEMS):
            picture = np.full((64, 64, 4), (30 * i, 120 * j, 90, 255), np.uint8)
            path = str(folder / f"{system}_{emotion}.mp4")
            write_mp4(path, iter([picture] * 12), 25, tone, 48000)
            clips[system][emotion] = path
    return clips


@pytest.fixture(scope="session")
def listening_test(systems, tmp_path_factory) -> tuple[Path, Path]:
    """The page and the key of a test of seed 5."""
    folder = tmp_path_factory.mktemp("test")
    page, key = make_listening_test(folder / "faces.html", systems, seed=5)
    return Path(page), Path(key)


@pytest.fixture
def answered(listening_test):
    """Return a function from a participant and a rule of condition and system to their file."""
    key = json.loads(listening_test[1].read_text())

    def make(participant, rule):
        order = clip_order(key["seed"], participant, key["clips"])
        shown = {clip: key["clips"][clip] for clip in order}
        return {
            "format": "skaffect-listening-ratings",
            "version": 1,
            "test": key["test"],
            "manifest": key["manifest"],
            "participant": participant,
            "order": order,
            "ratings": {
                clip: rule(key["conditions"].index(s["condition"]), SYSTEMS.index(s["system"]))
                for clip, s in shown.items()
            },
        }

    return make


@pytest.fixture(scope="session")
def programs() -> tuple[str, str]:
    """Paths of Chromium and of its driver; Debian's packages chromium and chromium-driver."""
    found = shutil.which("chromium"), shutil.which("chromedriver")
    if None in found:
        reason = "chromium or chromedriver is missing"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture
def browser(programs, tmp_path):
    """A browser with nothing in it, which saves what it downloads to ``tmp_path/saved``."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = programs[0]
    for argument in (*_ARGUMENTS, f"--user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    (tmp_path / "saved").mkdir()
    options.add_experimental_option(
        "prefs", {"download.default_directory": str(tmp_path / "saved")}
    )
    driver = webdriver.Chrome(options=options, service=Service(programs[1]))
    yield driver
    driver.quit()


@pytest.fixture
def low_contrast() -> str:
    """A script that returns the texts of a page whose contrast is too low."""
    return _LOW_CONTRAST


@pytest.fixture
def requests():
    """Return a function from a browser and its page to all that the page asked for."""

    def requests(browser, page):
        """Addresses of all that the page asked for, by the browser's own record."""
        events = [
            json.loads(entry["message"])["message"] for entry in browser.get_log("performance")
        ]
        return [
            event["params"]["request"]["url"]
            for event in events
            if event["method"] == "Network.requestWillBeSent"
            and event["params"]["documentURL"] == page.as_uri()
        ]

    return requests
