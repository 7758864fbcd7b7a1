"""Devices, ranked."""

from __future__ import annotations

import numpy as np

from skaffect import load_model
from skaffect.cli import main

MODEL = "device.safetensors"


def test_devices_are_ranked_by_the_models_probabilities(here, as_json):
    answers = as_json("identify", MODEL, "call.wav", "talk.wav")["files"]
    assert [answer["file"] for answer in answers] == ["call.wav", "talk.wav"]
    model = load_model(MODEL)
    for answer in answers:
        told = {row["device"]: row["probability"] for row in answer["devices"]}
        assert list(told.values()) == sorted(told.values(), reverse=True)
        expected = model.predict_proba([answer["file"]])[0]
        np.testing.assert_allclose([told[name] for name in model.classes_], expected, atol=1e-4)


def test_tables_of_several_files_stand_apart(here, capsys):
    assert main(["identify", MODEL, "call.wav", "talk.wav"]) == 0
    first, second, known = capsys.readouterr().out.split("\n\n")
    assert known == "Only these 2 devices are known; another gets the name of one.\n"
    assert first.startswith("call.wav\n| rank | device ")
    assert second.startswith("talk.wav\n| rank | device ")


def test_a_bad_file_does_not_lose_the_others(here, as_json):
    (here / "bad.wav").write_text("no sound")
    (here / "empty.wav").write_text("")
    files = ["bad.wav", "empty.wav", "gone.wav"]
    result = as_json("identify", MODEL, *files, "talk.wav", code=2)
    assert [answer["file"] for answer in result["files"]] == ["talk.wav"]
    assert [failure["file"] for failure in result["failed"]] == files
    assert [failure["reason"].split(",")[0] for failure in result["failed"]] == [
        f"file {i} is {path!r}" for i, path in enumerate(files, start=1)
    ]


def test_a_model_of_emotions_is_refused(here, complaint):
    message = complaint("identify", "emotion.safetensors", "talk.wav")
    assert "tells emotions, not devices: give it to `skaffect predict`" in message
