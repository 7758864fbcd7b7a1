"""An exported model answers as its estimator does, about utterances of any length."""

from __future__ import annotations

import json
import sys

import numpy as np
import onnx
import onnxruntime
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

import skaffect
from skaffect import (
    AudioReader,
    DERNClassifier,
    DFTCNNBaseline,
    DSRNRegressor,
    DualAttentionDeviceClassifier,
    EmotionConditionedRegressor,
    LogFilterbank,
    MFSCWindower,
    ProcrustesPCAShape,
    ShapeTargetRegressor,
    SingleAttentionDeviceClassifier,
    Windows,
    band_weights,
    export_onnx,
    frame_weights,
    load_model,
    save_model,
)

TRAINING = {"epochs": 1, "random_state": 0}
LABELS = ["happy", "sad", "angry"] * 2
# What is promised.
CLOSE = {"rtol": 0, "atol": 1e-4}


@pytest.fixture(scope="module")
def speech(data_root):
    """Six utterances of three to four seconds at 16 kHz."""
    paths = sorted((data_root / "ravdess" / "Actor_01").glob("*.flac"))[::10]
    return list(AudioReader().fit_transform([str(path) for path in paths[:6]]))


@pytest.fixture(scope="module")
def windows(speech):
    return list(MFSCWindower().fit_transform(speech))


@pytest.fixture(scope="module")
def frames(speech):
    return list(LogFilterbank(normalize="corpus").fit_transform(speech))


@pytest.fixture(scope="module")
def parameters(windows):
    """Shape parameters that the speech determines, in units of their own."""
    return [5 + 20 * entry.frames[:, :3] for entry in windows]


@pytest.fixture(scope="module")
def tracks(windows):
    """Faces of twelve points, some tens of pixels wide, that move with the speech."""
    rng = np.random.default_rng(1)
    mean, modes = 30 * rng.normal(size=(12, 2)), 2 * rng.normal(size=(4, 24))
    return [mean + (entry.frames[:, :4] @ modes).reshape(-1, 12, 2) for entry in windows]


@pytest.fixture(scope="module")
def face(windows, tracks):
    cascade = EmotionConditionedRegressor(
        DERNClassifier((3, 4, 5), 8, **TRAINING), DSRNRegressor((3, 4, 5, 6), (16, 8), **TRAINING)
    )
    model = ShapeTargetRegressor(cascade, ProcrustesPCAShape(4))
    return model.fit(windows, tracks, emotion=LABELS)


@pytest.fixture
def exported(tmp_path):
    """Return a function that exports a model and opens the file."""

    def export(model, **options):
        path = tmp_path / "model.onnx"
        export_onnx(model, path, **options)
        return onnxruntime.InferenceSession(path)

    return export


def with_any_weights(model, seed=0):
    """Draw a network's weights anew, biases too, which a short training leaves near zero."""
    rng = np.random.default_rng(seed)
    for layer in model.model_.layers:
        layer.set_weights([_any_like(weights, rng) for weights in layer.get_weights()])
    vars(model).get("_fast_networks", {}).clear()
    return model


def _any_like(weights, rng):
    n_inputs = np.prod(weights.shape[:-1])
    return rng.normal(0, 0.2 if weights.ndim == 1 else 1.5 / n_inputs**0.5, weights.shape)


def undecided(dern, windows):
    """Draw the weights of a classifier that hears all its classes about equally often."""
    with_any_weights(dern)
    kernel, bias = dern.model_.get_layer("emotion").get_weights()
    logs = np.log(np.concatenate(dern.predict_frames(windows)))
    dern.model_.get_layer("emotion").set_weights([kernel, bias - logs.mean(axis=0)])
    return dern


def answers(session, inputs):
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(None, inputs), strict=True))


def shown(entry):
    return {"frames": entry.frames, "active": entry.active}


def cut(windows):
    """Return whole utterances, beginnings of all lengths, and half a minute."""
    first = windows[0]
    lengths = (1, 2, 3, 4, 5, 7, 14, 15, 16, 17, 31, 32, 33, 100)
    parts = [Windows(first.frames[:n], 15, first.active[:n]) for n in lengths]
    long = np.concatenate([entry.frames for entry in windows])
    silent = Windows(first.frames, 15, np.arange(len(first)) == 40)
    return [*windows, *parts, Windows(np.concatenate([long, long[:900]])), silent]


# Answers


@pytest.mark.parametrize("vote", ["soft", "hard"])
def test_dern(vote, windows, exported):
    dern = undecided(DERNClassifier((3, 4, 5), 8, **TRAINING).fit(windows, LABELS), windows)
    session = exported(dern.set_params(vote=vote))
    entries = cut(windows)
    assert not all(entry.active.all() for entry in entries)
    expected = dern.predict_proba(entries)
    assert expected.std(axis=0).max() > 0.05
    for entry, proba, posteriors in zip(
        entries, expected, dern.predict_frames(entries), strict=True
    ):
        found = answers(session, shown(entry))
        np.testing.assert_allclose(found["probabilities"], proba, **CLOSE)
        np.testing.assert_allclose(found["posteriors"], posteriors, **CLOSE)


def test_all_frames_vote_where_none_is_active(windows, exported):
    dern = DERNClassifier((3,), 4, **TRAINING).fit(windows, LABELS)
    frames = windows[0].frames
    given = {"frames": frames, "active": np.zeros(len(frames), bool)}
    found = answers(exported(dern), given)["probabilities"]
    np.testing.assert_allclose(found, dern.predict_proba([Windows(frames)])[0], **CLOSE)


@pytest.mark.parametrize(
    ("filters", "dense_units", "output_context"),
    [((3, 4, 5, 6), (16, 8), 5), ((3,), (7,), 1), ((2, 3), (9, 8, 7), 21)],
)
def test_dsrn(filters, dense_units, output_context, windows, parameters, exported):
    dsrn = DSRNRegressor(filters, dense_units, output_context=output_context, **TRAINING)
    dsrn = with_any_weights(dsrn.fit(windows, parameters))
    session = exported(dsrn)
    entries = cut(windows)
    for entry, expected in zip(entries, dsrn.predict(entries), strict=True):
        found = answers(session, {"frames": entry.frames})
        assert found.keys() == {"shape_parameters"}
        # They reach a hundred: its rounding is a hundred times that of probabilities.
        np.testing.assert_allclose(found["shape_parameters"], expected, **CLOSE | {"rtol": 1e-6})


@pytest.mark.parametrize(
    "model",
    [
        DualAttentionDeviceClassifier((3, 4, 5), 4, 6, **TRAINING),
        pytest.param(
            SingleAttentionDeviceClassifier((3, 4, 5), 4, 6, **TRAINING), marks=pytest.mark.slow
        ),
        pytest.param(
            SingleAttentionDeviceClassifier(
                (3, 4, 5), 4, 6, 5, attention="sigmoid", score_scale=7.0, **TRAINING
            ),
            marks=pytest.mark.slow,
        ),
        pytest.param(
            DualAttentionDeviceClassifier(
                (3, 4, 5), 4, 6, band_pooling="sum", attention="sigmoid", **TRAINING
            ),
            marks=pytest.mark.slow,
        ),
    ],
    ids=["dual", "single", "single-averaged-sigmoid", "dual-sum-sigmoid"],
)
def test_attention(model, frames, exported):
    model = with_any_weights(model.fit(frames, LABELS))
    session = exported(model)
    entries = [*frames, *(frames[0][:n] for n in (*range(1, 10), 100)), np.concatenate(frames)]
    dual = isinstance(model, DualAttentionDeviceClassifier)
    expected = {
        "probabilities": model.predict_proba(entries),
        "frame_weights": frame_weights(model, entries),
        **({"band_weights": band_weights(model, entries)} if dual else {}),
    }
    assert expected["probabilities"].std(axis=0).max() > 0.01
    for i, entry in enumerate(entries):
        found = answers(session, {"frames": entry})
        assert found.keys() == expected.keys()
        for name, value in found.items():
            np.testing.assert_allclose(value, expected[name][i], **CLOSE)


@pytest.mark.parametrize("piece_seconds", [0.5, 0.0131875])  # 8000 samples, and 211: a prime
def test_dft_baseline(piece_seconds, speech, exported):
    baseline = DFTCNNBaseline((3, 4), 6, piece_seconds=piece_seconds, **TRAINING)
    baseline = with_any_weights(baseline.fit(speech, LABELS))
    session = exported(baseline)
    length = baseline.piece_length_
    entries = [
        *speech,
        *(speech[0][20000:][:n] for n in (1, length - 1, length, length + 1, 2 * length)),
        np.concatenate(speech),
    ]
    for entry, expected in zip(entries, baseline.predict_proba(entries), strict=True):
        found = answers(session, {"waveform": entry})
        np.testing.assert_allclose(found["probabilities"], expected, **CLOSE)
        pieces = max(1, len(entry) // length)
        assert found["posteriors"].shape == (pieces, 3)


@pytest.mark.parametrize("quantile", [0.0, 0.5, 1.0])
def test_a_face_of_the_cascade(quantile, face, windows, exported):
    cascade, entries = face.regressor_, cut(windows)
    votes = undecided(cascade.classifier_, windows).set_params(vote="hard").predict_proba(entries)
    confident = float(np.quantile(votes.max(axis=1), quantile, method="lower"))
    labels, weights = cascade.classifier_.top_two(entries, confident)
    assert len(np.unique(labels, axis=0)) > 2
    assert ((weights[:, 1] > 0) == (votes.max(axis=1) <= min(confident, 0.99))).all()
    for i, regressor in enumerate(cascade.regressors_.values()):
        with_any_weights(regressor, seed=i)
    cascade.set_params(confident=confident)
    session = exported(face)
    expected = {"landmarks": face.predict(entries), "shape_parameters": cascade.predict(entries)}
    for i, entry in enumerate(entries):
        found = answers(session, shown(entry))
        for name, value in expected.items():
            np.testing.assert_allclose(found[name], value[i], **CLOSE)
        shares = dict(zip(labels[i], weights[i], strict=True))
        np.testing.assert_allclose(
            found["emotion_weights"], [shares.get(name, 0) for name in cascade.classes_], **CLOSE
        )


def test_a_cascade_and_a_face_without_one(face, windows, tracks, exported):
    cascade = face.regressor_
    found = answers(exported(cascade), shown(windows[0]))
    assert list(found) == ["shape_parameters", "emotion_weights"]
    np.testing.assert_allclose(found["shape_parameters"], cascade.predict(windows)[0], **CLOSE)
    plain = ShapeTargetRegressor(DSRNRegressor((3,), (4,), **TRAINING), ProcrustesPCAShape(4))
    plain.fit(windows, tracks)
    found = answers(exported(plain), {"frames": windows[0].frames})
    assert list(found) == ["landmarks", "shape_parameters"]
    np.testing.assert_allclose(found["landmarks"], plain.predict(windows)[0], **CLOSE)


@pytest.mark.slow
def test_the_papers_sizes(windows, frames, parameters, exported):
    dern = DERNClassifier(**TRAINING).fit(windows, LABELS)
    dsrn = DSRNRegressor(**TRAINING).fit(windows, parameters)
    dual = DualAttentionDeviceClassifier(**TRAINING).fit(frames, LABELS)
    single = SingleAttentionDeviceClassifier(**TRAINING).fit(frames, LABELS)
    session = exported(dern)
    for entry, expected in zip(windows, dern.predict_proba(windows), strict=True):
        np.testing.assert_allclose(session.run(None, shown(entry))[0], expected, **CLOSE)
    for model, entries, method in (
        (dsrn, [entry.frames for entry in windows], lambda X: dsrn.predict(windows)),
        (dual, frames, dual.predict_proba),
        (single, frames, single.predict_proba),
    ):
        session = exported(model)
        for entry, expected in zip(entries, method(entries), strict=True):
            found = session.run(None, {"frames": entry})[0]
            np.testing.assert_allclose(found, expected, **CLOSE)


def test_rows_are_windows_of_one_frame(exported):
    rows = np.random.default_rng(0).normal(size=(6, 40)).astype(np.float32)
    dern = DERNClassifier((3,), 4, augmentation=0.0, **TRAINING).fit(rows, LABELS)
    found = answers(exported(dern), {"frames": rows, "active": np.ones(6, bool)})
    np.testing.assert_allclose(found["posteriors"], dern.predict_proba(rows), **CLOSE)


def test_low_precision_is_exported_in_single_precision(windows, exported):
    dern = DERNClassifier((3,), 4, **TRAINING).fit(windows, LABELS)
    exact = answers(exported(dern), shown(windows[0]))
    weights = dern.model_.get_weights()
    dern.architecture_ = {**dern.architecture_, "dtype": "mixed_bfloat16"}
    dern.model_ = dern._build_network()
    dern.model_.set_weights(weights)
    found = answers(exported(dern), shown(windows[0]))
    np.testing.assert_array_equal(found["posteriors"], exact["posteriors"])


# Files


def test_names_and_axes(emotion, dft, face, exported):
    def axes(values):
        return {value.name: value.shape for value in values}

    session = exported(emotion)
    assert axes(session.get_inputs()) == {"frames": ["n_frames", 8], "active": ["n_frames"]}
    assert axes(session.get_outputs()) == {"probabilities": [2], "posteriors": ["n_frames", 2]}
    session = exported(dft)
    assert axes(session.get_inputs()) == {"waveform": ["n_times"]}
    assert axes(session.get_outputs()) == {"probabilities": [2], "posteriors": ["n_pieces", 2]}
    assert axes(exported(face).get_outputs()) == {
        "landmarks": ["n_frames", 12, 2],
        "shape_parameters": ["n_frames", 4],
        "emotion_weights": [3],
    }


def test_the_receiver_can_repeat_the_preprocessing(emotion, waveforms, exported):
    session = exported(emotion, card={"licence": "CC0"})
    metadata = session.get_modelmeta().custom_metadata_map
    told = {name: json.loads(text) for name, text in metadata.items()}
    assert told["skaffect_version"] == skaffect.__version__
    assert told["estimator"] == "DERNClassifier"
    assert told["classes"] == ["happy", "sad"]
    assert told["card"] == {"licence": "CC0"}
    assert told["inputs"].keys() == {"frames", "active"}
    assert told["outputs"].keys() == {"probabilities", "posteriors"}
    reader, windower = told["preprocessing"]
    assert reader == {"class": "AudioReader", "params": {"sr": 16000}, "fitted": {}}
    assert windower["class"] == "MFSCWindower"
    assert not {"cache", "n_jobs"} & set(windower["params"])
    again = MFSCWindower(**windower["params"])
    for name, values in windower["fitted"].items():
        setattr(again, name, np.float32(values))
    for entry, expected in zip(
        again.transform(waveforms), emotion.predict_proba(waveforms), strict=True
    ):
        found = answers(session, shown(entry))["probabilities"]
        np.testing.assert_allclose(found, expected, **CLOSE)


def test_without_a_pipeline_nothing_is_said_about_preprocessing(emotion, dft, face, exported):
    for model, classes in ((emotion[-1], ["happy", "sad"]), (face, sorted(set(LABELS)))):
        metadata = exported(model).get_modelmeta().custom_metadata_map
        assert "preprocessing" not in metadata
        assert json.loads(metadata["classes"]) == classes
    alone = exported(make_pipeline(dft)).get_modelmeta().custom_metadata_map
    assert json.loads(alone["preprocessing"]) == []


def test_pipelines_in_pipelines_are_one(emotion, exported):
    nested = make_pipeline(make_pipeline(emotion[0], emotion[1]), "passthrough", emotion[2])
    steps = [
        json.loads(exported(model).get_modelmeta().custom_metadata_map["preprocessing"])
        for model in (emotion, nested)
    ]
    assert steps[0] == steps[1]


def test_the_same_model_is_the_same_bytes(emotion, face, tmp_path):
    for model in (emotion, face):
        paths = [tmp_path / name for name in ("one.onnx", "two.onnx")]
        for path in paths:
            export_onnx(model, path)
        one, two = (path.read_bytes() for path in paths)
        assert one == two


def test_older_runtimes_read_the_file(face, tmp_path):
    path = tmp_path / "face.onnx"
    export_onnx(face, path)
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    assert model.ir_version == 8
    assert [(opset.domain, opset.version) for opset in model.opset_import] == [("", 17)]
    assert model.producer_name == "skaffect"


def test_exporting_leaves_the_model_and_the_folder_as_they_are(emotion, waveforms, tmp_path):
    before = emotion.predict_proba(waveforms)
    path = tmp_path / "model.onnx"
    path.write_text("another file")
    export_onnx(emotion, path)
    np.testing.assert_array_equal(emotion.predict_proba(waveforms), before)
    assert list(tmp_path.iterdir()) == [path]


def test_a_loaded_model_does_not_lose_its_card_in_silence(emotion, tmp_path):
    save_model(emotion, tmp_path / "m.safetensors", card={"licence": "CC0"})
    loaded = load_model(tmp_path / "m.safetensors")
    with pytest.warns(UserWarning, match="with a card, and is written without one"):
        export_onnx(loaded, tmp_path / "model.onnx")
    export_onnx(loaded, tmp_path / "model.onnx", card={})


# What is refused


def test_a_folder_or_another_suffix_is_refused(emotion, tmp_path):
    (tmp_path / "folder.onnx").mkdir()
    with pytest.raises(IsADirectoryError, match="a folder; name a file in it"):
        export_onnx(emotion, tmp_path / "folder.onnx")
    with pytest.raises(ValueError, match="path must end in .onnx"):
        export_onnx(emotion, tmp_path / "model.safetensors")
    with pytest.raises(FileNotFoundError, match="make it"):
        export_onnx(emotion, tmp_path / "missing" / "model.onnx")


def test_what_is_not_fitted_is_refused(tmp_path):
    path = tmp_path / "model.onnx"
    for model in (
        DERNClassifier(),
        make_pipeline(MFSCWindower(), DERNClassifier()),
        ShapeTargetRegressor(DSRNRegressor()),
    ):
        with pytest.raises(NotFittedError):
            export_onnx(model, path)
    assert not path.exists()


def test_estimators_without_a_graph_are_named(windows, emotion, tmp_path):
    class Own(DERNClassifier):
        pass

    path = tmp_path / "model.onnx"
    with pytest.raises(TypeError, match="model is of class LogisticRegression.*best_estimator_"):
        export_onnx(LogisticRegression(), path)
    with pytest.raises(TypeError, match="model is of class Own, which has no ONNX graph"):
        export_onnx(Own((3,), 4, **TRAINING).fit(windows, LABELS), path)
    with pytest.raises(TypeError, match=r"model\['mfscwindower'\] is of class MFSCWindower"):
        export_onnx(emotion[:-1], path)
    with pytest.raises(TypeError, match="model is of class Pipeline"):
        export_onnx(make_pipeline("passthrough"), path)
    unknown = make_pipeline(FunctionTransformer(), *emotion[1:].named_steps.values())
    with pytest.raises(TypeError, match=r"model\['functiontransformer'\] is of class Function"):
        export_onnx(unknown, path)


def test_parts_without_a_graph_are_named(face, monkeypatch, tmp_path):
    path = tmp_path / "model.onnx"
    monkeypatch.setattr(face, "shape_", LogisticRegression())
    with pytest.raises(TypeError, match="model.shape_ is .* must be a ProcrustesPCAShape"):
        export_onnx(face, path)
    monkeypatch.undo()
    monkeypatch.setitem(face.regressor_.regressors_, "sad", LogisticRegression())
    with pytest.raises(TypeError, match=r"model.regressor_.regressors_\['sad'\] is of class Log"):
        export_onnx(face, path)


def test_a_parameter_that_is_not_valid_is_refused(emotion, tmp_path):
    pipeline = make_pipeline(DERNClassifier())
    pipeline.steps = [("emotion", emotion[-1])]
    before = emotion[-1].vote
    try:
        with pytest.raises(ValueError, match="vote must be"):
            export_onnx(pipeline.set_params(emotion__vote="loud"), tmp_path / "model.onnx")
    finally:
        emotion[-1].set_params(vote=before)


def test_without_the_extra(emotion, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportError, match=r'pip install "skaffect\[onnx\]"'):
        export_onnx(emotion, tmp_path / "model.onnx")
