"""Training from files to a file that answers files."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from skaffect import (
    AudioReader,
    DERNClassifier,
    DSRNRegressor,
    EmotionConditionedRegressor,
    EmotionStream,
    FaceStream,
    MFSCWindower,
    load_model,
    read_model_card,
    resample_track,
)
from skaffect.cli import main
from skaffect.cli._epochs import epochs_of

PATTERN = ["--pattern", "{speaker}/{emotion}_{number}.wav"]
FEW = ["--epochs", "1"]


@pytest.mark.usefixtures("small_networks")
def test_emotions(here, as_json):
    words = ["train", "emotion", "recordings", *PATTERN, *FEW, "--output", "new.safetensors"]
    result = as_json(*words)
    assert result == {
        "model": "new.safetensors",
        "job": "emotion",
        "corpus": PATTERN[1],
        "recordings": 8,
        "speakers": 2,
        "classes": {"angry": 4, "sad": 4},
        "splits": "none: every recording was learnt from",
        "epochs": 1,
        "random_state": 0,
        "live": False,
    }
    card = read_model_card("new.safetensors")
    assert card["packages"]["keras"]
    told = dict(card["card"])
    assert told.pop("description").startswith("8 recordings fitting the pattern")
    assert {"model": "new.safetensors", **told} == result
    model = load_model("new.safetensors")
    assert model.predict_proba(["talk.wav"]).shape == (1, 2)
    assert model[-1].callbacks is None


@pytest.mark.usefixtures("small_networks", "here")
def test_what_the_user_says_of_a_model_goes_with_it(as_json):
    Path("card.json").write_text('{"licence": "CC0", "UAR": 0.5}')
    words = ["train", "emotion", "recordings", *PATTERN, *FEW, "--output", "new.safetensors"]
    result = as_json(*words, "--card", "card.json")
    card = read_model_card("new.safetensors")["card"]
    for told in (result, card):
        assert (told["licence"], told["UAR"], told["job"]) == ("CC0", 0.5, "emotion")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "--card card.json: there is no such file."),
        ("{", "--card card.json is not JSON"),
        ('{"epochs": 3}', "skaffect itself says 'epochs'; leave it out"),
        ("[1]", "card must be a mapping of what is known about the model, such as data"),
        ('{"UAR": NaN}', "card['UAR'] is nan, which JSON has not"),
    ],
)
@pytest.mark.usefixtures("here")
def test_a_wrong_card_is_said_before_training(text, message, complaint, monkeypatch):
    monkeypatch.setattr("skaffect.cli._train._fitted", None)
    if text is not None:
        Path("card.json").write_text(text)
    words = ["train", "emotion", "recordings", *PATTERN, "--output", "new.safetensors"]
    assert message in complaint(*words, "--card", "card.json")


@pytest.mark.usefixtures("here")
def test_faces_of_one_emotion_are_sent_to_the_pattern(complaint):
    for path in Path("recordings").glob("*/sad*"):
        path.unlink()
    said = complaint("train", "animation", "recordings", *PATTERN, "--output", "new.safetensors")
    assert "all recordings with a track are angry, and emotions need at least two" in said
    assert "write * instead of {emotion}" in said


def test_the_epochs_of_a_card_are_those_that_were_trained():
    def fitted(network, n):
        network.history_ = {"loss": [1.0] * n}
        return network

    dern, dsrn = fitted(DERNClassifier(), 5), fitted(DSRNRegressor(epochs=30), 7)
    assert epochs_of(make_pipeline(MFSCWindower(), dern)) == 5
    cascade = EmotionConditionedRegressor(DERNClassifier(), DSRNRegressor())
    cascade.classifier_, cascade.regressors_ = dern, {"sad": dsrn}
    assert epochs_of([cascade]) == {"DERNClassifier": 5, "DSRNRegressor": 7}


@pytest.mark.usefixtures("small_networks", "here")
def test_a_short_training_says_so(capsys):
    words = ["train", "emotion", "recordings", *PATTERN, *FEW, "--output", "new.safetensors"]
    assert main(words) == 0
    *_, epoch, last = capsys.readouterr().err.splitlines()
    (loss,) = re.findall(r"  dern: epoch 1 of 1, loss (\d\.\d{3,4}), \d+\.\d s", epoch)
    near = "is near" if float(loss) < 0.6931 else "is no better than"
    assert last == (
        f"Little was learnt: the loss, {loss}, {near} guessing's 0.6931. "
        "Try more --epochs than 1, or more recordings."
    )
    assert Path("new.safetensors").exists()


@pytest.mark.slow  # three networks
@pytest.mark.usefixtures("small_networks")
def test_the_seed_decides(here):
    answers = []
    for seed in ("0", "0", "1"):
        words = ["train", "emotion", "recordings", *PATTERN, *FEW, "--output", "a.safetensors"]
        assert main([*words, "--random-state", seed]) == 0
        answers.append(load_model("a.safetensors").predict_proba(["talk.wav"]))
    np.testing.assert_array_equal(answers[0], answers[1])
    assert (answers[0] != answers[2]).any()


@pytest.mark.usefixtures("here")
def test_one_recording_under_two_devices(complaint, monkeypatch):
    monkeypatch.setattr("skaffect.cli._train._fitted", None)
    copied = sorted(Path("recordings/speaker01").glob("*.wav"))[0]
    shutil.copy(copied, Path("recordings/speaker02", copied.name))
    said = complaint(
        "train", "device", "recordings", "--pattern", "{device}/*.wav", "--output", "a.safetensors"
    )
    for device in ("speaker01", "speaker02"):
        assert f"{copied.name}' (device '{device}')" in said
    assert "identical to the bit" in said


@pytest.mark.usefixtures("here")
def test_one_recording_under_two_emotions(complaint, monkeypatch):
    monkeypatch.setattr("skaffect.cli._train._fitted", None)
    sad, angry = (
        min(Path("recordings/speaker01").glob(f"{name}_*.wav")) for name in ("sad", "angry")
    )
    shutil.copy(sad, angry)
    said = complaint("train", "emotion", "recordings", *PATTERN, "--output", "a.safetensors")
    for path, label in ((sad, "sad"), (angry, "angry")):
        assert f"{str(path)!r} (label {label!r})" in said
    assert "identical to the bit" in said
    assert "remove it" in said


@pytest.mark.slow  # its recurrent layers take long to compile
@pytest.mark.usefixtures("small_networks")
def test_devices(here, as_json):
    words = ["--pattern", "{device}/*.wav", *FEW, "--output", "new.safetensors"]
    result = as_json("train", "device", "recordings", *words)
    assert (result["recordings"], result["speakers"]) == (8, None)
    (answer,) = as_json("identify", "new.safetensors", "call.wav")["files"]
    devices = [row["device"] for row in answer["devices"]]
    assert sorted(devices) == list(result["classes"]) == ["speaker01", "speaker02"]


@pytest.mark.usefixtures("small_networks")
def test_faces_by_a_network_for_each_emotion(here, as_json, capsys):
    (here / "recordings").rename("sounds")
    tracks = sorted((here / "sounds").rglob("*.npz"))
    for track in tracks:
        moved = here / "tracks" / track.relative_to(here / "sounds")
        moved.parent.mkdir(parents=True, exist_ok=True)
        track.rename(moved)
    words = ["train", "animation", "sounds", *PATTERN, *FEW, "--tracks", "tracks"]
    assert main([*words, "--output", "new.safetensors"]) == 0
    out, err = capsys.readouterr()
    assert out == "new.safetensors: learnt from 8 recordings of 2 speakers: angry, sad.\n"
    assert err.count("epoch 1 of 1") == 3
    for network, whose in (
        ("angry", "the mean face"),
        ("sad", "the mean face"),
        ("emotions", "guessing"),
    ):
        assert re.search(rf"^  {network}: loss [\d.]+ in the end, {whose}'s [\d.]+$", err, re.M)
    losses = dict(re.findall(r"(angry|sad): .* face's ([\d.]+)", err))
    assert {name: float(loss) for name, loss in losses.items()} == {
        name: pytest.approx(of_mean_face(here / "tracks", name), rel=1e-3)
        for name in ("angry", "sad")
    }
    trained = {"DERNClassifier": 1, "DSRNRegressor": 1}
    assert read_model_card("new.safetensors")["card"]["epochs"] == trained
    model = load_model("new.safetensors")
    assert list(model[-1].regressor_.regressors_) == ["angry", "sad"]
    assert model.predict(["talk.wav"])[0].shape[1:] == (36, 2)


def of_mean_face(tracks, emotion):
    """Return the loss of the mean face of an emotion, of a model in which both are."""
    face = load_model("new.safetensors")[-1]
    sounds = sorted(Path("sounds").rglob(f"{emotion}*.wav"))
    windows = MFSCWindower().fit_transform(AudioReader().transform([*map(str, sounds)]))
    known = []
    for sound, entry in zip(sounds, windows, strict=True):
        with np.load(tracks / sound.relative_to("sounds").with_suffix(".npz")) as file:
            moved, inside = resample_track(file["track"], len(entry), fps=float(file["fps"]))
        known.append(face.shape_.transform([moved[inside]])[0])
    frames = np.concatenate(known).astype(float)
    return np.mean((frames - frames.mean(axis=0)) ** 2)


@pytest.mark.usefixtures("small_networks")
@pytest.mark.filterwarnings("default")
def test_faces_by_one_network_where_no_emotion_is_known(here, capsys):
    min((here / "recordings").rglob("*.npz")).unlink()
    words = ["train", "animation", "recordings", "--pattern", "{speaker}/{sentence}.wav", *FEW]
    assert main([*words, "--output", "new.safetensors"]) == 0
    err = capsys.readouterr().err
    assert "warning: Left out 1 of 8 sounds for want of a landmark track" in err
    assert re.search(r"^  one network: loss [\d.]+ in the end, the mean face's", err, re.M)
    card = read_model_card("new.safetensors")
    assert (card["card"]["recordings"], card["card"]["classes"]) == (7, {})
    assert "EmotionConditionedRegressor" not in card["estimators"]
    assert load_model("new.safetensors").predict(["talk.wav"])[0].shape[1:] == (36, 2)


@pytest.mark.usefixtures("here", "small_networks")
def test_emotions_live():
    words = ["train", "emotion", "recordings", *PATTERN, *FEW, "--output", "live.safetensors"]
    assert main([*words, "--live"]) == 0
    assert read_model_card("live.safetensors")["card"]["live"] is True
    model = load_model("live.safetensors")
    stream = EmotionStream(model)
    pieces = [*map(stream.feed, sound_in_pieces()), stream.finish()]
    (offline,) = model[-1].predict_frames(model[:-1].transform(["talk.wav"]))
    live = np.concatenate([piece.posteriors for piece in pieces])
    np.testing.assert_allclose(live, offline, rtol=0, atol=1e-5)


@pytest.mark.usefixtures("here", "small_networks")
@pytest.mark.parametrize("fields", ["{speaker}/{emotion}_{number}.wav", "{speaker}/*.wav"])
def test_faces_live(fields):
    words = ["train", "animation", "recordings", "--pattern", fields, *FEW, "--live"]
    assert main([*words, "--output", "live.safetensors"]) == 0
    model = load_model("live.safetensors")
    # A cascade that hears the emotion is offline's only at the end.
    stream, ends = FaceStream(model), slice(-1, None) if "emotion" in fields else slice(None)
    pieces = [*map(stream.feed, sound_in_pieces()), stream.finish()]
    live = np.concatenate([piece.faces for piece in pieces])
    offline = model.predict(["talk.wav"])[0]
    assert live.shape == offline.shape
    scale = np.std(offline)
    np.testing.assert_allclose(live[ends], offline[ends], rtol=0, atol=1e-5 * scale)


@pytest.mark.usefixtures("here")
def test_networks_side_by_side_share_the_cores(monkeypatch):
    def fit(options, lesson):
        raise KeyboardInterrupt

    monkeypatch.delenv("TF_NUM_INTRAOP_THREADS", raising=False)
    monkeypatch.setattr("skaffect.cli._train._fitted", fit)
    words = ["train", "animation", "recordings", *PATTERN, "--output", "a.safetensors"]
    assert main([*words, "--jobs", "2"]) == 130
    assert os.environ["TF_NUM_INTRAOP_THREADS"] == "1"


def sound_in_pieces():
    (sound,) = AudioReader().transform(["talk.wav"])
    return np.array_split(sound, 50)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["emotion", "recordings", "--output", "a.h5"], "--output: path must end in .safetensors"),
        (["emotion", "recordings", "--output", "no/a.safetensors"], "there is no folder 'no'"),
        (["emotion", "recordings"], "say how the files in 'recordings' are read: --pattern"),
        (
            ["animation", "recordings"],
            "--pattern '{speaker}/{emotion}_{sentence}.wav', or --corpus grid or savee.",
        ),
        (["emotion", "nowhere", *PATTERN], "there is no folder 'nowhere'; relative"),
        (["emotion", "talk.wav", *PATTERN], "'talk.wav' is a file; name the folder of the rec"),
        (
            ["emotion", "recordings", "--pattern", "{speaker}/{emotion_{sentence}.wav"],
            "pattern '{speaker}/{emotion_{sentence}.wav' has a lone '{'; close the field",
        ),
        (
            ["emotion", "recordings", "--pattern", "{speaker/{emotion}.wav"],
            "pattern '{speaker/{emotion}.wav' has a lone '{'; close the field",
        ),
        (
            ["emotion", "recordings", "--pattern", "{{emotion}}_{sentence}.wav"],
            "does not say where the emotion stands",
        ),
        (["emotion", "recordings", *PATTERN, "--jobs", "2"], "--jobs is for animation; emotion"),
        (["device", "recordings", *PATTERN, "--jobs", "2"], "--jobs is for animation; device"),
        (
            ["device", "recordings", *PATTERN],
            "does not say where the device stands, which is to be learnt; write {device}",
        ),
        (["device", "recordings", "--corpus", "savee"], "savee cannot teach device; for that"),
        (["emotion", "recordings", "--corpus", "savee"], "is not a folder of SAVEE"),
        (["emotion", "recordings", *PATTERN, "--tracks", "t"], "--tracks are for animation"),
        (["device", "recordings", *PATTERN, "--live"], "--live is for emotion and animation"),
        (
            ["animation", "recordings", *PATTERN, "--tracks", "t"],
            "no sound has a landmark track: 'recordings/speaker01/angry_00.wav' would "
            "have 't/speaker01/angry_00.npz'",
        ),
    ],
)
def test_what_cannot_be_learnt_is_said_before_training(words, message, complaint, monkeypatch):
    monkeypatch.setattr("skaffect.cli._train._fitted", None)
    output = [] if "--output" in words else ["--output", "a.safetensors"]
    assert message in complaint("train", *words, *output)


@pytest.mark.usefixtures("here")
@pytest.mark.filterwarnings("default")
def test_a_pattern_that_divides_names_in_two_ways_is_warned_of(capsys, monkeypatch):
    def fit(options, lesson):
        raise KeyboardInterrupt

    monkeypatch.setattr("skaffect.cli._train._fitted", fit)
    for path in Path("recordings").glob("*/sad_*.wav"):
        path.rename(path.with_name(f"very_{path.name}"))
    assert main(["train", "emotion", "recordings", *PATTERN, "--output", "a.safetensors"]) == 130
    warning, training, *_ = capsys.readouterr().err.splitlines()
    assert warning.startswith("skaffect train: warning: The pattern '{speaker}/{emotion}_{number}")
    assert "was read as emotion='very', number='sad_" in warning
    assert training.endswith("speakers: angry, very ...")


@pytest.mark.usefixtures("here", "small_networks")
@pytest.mark.filterwarnings("default")
def test_one_emotion_is_too_few(capsys):
    words = ["--pattern", "{speaker}/{emotion}_00.wav", "--output", "a.safetensors"]
    assert main(["train", "emotion", "recordings", *words]) == 2
    first, _, last = capsys.readouterr().err.splitlines()
    assert first.startswith(
        "skaffect train: warning: Left out 7 audio files not fitting the pattern"
    )
    assert "class" in last
