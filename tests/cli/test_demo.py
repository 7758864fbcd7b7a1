"""The demo from nothing to a report, as small as it can be."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path

import pytest

from skaffect.cli import _demo_jobs, main

pytestmark = [
    pytest.mark.slow,  # dozens of networks
    pytest.mark.usefixtures("small_networks", "small_demo"),
]


@pytest.fixture
def small_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the demo generate and train next to nothing."""
    for name in ("EMOTION", "FACES", "DEVICES"):
        sizes = _demo_jobs.Sizes(speakers=2, sentences=1, folds=2, epochs=1)
        monkeypatch.setattr(_demo_jobs, name, sizes)
    monkeypatch.setattr(_demo_jobs, "FACE_EMOTIONS", ("angry", "sad"))
    monkeypatch.setattr(_demo_jobs, "FACE_DERN_EPOCHS", 1)
    monkeypatch.setattr(_demo_jobs, "BASELINE_EPOCHS", 1)
    # Each speaker says one sentence in each emotion, and a cascade wants two of each.
    monkeypatch.setattr(_demo_jobs, "FACES", sizes._replace(sentences=2))


def test_three_jobs_in_one_report(tmp_path, capsys, monkeypatch):
    pytest.importorskip("av", reason="PyAV comes with the extra skaffect[face]")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="^0$"):
        main(["demo", "--help"])
    _, *example = shlex.split(capsys.readouterr().out.rstrip().splitlines()[-1])
    # In this process, where networks are small.
    assert main([*example, "--jobs", "1"]) == 0
    out, err = capsys.readouterr()
    titles = ("Emotions of unheard", "Faces of unheard", "Devices that recorded unheard")
    begun = [line.partition(":")[0] for line in out.splitlines() if line.startswith(titles)]
    assert [name.endswith("unheard speakers") for name in begun] == [True] * 3
    for line in ("| angry ", "| UAR ", "| squared error ", "| accuracy "):
        assert f"\n{line}" in out
    assert out.endswith("\nReport: report/index.html\n")
    assert err.splitlines()[-1].startswith("Done in ")
    page = Path("report/index.html").read_text()
    for words in (
        "At a glance",
        *titles,
        "An emotion timeline",
        "Films of an unheard speaker",
        "What dual attention weighs",
        "Weights of frames in neutral speech",
        "skaffect demo --output report --jobs 1",
        "say nothing about people",
    ):
        assert words in page
    assert page.count("<video") == 4  # two films, for wide and for narrow windows
    assert page.count("<audio") == 1
    assert page.count("Loss over the epochs") == 3

    before = {path: path.read_bytes() for path in Path("report").rglob("times.json")}
    assert len(before) == 3
    assert main(["demo", "--jobs", "1", "--json"]) == 0
    values = json.loads(capsys.readouterr().out)
    assert [job["job"] for job in values["jobs"]] == ["emotion", "animation", "device"]
    assert {path: path.read_bytes() for path in before} == before


def test_on_recordings_of_your_own(here, capsys):
    words = ["demo", "--data", "recordings", "--jobs", "1"]
    for path in Path("recordings").rglob("*.npz"):
        path.unlink()
    # More underscores than one leave no doubt, for the emotion comes first.
    for path in Path("recordings").rglob("*.wav"):
        path.rename(path.with_stem(f"{path.stem}_again"))
    assert main(words) == 0
    out, err = capsys.readouterr()
    assert "in more than one way" not in err
    assert "Emotions of unheard speakers: recordings." in out
    assert "Faces and devices ran on generated data" in out
    assert "Faces and devices ran on generated data" in Path("report_data/index.html").read_text()
    members = json.loads(Path("report_data/runs/emotion-data/members.json").read_text())
    assert set(members["recordings"]) == {"fold 1", "fold 2"}


def test_a_folder_that_is_not_there(tmp_path, complaint, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "there is no folder 'nowhere'; relative paths start" in complaint(
        "demo", "--data", "nowhere"
    )
    assert list(tmp_path.iterdir()) == []


def test_recordings_of_one_speaker_are_refused_before_anything_trains(here, capsys):
    shutil.rmtree("recordings/speaker02")
    assert main(["demo", "--data", "recordings", "--output", "new"]) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("skaffect demo: all recordings are of one speaker, 'speaker01', and")
