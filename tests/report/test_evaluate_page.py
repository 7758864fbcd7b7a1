"""The report of skaffect evaluate in Chromium: films play to their end, and it can be read."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
import soundfile

from skaffect import make_affective_speech, save_track
from skaffect.cli import _pipelines, main

pytestmark = pytest.mark.slow

_SECONDS = 60  # how long anything may take on a busy machine
_ENDED = 'return [...document.querySelectorAll("video")].every((film) => film.ended);'
_FILMS = """
return [...document.querySelectorAll("video")].map((film) => ({
  error: film.error?.message ?? null, sound: film.webkitAudioDecodedByteCount,
  frames: film.getVideoPlaybackQuality().totalVideoFrames, duration: film.duration,
}));
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Path:
    """The report of faces of two speakers, by networks of next to no size."""
    pytest.importorskip("av", reason="PyAV comes with the extra skaffect[face]")
    folder = tmp_path_factory.mktemp("faces")
    speech = make_affective_speech(2, 2, emotions=("angry", "sad"), landmarks=True, random_state=0)
    for i, (sound, track) in enumerate(zip(speech.data, speech.landmarks, strict=True)):
        stem = folder / "recordings" / str(speech.speaker[i]) / f"{speech.target[i]}_{i}"
        stem.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(stem.with_suffix(".wav"), sound, speech.sr)
        save_track(stem.with_suffix(".npz"), track, fps=speech.fps)
    small = {
        "DERNClassifier": {"filters": (2, 2), "dense_units": 4},
        "DSRNRegressor": {"filters": (2, 2), "dense_units": (4,)},
    }
    words = ["--pattern", "{speaker}/{emotion}_*.wav", "--epochs", "2"]
    with pytest.MonkeyPatch.context() as patched:
        for name, size in small.items():
            patched.setattr(_pipelines, name, partial(getattr(_pipelines, name), **size))
        output = ["--output", str(folder / "new")]
        assert main(["evaluate", "animation", str(folder / "recordings"), *words, *output]) == 0
    return folder / "new" / "index.html"


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
    browser.execute_script('for (const film of document.querySelectorAll("video")) film.play();')
    WebDriverWait(browser, _SECONDS, 0.1).until(lambda _: browser.execute_script(_ENDED))
    films = browser.execute_script(_FILMS)
    assert len(films) == 2
    for film in films:
        assert film["error"] is None
        assert film["sound"] > 0
        assert film["frames"] > 0
        assert 1 < film["duration"] < 6
    images = "return [...document.images].every((i) => i.complete && i.naturalWidth > 50)"
    assert browser.execute_script(images)
    assert browser.get_log("browser") == []
    assert {url.split(":")[0] for url in requests(browser, page)} <= {"file", "blob", "data"}
