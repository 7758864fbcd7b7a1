"""The report of skaffect evaluate in Chromium: films play to their end, and it can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from skaffect.cli import main

pytestmark = pytest.mark.slow

_SECONDS = 60  # how long anything may take on a busy machine
_SHOWN = '[...document.querySelectorAll("video")].filter((film) => film.checkVisibility())'
_ENDED = f"return {_SHOWN}.every((film) => film.ended);"
_FILMS = f"""
return {_SHOWN}.map((film) => ({{
  error: film.error?.message ?? null, sound: film.webkitAudioDecodedByteCount,
  frames: film.getVideoPlaybackQuality().totalVideoFrames, duration: film.duration,
  width: film.videoWidth, height: film.videoHeight,
}}));
"""


@pytest.fixture(scope="module")
def page(recordings, shrink_networks, tmp_path_factory) -> Path:
    """The report of faces of two speakers, by networks of next to no size."""
    pytest.importorskip("av", reason="PyAV comes with the extra skaffect[face]")
    output = tmp_path_factory.mktemp("faces") / "new"
    words = ["--pattern", "{speaker}/{emotion}_*.wav", "--epochs", "2", "--output", str(output)]
    with pytest.MonkeyPatch.context() as patch:
        shrink_networks(patch)
        assert main(["evaluate", "animation", str(recordings), *words]) == 0
    return output / "index.html"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_films_play_and_all_can_be_read(browser, page, requests, low_contrast, width, scheme):
    from selenium.webdriver.support.ui import WebDriverWait

    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    browser.get(page.as_uri())
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert browser.execute_script(low_contrast) == []
    browser.execute_script(f"for (const film of {_SHOWN}) film.play();")
    WebDriverWait(browser, _SECONDS, 0.1).until(lambda _: browser.execute_script(_ENDED))
    films = browser.execute_script(_FILMS)
    assert len(films) == 2
    for film in films:
        assert film["error"] is None
        assert film["sound"] > 0
        assert film["frames"] > 0
        # Faces side by side, or one above the other on a phone.
        assert (film["width"] > film["height"]) == (width > 600)
        assert 1 < film["duration"] < 6
    images = "return [...document.images].every((i) => i.complete && i.naturalWidth > 50)"
    assert browser.execute_script(images)
    assert browser.get_log("browser") == []
    assert {url.split(":")[0] for url in requests(browser, page)} <= {"file", "blob", "data"}
