"""A face from a sound file: films and tracks."""

from __future__ import annotations

import json

import numpy as np
import pytest

from skaffect import load_model
from skaffect.cli import main

MODEL = "face.safetensors"


def test_tracks_hold_what_the_model_answers(here, as_json):
    for name in ("talk.npz", "talk.json", "talk.csv"):
        result = as_json("animate", MODEL, "talk.wav", "--output", name)
        assert (result["output"], result["fps"], result["start_seconds"]) == (name, 100.0, 0.0125)
    expected = load_model(MODEL).predict(["talk.wav"])[0]
    with np.load("talk.npz") as file:
        np.testing.assert_array_equal(file["track"], expected)
        assert file["seconds"][0] == 0.0125
    assert result["frames"] == len(expected)
    frames = json.loads((here / "talk.json").read_text())["frames"]
    np.testing.assert_allclose(np.reshape(frames, expected.shape), expected, rtol=1e-6)
    assert len((here / "talk.csv").read_text().splitlines()) == 1 + len(expected)


def test_a_silent_film(here, capsys):
    assert main(["animate", MODEL, "talk.wav", "--output", "talk.gif"]) == 0
    assert capsys.readouterr().out.startswith("talk.wav: talk.gif, ")
    assert (here / "talk.gif").read_bytes()[:6] == b"GIF89a"


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([MODEL, "talk.wav", "--output", "talk.avi"], "--output: path must end in .mp4 or .gif"),
        ([MODEL, "talk.wav", "--output", "no/a.mp4"], "there is no folder 'no'"),
        ([MODEL, "gone.wav", "--output", "a.mp4"], "file 1 is 'gone.wav', which does not exist"),
        (["emotion.safetensors", "talk.wav", "--output", "a.mp4"], "tells emotions, not faces"),
    ],
)
def test_bad_input_is_one_line_before_networks_are_built(words, message, complaint, monkeypatch):
    monkeypatch.setattr("skaffect.cli._animate.load_checked", None)
    assert message in complaint("animate", *words)
