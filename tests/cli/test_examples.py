"""The examples in each command's help, run as they stand in a folder that has what they name."""

from __future__ import annotations

import re
import shlex

import pytest

from skaffect import load_model
from skaffect.cli import main


def example_of(name: str, capsys: pytest.CaptureFixture[str], job: str = "") -> list[str]:
    """Return the words after ``skaffect`` of the example for a job in a command's help."""
    with pytest.raises(SystemExit, match="^0$"):
        main([name, "--help"])
    _, examples = re.split("\nexamples?:\n", capsys.readouterr().out)
    words = [shlex.split(line)[1:] for line in examples.replace("\\\n", "").splitlines()]
    (chosen,) = (line for line in words if not job or line[1] == job)
    return chosen


@pytest.mark.usefixtures("small_networks")
def test_evaluate(here, capsys):
    assert main(example_of("evaluate", capsys, "emotion")) == 0
    assert capsys.readouterr().out.endswith("\nReport: emotion_evaluation/index.html\n")
    assert "An emotion timeline" in (here / "emotion_evaluation" / "index.html").read_text()


@pytest.mark.slow  # three systems, and recurrent layers take long to compile
@pytest.mark.parametrize("job", ["animation", "device"])
@pytest.mark.usefixtures("small_networks")
def test_evaluate_the_other_jobs(here, capsys, job):
    assert main([*example_of("evaluate", capsys, job), "--epochs", "1"]) == 0
    assert (here / f"{job}_evaluation" / "index.html").exists()


@pytest.mark.usefixtures("small_networks")
def test_train(here, capsys):
    assert main(example_of("train", capsys, "emotion")) == 0
    assert set(load_model("emotion.safetensors").predict(["talk.wav"])) <= {"angry", "sad"}


@pytest.mark.slow  # recurrent layers take long to compile
@pytest.mark.parametrize(("job", "model"), [("animation", "face"), ("device", "device")])
@pytest.mark.usefixtures("small_networks")
def test_train_the_other_jobs(here, capsys, job, model):
    (here / f"{model}.safetensors").unlink()
    assert main([*example_of("train", capsys, job), "--epochs", "1"]) == 0
    assert len(load_model(f"{model}.safetensors").predict(["talk.wav"])) == 1


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
