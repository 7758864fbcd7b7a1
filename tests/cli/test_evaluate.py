"""Cross-validation over speakers from a folder to a report."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
from sklearn.dummy import DummyClassifier
from sklearn.metrics import balanced_accuracy_score

from skaffect.cli import main
from skaffect.cli._evaluate import _command
from skaffect.cli._job_emotion import emotion_job
from skaffect.cli._main import build_parser
from skaffect.cli._outputs import report_in

PATTERN = ["--pattern", "{speaker}/{emotion}_{number}.wav"]
EMOTION = ["evaluate", "emotion", "recordings", *PATTERN, "--output", "new"]


@pytest.mark.usefixtures("small_networks")
def test_emotions(here, as_json, capsys):
    result = as_json(*EMOTION, "--epochs", "1")
    expected = {"job": "emotion", "utterances": 8, "speakers": 2, "folds": 2, "run": "new/run"}
    assert expected.items() <= result.items()
    table = pd.read_csv("new/run/table.csv")
    for row in result["figures"]:
        own = table[(table.metric == row["metric"]) & (table.system == row["system"])]
        assert row["mean"] == pytest.approx(own.value.mean())
        assert row["sd"] == pytest.approx(own.value.std(ddof=0))
        assert row["published"] is None
        if row["system"] == "commonest emotion":
            assert row["mean"] == 0.5
    assert len(result["figures"]) == 4
    assert [row["class"] for row in result["classes"]] == ["angry", "sad"]
    # The folds hold as many of each emotion, so the mean of the recalls is the UAR.
    recalls = [row["mean recall"] for row in result["classes"]]
    assert np.mean(recalls) == pytest.approx(result["figures"][0]["mean"])
    members = json.loads(Path("new/run/members.json").read_text())["recordings"]
    for fold in members.values():
        heard = {item.partition("/")[0] for item in fold["train"]}
        assert heard.isdisjoint(item.partition("/")[0] for item in fold["parts"]["test"])
    page = Path(result["report"]).read_text()
    for words in (
        "An emotion timeline",
        "Loss over the epochs, cross-entropy: fold 1 from ",
        "--random-state 0",
        "speaker02",
        "whose frames vote for an utterance",
        "Little was learnt: the loss, ",
    ):
        assert words in page
    assert "<code>DERNClassifier</code> for 1 (default 24)" in page
    (uar,) = re.findall(r"\(UAR\) of DERN on 2 unheard speakers, .*? together: ([\d.]+) \(", page)
    answers = pd.read_csv("new/run/answers.csv")
    own = answers[answers.system == "DERN"]
    assert float(uar) == pytest.approx(balanced_accuracy_score(own.true, own.predicted), abs=5e-4)
    assert "such as sentences, is not in the run" in page
    assert list(Path("new/index_tables").glob("*-uar-over-folds*.csv"))

    times = Path("new/run/times.json").read_bytes()
    capsys.readouterr()
    assert main([*EMOTION, "--epochs", "1"]) == 0
    out, err = capsys.readouterr()
    assert Path("new/run/times.json").read_bytes() == times
    assert "| UAR      | DERN              |" in out
    over = "Mean and standard deviation (sd) over 2 folds."
    assert out.startswith(f"Emotions of unheard speakers: recordings. {over}\n\n| metric ")
    _, _, classes = out.partition(f"\n\nRecall of DERN, class by class. {over}\n\n")
    head, _, *lines = classes.splitlines()
    assert [cell.strip() for cell in head.split("|")[1:-1]] == [
        "class",
        "mean recall",
        "sd",
        "published",
    ]
    assert [line.split()[1] for line in lines[:2]] == ["angry", "sad"]
    assert "The published figures are the paper's Table III, of seven emotions: SAVEE" in out
    assert "run_protocol" not in err
    assert "Little was learnt: the loss, " in err
    assert Path(result["report"]).read_text() == page


@pytest.mark.usefixtures("small_networks")
def test_sentences_that_the_pattern_tells_are_looked_for_on_both_sides(here):
    for i, path in enumerate(sorted(Path("recordings").rglob("*.wav"))):
        emotion, _, _ = path.name.partition("_")
        # The speakers' first sentence is the same, and none of the others.
        path.rename(path.with_name(f"{emotion}_{0 if i % 2 == 0 else i}.wav"))
    words = ["--pattern", "{speaker}/{emotion}_{sentence}.wav", "--epochs", "1"]
    assert main(["evaluate", "emotion", "recordings", *words, "--output", "new"]) == 0
    page = Path("new/index.html").read_text()
    assert "Of 8 utterances that are asked, 4 have a <code>sentence</code> that was" in page


def test_other_spellings_of_the_seven_emotions_have_published_figures_too():
    labels = ["Fearful", "surprised", "angry", "calm"]
    sounds = [np.full(9, i / 4) for i in range(4)]
    corpus = {"data": sounds, "target": labels, "speaker": list("abcd")}
    recalls = emotion_job(corpus, "recordings", DummyClassifier()).published["recall"]
    expected = {"Fearful": 0.7321, "angry": 0.7215, "surprised": 0.6798}
    assert recalls == pytest.approx(expected)
    other = emotion_job({**corpus, "target": ["calm"] * 4}, "recordings", DummyClassifier())
    assert other.published == {}


def test_the_seed_and_the_training_reach_every_system(here, monkeypatch, capsys):
    def run(systems, conditions, protocol, **options):
        trained = systems["DERN"].estimator["emotion"]
        seen.append((options["random_state"], options["n_jobs"], trained.epochs))
        seen.append([fold.parts["test"].tolist() for fold in protocol.folds(*conditions.values())])
        (options["folder"] / "folds").mkdir(parents=True)
        for name in ("a.json", "b.json", "b.npz"):
            (options["folder"] / "folds" / name).touch()
        raise KeyboardInterrupt

    seen = []
    monkeypatch.delenv("TF_NUM_INTRAOP_THREADS", raising=False)
    monkeypatch.setattr("skaffect.cli._evaluation.run_protocol", run)
    for name in ("speaker03", "speaker04"):
        shutil.copytree("recordings/speaker01", f"recordings/{name}")
        for path in Path("recordings", name).glob("*.wav"):
            sound, sr = soundfile.read(path)
            soundfile.write(path, sound * (0.5 if name == "speaker03" else 0.25), sr)
    for seed in ("0", "3"):
        words = ["--random-state", seed, "--jobs", "2", "--epochs", "7", "--folds", "2"]
        assert main([*EMOTION[:-1], f"seed {seed}", *words]) == 130
        assert capsys.readouterr().err.splitlines()[-1] == (
            "skaffect evaluate: interrupted; no file is left half-written. Emotions of unheard "
            "speakers: the same command goes on from 2 of 4."
        )
    assert os.environ["TF_NUM_INTRAOP_THREADS"] == "1"
    assert seen[::2] == [(0, 2, 7), (3, 2, 7)]
    assert seen[1] != seen[3]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(("job", "system"), [("emotion", "DERN"), ("animation", "faces")])
@pytest.mark.parametrize("live", [True, False])
def test_live_models_are_compared_where_they_are_asked_for(job, system, live, monkeypatch):
    def run(systems, *given, **options):
        seen.append(systems[system].estimator["features"])
        raise KeyboardInterrupt

    seen = []
    monkeypatch.setattr("skaffect.cli._evaluation.run_protocol", run)
    words = ["evaluate", job, "recordings", *PATTERN, "--output", "new", *["--live"] * live]
    assert main(words) == 130
    (windower,) = seen
    settings = (windower.normalize, windower.floor_db, windower.skip_silence)
    assert settings == (("corpus", None, False) if live else ("utterance", 50.0, True))


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("job", ["emotion", "animation"])
def test_the_sentences_of_a_pattern_reach_the_run(job, monkeypatch):
    def run(systems, conditions, *given, **options):
        of = conditions["recordings"]
        seen.append([*map("_".join, zip(of.emotion, of.sentence, strict=True))])
        raise KeyboardInterrupt

    seen = []
    monkeypatch.setattr("skaffect.cli._evaluation.run_protocol", run)
    words = ["--pattern", "{speaker}/{emotion}_{sentence}.wav", "--output", "new"]
    assert main(["evaluate", job, "recordings", *words]) == 130
    assert seen == [[path.stem for path in sorted(Path("recordings").rglob("*.wav"))]]


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--live", "--folds", "3", "--epochs", "7"],
        ["--random-state", "3", "--jobs", "2", "--tracks", "some tracks"],
    ],
)
def test_the_command_in_the_report_is_the_one_that_was_given(words):
    parser = build_parser()
    options = parser.parse_args([*EMOTION, *words])
    program, *again = shlex.split(_command(options))
    assert program == "skaffect"
    assert parser.parse_args(again) == options


@pytest.mark.usefixtures("small_networks", "here")
@pytest.mark.filterwarnings("default:.*is silent throughout")
def test_a_silent_recording_is_named_once(capsys):
    path = min(Path("recordings/speaker02").glob("sad*.wav"))
    silent, sr = soundfile.read(path)
    for again in (path, path.with_name("sad_again.wav")):  # no copies: both are nothing
        soundfile.write(again, 0 * silent, sr)
    assert main([*EMOTION, "--epochs", "1"]) == 0
    said = [line for line in capsys.readouterr().err.splitlines() if "warning" in line]
    assert said == [
        f"skaffect evaluate: warning: {str(path)!r} is silent throughout, and 1 other too: there "
        "is nothing in it to learn, remove it."
    ]


def test_folds_share_neither_speakers_nor_copies(here, capsys):
    (first, *_) = sorted(Path("recordings/speaker01").glob("angry*.wav"))
    copy = Path("recordings/speaker02/angry_copy.wav")
    shutil.copy(first, copy)
    assert main(EMOTION) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert f"{str(first)!r} (speaker 'speaker01')" in last
    assert f"{str(copy)!r} (speaker 'speaker02') are identical to the bit" in last
    # Other bytes with the same sound are seen once they are decoded.
    samples, sr = soundfile.read(first, dtype="float32")
    soundfile.write(copy, samples, sr, subtype="PCM_24")
    assert main(EMOTION) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("skaffect evaluate: In conditions['recordings']: Fold ")
    assert "leaks: " in last
    assert "the column 'recording'" in last
    assert not Path("new/run/folds").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--pattern", "*/{emotion}_{number}.wav"], "do not tell their speakers, who must be"),
        ([*PATTERN, "--folds", "1"], "--folds must be at least 2"),
        ([*PATTERN, "--folds", "3"], "--folds 3 are too many for recordings of 2 speakers"),
        (["--corpus", "wspire"], "--corpus wspire cannot teach emotion"),
    ],
)
@pytest.mark.filterwarnings("default::UserWarning")
def test_what_cannot_be_evaluated(here, capsys, words, message):
    assert main(["evaluate", "emotion", "recordings", *words, "--output", "new"]) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert re.match(f"skaffect evaluate: .*{message}", last)
    assert not Path("new").exists()


def test_a_folder_that_cannot_be_written_costs_no_training(here, complaint):
    Path("new").write_text("")
    assert "--output: 'new' is a file; name a folder" in complaint(*EMOTION)
    assert "new' is a file; name a folder" in complaint(*EMOTION[:-1], "new/deeper/still")
    Path("other/index.html").mkdir(parents=True)
    assert "'other/index.html', the report to write, is a" in complaint(*EMOTION[:-1], "other")


def test_a_page_of_your_own_is_not_written_over(here, complaint):
    site = Path("site")
    site.mkdir()
    (site / "index.html").write_text("mine")
    message = complaint(*EMOTION[:-1], "site")
    assert "'site/index.html', where the report is to be written, is there already" in message
    assert message.endswith("name another folder, or move that page.")
    assert "is there already" in complaint("demo", "--output", "site")
    assert [path.name for path in site.iterdir()] == ["index.html"]
    assert (site / "index.html").read_text() == "mine"


@pytest.mark.parametrize("runs", ["run", "runs"])
def test_a_report_is_written_over_by_the_next(runs, tmp_path):
    (tmp_path / runs).mkdir()
    (tmp_path / "index.html").write_text("the last report")
    assert report_in(str(tmp_path)) == (tmp_path, str(tmp_path / "index.html"))


def test_the_folder_of_another_evaluation_is_told_in_plain_words(here, capsys, monkeypatch):
    def stop(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr("skaffect.model_selection._run_protocol._run_missing", stop)
    for path in Path("recordings/speaker01").glob("*.wav"):
        sound, sr = soundfile.read(path)
        louder = Path("recordings/speaker03", path.name)
        louder.parent.mkdir(exist_ok=True)
        soundfile.write(louder, 0.5 * sound, sr)
    device = ["evaluate", "device", "recordings", "--pattern", "{speaker}/{device}_{number}.wav"]
    assert main(EMOTION) == 130
    for words, differs in (
        ([*EMOTION, "--epochs", "2"], "other networks or settings"),
        ([*EMOTION, "--random-state", "3"], "another --random-state"),
        ([*EMOTION, "--folds", "2"], "other folds"),
        ([*device, *EMOTION[-2:]], "other recordings or labels and other networks or settings"),
    ):
        assert main(words) == 2
        last = capsys.readouterr().err.splitlines()[-1]
        assert last == (
            f"skaffect evaluate: --output: 'new/run' holds an evaluation with {differs}, "
            "which can only go on as it began; name another folder."
        )
    assert main(EMOTION) == 130


def test_what_a_fold_cannot_use_is_told_in_a_line(here, capsys):
    for path in Path("recordings").rglob("sad*"):
        path.unlink()
    assert main(EMOTION) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert "'fold 1' failed with ValueError: DERNClassifier needs at least two classes" in last


@pytest.mark.slow  # six networks
@pytest.mark.usefixtures("small_networks")
def test_faces_are_measured_beside_the_mean_face(here, capsys):
    pytest.importorskip("av", reason="PyAV comes with the extra skaffect[face]")
    words = ["evaluate", "animation", "recordings", *PATTERN, "--output", "new", "--epochs", "1"]
    assert main([*words, "--json"]) == 0
    out, err = capsys.readouterr()
    assert re.search("^  all combined: loss [\\d.]+ in the end, the mean face's", err, re.M)
    result = json.loads(out)
    figures = {(row["metric"], row["system"]): row["mean"] for row in result["figures"]}
    assert {system for _, system in figures} == {
        "cascade",
        "true emotion",
        "all combined",
        "mean face",
    }
    ratio, error = "squared error (mean face's = 1)", "squared error (square pixels)"
    assert {metric for metric, _ in figures} == {ratio, error}
    assert figures[ratio, "mean face"] == 1.0
    table = pd.read_csv("new/run/table.csv").pivot_table("value", ["system", "fold"], "metric")
    for (system, fold), row in table.iterrows():
        expected = row[error] / table.loc["mean face", fold][error]
        assert row[ratio] == pytest.approx(expected), (system, fold)
    observed = json.loads(Path("new/run/observations.json").read_text())["faces"]["recordings"]
    for fold in observed.values():
        assert set(fold["histories"]) == {"all combined", "angry", "sad"}
        assert [film["emotion"] for film in fold["faces"]] == ["angry", "sad"]
        assert set(fold["learnt"]) == {"all combined", "angry", "sad", "emotions"}
    page = Path(result["report"]).read_text()
    assert page.count("<video") == 4  # two films, each for wide windows and for narrow ones
    assert "all combined, the answer of one network for all emotions" in page


@pytest.mark.usefixtures("here")
def test_one_speaker(capsys):
    words = ["--pattern", "{speaker}/{emotion}_*.wav", "--output", "new"]
    shutil.rmtree("recordings/speaker02")
    assert main(["evaluate", "emotion", "recordings", *words]) == 2
    (complained,) = capsys.readouterr().err.splitlines()
    assert "all recordings are of one speaker, 'speaker01'" in complained


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("{device}/*.wav", "do not tell their speakers, who must be kept apart"),
        ("{speaker}/{device}_*.wav", "device 'sad' are of the speaker 'speaker01'"),
    ],
)
def test_devices_that_unheard_speakers_cannot_test(pattern, message, complaint):
    for path in Path("recordings/speaker02").glob("sad*.wav"):
        path.unlink()
    assert message in complaint(
        "evaluate", "device", "recordings", "--pattern", pattern, "--output", "new"
    )
    assert not Path("new/run").exists()


@pytest.mark.slow  # recurrent layers take long to compile
@pytest.mark.usefixtures("small_networks")
def test_devices(here, as_json):
    for path in list(Path("recordings").rglob("*.wav")):
        sound, sr = soundfile.read(path)
        soundfile.write(path.with_name(f"tablet_{path.name}"), 0.5 * sound, sr)
        path.rename(path.with_name(f"phone_{path.name}"))
    words = ["--pattern", "{speaker}/{device}_*_*.wav", "--output", "new", "--epochs", "1"]
    result = as_json("evaluate", "device", "recordings", *words)
    systems = ["dual attention", "single attention", "DFT-CNN"]
    *figures, chance = result["figures"]
    assert [row["system"] for row in figures] == systems
    assert (chance["system"], chance["mean"]) == ("commonest device", 0.5)
    answers = pd.read_csv("new/run/answers.csv")
    always = answers[answers.system == "commonest device"].groupby("fold").predicted.nunique()
    assert always.tolist() == [1, 1]
    observed = json.loads(Path("new/run/observations.json").read_text())
    assert list(observed) == systems
    bands = observed["dual attention"]["recordings"]["fold 1"]["attention"]["speech"]["bands"]
    assert len(bands) == 8
    assert all(sum(row) == pytest.approx(1, abs=1e-3) for row in bands)
    assert "What dual attention weighs" in Path(result["report"]).read_text()
