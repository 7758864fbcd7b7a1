"""Emotions along recordings: printed, to a file, to a folder."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from skaffect import AudioReader, MFSCWindower, emotion_timeline, load_model, save_model
from skaffect.cli import main

MODEL = "emotion.safetensors"
CHANCE = "Chance is 0.50: one of 2 emotions."


def test_json_holds_the_timeline(here, as_json):
    values = as_json("predict", MODEL, "talk.wav")
    assert values["chance"] == 0.5
    (answer,) = values["files"]
    assert (answer["file"], answer["output"]) == ("talk.wav", None)
    model = load_model(MODEL)
    assert [answer["emotion"]] == model.predict(["talk.wav"]).tolist()
    expected = model.predict_proba(["talk.wav"])[0]
    assert answer["probability"] == pytest.approx(expected.max(), abs=1e-4)
    assert list(answer["probabilities"]) == ["angry", "sad"]
    assert list(answer["probabilities"].values()) == pytest.approx(expected, abs=1e-4)
    timeline = emotion_timeline(model, ["talk.wav"])[0]
    assert len(answer["segments"]) == len(timeline)
    for told, segment in zip(answer["segments"], timeline, strict=True):
        assert told["emotion"] == segment.emotion
        assert told["share"] == pytest.approx(segment.share, abs=1e-4)
        assert told["stop"] == pytest.approx(segment.stop, abs=1e-4)
        assert told["voted_seconds"] == pytest.approx(segment.voted_seconds, abs=1e-4)


def test_a_table_is_printed(here, capsys):
    assert main(["predict", MODEL, "talk.wav"]) == 0
    out, err = capsys.readouterr()
    name, titles, _, first, *_, last = out.splitlines()
    assert re.fullmatch(r"talk\.wav: (angry|sad), probability [01]\.\d\d", name)
    cells = [cell.strip() for cell in titles.strip("|").split("|")]
    assert cells == ["from s", "to s", "emotion", "votes", "second", "votes", "voted s"]
    assert first.split()[:4] == ["|", "0.0", "|", "1.0"]
    voted = emotion_timeline(load_model(MODEL), ["talk.wav"])[0][0].voted_seconds
    assert first.split()[-2] == f"{voted:.2f}"
    assert 0 < voted <= 1
    assert last == CHANCE
    assert err == ""


def test_several_go_to_a_folder_and_a_bad_one_does_not_lose_the_others(here, capsys):
    (here / "bad.wav").write_text("no sound")
    (here / "empty.wav").write_text("")
    files = ["talk.wav", "bad.wav", "empty.wav", "gone.wav", "call.wav"]
    assert main(["predict", MODEL, *files, "--output", "out"]) == 2
    out, err = capsys.readouterr()
    line = r"{0}\.wav: (angry|sad), probability [01]\.\d\d; written to out/{0}\.csv\n"
    assert re.fullmatch(line.format("talk") + line.format("call") + f"{CHANCE}\n", out)
    assert "2 of 5: bad.wav, failed\n" in err
    bad, empty, gone = err.splitlines()[-3:]
    assert bad.startswith("skaffect predict: file 2 is 'bad.wav', which is no")
    assert empty.startswith("skaffect predict: file 3 is 'empty.wav', an empty file (0 bytes)")
    assert gone.startswith("skaffect predict: file 4 is 'gone.wav', which does not exist")
    assert sorted(path.name for path in (here / "out").iterdir()) == ["call.csv", "talk.csv"]
    with open("out/call.csv", newline="") as file:
        assert {row["emotion"] for row in csv.DictReader(file)} <= {"angry", "sad"}


def test_files_of_one_name_go_to_folders_like_their_own(here, as_json):
    for name in ("anna", "ben/late"):
        (here / "mine" / name).mkdir(parents=True)
        shutil.copy("talk.wav", here / "mine" / name / "angry_01.wav")
    shutil.copy("talk.wav", "mine/alone.wav")
    files = ["mine/anna/angry_01.wav", "./mine/ben/late/angry_01.wav", "mine/alone.wav"]
    answers = as_json("predict", MODEL, *files, "--output", "all")["files"]
    expected = ["all/anna/angry_01.csv", "all/ben/late/angry_01.csv", "all/alone.csv"]
    assert [answer["output"] for answer in answers] == expected
    assert sorted(map(str, Path("all").rglob("*.csv"))) == sorted(expected)


def test_a_file_where_a_folder_goes_is_told_before_any_is_made(here, complaint):
    for name in ("anna", "ben"):
        (here / "mine" / name).mkdir(parents=True)
        shutil.copy("talk.wav", here / "mine" / name)
    (here / "all").mkdir()
    (here / "all" / "ben").write_text("")
    files = [f"mine/{name}/talk.wav" for name in ("anna", "ben")]
    message = complaint("predict", MODEL, *files, "--output", "all")
    assert message.endswith("--output: 'all/ben' is a file; name a folder.")
    assert [path.name for path in Path("all").iterdir()] == ["ben"]


def test_silence_is_no_emotion(here, capsys):
    soundfile.write("silent.wav", np.zeros(16000), 16000)
    assert main(["predict", MODEL, "silent.wav"]) == 2
    assert capsys.readouterr().err == (
        "skaffect predict: file 1 is 'silent.wav', which is silent throughout: it tells nothing.\n"
    )


@pytest.mark.filterwarnings("default:Recorded below")
def test_a_low_rate_is_warned_of_once(here, capsys):
    (here / "low").mkdir()
    soundfile.write("low/talk.wav", np.random.default_rng(0).uniform(-0.5, 0.5, 8000), 8000)
    assert main(["predict", MODEL, "low/talk.wav"]) == 0
    assert capsys.readouterr().err.count("ecorded below sr=16000 Hz") == 1


def test_format_of_the_files_in_a_folder(here):
    words = ["predict", MODEL, "talk.wav", "call.wav", "--output", "out", "--format", "json"]
    assert main(words) == 0
    assert json.loads((here / "out" / "talk.json").read_text())[0]["start"] == 0.0


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["none", "talk.wav"],
            "predict: there is no model file 'none'; relative paths start from",
        ),
        (["none", "talk.wav"], "and `skaffect train emotion` makes one."),
        (["recordings", "talk.wav"], "'recordings' is a folder, not a model file; name the file"),
        (["talk.wav", "talk.wav"], "'talk.wav' is not a model file of skaffect"),
        (
            ["device.safetensors", "talk.wav"],
            "'device.safetensors' tells devices, not emotions: give it to `skaffect identify`",
        ),
        (["face.safetensors", "talk.wav"], "tells faces, not emotions"),
        ([MODEL, "gone.wav"], "file 1 is 'gone.wav', which does not exist"),
        ([MODEL, "gone.wav", "."], "1 other file cannot be used either: '.'."),
        ([MODEL, "talk.wav", "--output", "no/a.csv"], "there is no folder 'no'"),
        ([MODEL, "talk.wav", "--output", "no/a/b"], "cannot be made, for there is no folder"),
        ([MODEL, "talk.wav", "--output", "model"], "'model' is a file; name a folder"),
        ([MODEL, "talk.wav", "--output", "talk.vtt"], "must end in .csv or .json or .srt or .txt"),
        ([MODEL, "talk.wav", "call.wav", "--output", "a.csv"], "is one file for 2 recordings"),
        (
            [MODEL, "talk.wav", "./talk.wav", "--output", "a"],
            "would both be written to 'talk.csv'",
        ),
        (
            [MODEL, "a/talk.wav", "b/talk.wav", "a/../b/talk.wav", "--output", "a"],
            "'b/talk.wav' and 'a/../b/talk.wav' would both be written to 'b/talk.csv'",
        ),
        (
            [MODEL, "a/talk.wav", "a/talk.flac", "--output", "a"],
            "'a/talk.wav' and 'a/talk.flac' would both be written to 'talk.csv'",
        ),
        ([MODEL, "talk.wav", "--format", "srt"], "--format srt needs --output"),
        ([MODEL, "talk.wav", "--output", "a.csv", "--format", "csv"], "--format is for a folder"),
    ],
)
def test_bad_input_is_one_line_before_networks_are_built(words, message, complaint, monkeypatch):
    monkeypatch.setattr("skaffect.cli._predict.load_checked", None)
    Path("model").write_text("")
    for folder in ("a", "b"):
        Path(folder).mkdir()
        for name in ("talk.wav", "talk.flac"):
            shutil.copy("talk.wav", Path(folder, name))
    assert message in complaint("predict", *words)
    assert not Path("talk.vtt").exists()


def test_models_that_cannot_take_files_are_refused(here, complaint):
    save_model(load_model(MODEL)[-1], "windows.safetensors")
    message = complaint("predict", "windows.safetensors", "talk.wav")
    assert "does not start at sound files" in message
    save_model(AudioReader(), "reader.safetensors")
    message = complaint("predict", "reader.safetensors", "talk.wav")
    assert "holds no network that tells emotions, only AudioReader" in message


def test_a_windower_reads_files_itself(here, as_json):
    expected = as_json("predict", MODEL, "talk.wav")
    model = load_model(MODEL)[1:]
    assert isinstance(model[0], MFSCWindower)
    save_model(model, "windower.safetensors")
    assert as_json("predict", "windower.safetensors", "talk.wav") == expected
