"""The example in each command's help, run as it stands in a folder that has what it names."""

from __future__ import annotations

import shlex

import pytest

from skaffect import load_model
from skaffect.cli import main


def example_of(name: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return the words after ``skaffect`` of the example that a command's help ends in."""
    with pytest.raises(SystemExit, match="^0$"):
        main([name, "--help"])
    example = capsys.readouterr().out.partition("example:\n")[2]
    return shlex.split(example.replace("\\\n", ""))[1:]


@pytest.mark.usefixtures("small_networks")
def test_evaluate(here, capsys):
    assert main(example_of("evaluate", capsys)) == 0
    assert capsys.readouterr().out.endswith("\nReport: evaluation/index.html\n")
    assert "An emotion timeline" in (here / "evaluation" / "index.html").read_text()


@pytest.mark.usefixtures("small_networks")
def test_train(here, capsys):
    assert main(example_of("train", capsys)) == 0
    assert set(load_model("emotion.safetensors").predict(["talk.wav"])) <= {"angry", "sad"}


def test_predict(here, capsys):
    assert main(example_of("predict", capsys)) == 0
    assert (here / "talk.srt").read_text().startswith("1\n00:00:00,000 --> ")


def test_animate(here, capsys):
    pytest.importorskip("av", reason="PyAV comes with the extra skaffect[face]")
    assert main(example_of("animate", capsys)) == 0
    assert (here / "talk.mp4").read_bytes()[4:8] == b"ftyp"


def test_identify(here, capsys):
    assert main(example_of("identify", capsys)) == 0
    out = capsys.readouterr().out
    assert out.startswith("call.wav\n| rank | device ")
    assert {"phone", "recorder"} <= set(out.split())
