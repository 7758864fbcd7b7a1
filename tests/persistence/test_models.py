"""Models travel with all their bits, and a crafted file builds nothing."""

from __future__ import annotations

import copy
import inspect
import os
import pickle
import subprocess
import sys

import joblib
import keras
import numpy as np
import pytest
import sklearn
import soundfile
from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

import skaffect
from skaffect import (
    AudioReader,
    DERNClassifier,
    EmotionConditionedRegressor,
    LandmarkExtractor,
    LogFilterbank,
    MFSCWindower,
    ProcrustesPCAShape,
    load_model,
    read_model_card,
    save_model,
)
from skaffect.persistence import _estimators, _models
from skaffect.persistence._container import read_container
from skaffect.persistence._travellers import TRAVELLERS


def travel(model, tmp_path):
    path = tmp_path / "model.safetensors"
    save_model(model, path)
    return load_model(path)


def assert_same_bits(loaded, model, X, method):
    for a, b in zip(getattr(loaded, method)(X), getattr(model, method)(X), strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a, b)


def untouched(estimator):
    """Return the parameters of all parts, as text, and the fitted plain attributes."""
    return repr(estimator.get_params()), {
        name: repr(value)
        for name, value in vars(estimator).items()
        if name not in ("model_", "_fast_networks", "_fast_for")
    }


def test_an_emotion_pipeline_answers_with_the_same_bits(emotion, waveforms, tmp_path):
    loaded = travel(emotion, tmp_path)
    assert_same_bits(loaded, emotion, waveforms, "predict_proba")
    assert loaded.predict(waveforms).tolist() == emotion.predict(waveforms).tolist()
    for part, own in zip(loaded.named_steps.values(), emotion.named_steps.values(), strict=True):
        assert untouched(part) == untouched(own)


@pytest.mark.slow
def test_single_attention_answers_with_the_same_bits(single_attention, waveforms, tmp_path):
    loaded = travel(single_attention, tmp_path)
    assert_same_bits(loaded, single_attention, waveforms, "predict_proba")


@pytest.mark.slow
def test_dual_attention_answers_with_the_same_bits(dual_attention, waveforms, tmp_path):
    loaded = travel(dual_attention, tmp_path)
    assert_same_bits(loaded, dual_attention, waveforms, "predict_proba")
    assert loaded.classes_.tolist() == [1, 3]


def test_the_dft_baseline_answers_with_the_same_bits(dft, waveforms, tmp_path):
    assert_same_bits(travel(dft, tmp_path), dft, waveforms, "predict_proba")


def test_a_face_answers_with_the_same_bits(face, windows, tmp_path):
    loaded = travel(face, tmp_path)
    assert_same_bits(loaded, face, windows, "predict")
    assert untouched(loaded.regressor_) == untouched(face.regressor_)
    assert untouched(loaded.shape_) == untouched(face.shape_)


@pytest.mark.slow
def test_a_cascade_answers_with_the_same_bits(cascade, windows, tmp_path):
    loaded = travel(cascade, tmp_path)
    assert_same_bits(loaded, cascade, windows, "predict")
    assert list(loaded.regressor_.regressors_) == ["happy", "sad"]


def test_a_loaded_model_travels_on_and_pickles(face, windows, tmp_path):
    again = travel(travel(face, tmp_path), tmp_path)
    assert_same_bits(pickle.loads(pickle.dumps(again)), face, windows, "predict")


def test_training_goes_on_and_may_fail(emotion, waveforms, tmp_path):
    loaded = travel(emotion, tmp_path)
    features, dern = loaded[:-1].transform(waveforms), loaded[-1]
    before = dern.predict_proba(features)

    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        dern.set_params(callbacks=[Stop]).partial_fit(features, ["sad", "happy"] * 2)
    np.testing.assert_array_equal(dern.predict_proba(features), before)
    dern.set_params(callbacks=None).partial_fit(features, ["sad", "happy"] * 2)
    assert dern.n_epochs_ == 2


def test_low_precision_travels(windows, tmp_path):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("bfloat16")
    try:
        dern = DERNClassifier((2,), 4, epochs=1, random_state=0).fit(windows, ["a", "b"] * 2)
    finally:
        keras.config.set_dtype_policy(before)
    assert_same_bits(travel(dern, tmp_path), dern, windows, "predict_proba")


def test_transformers_without_networks_travel(waveforms, tracks, tmp_path):
    bands = make_pipeline(AudioReader(), LogFilterbank(normalize="corpus")).fit(waveforms)
    assert_same_bits(travel(bands, tmp_path), bands, waveforms, "transform")
    shape = ProcrustesPCAShape(0.9).fit(tracks)
    assert_same_bits(travel(shape, tmp_path), shape, tracks, "transform")
    table = np.random.default_rng(0).normal(size=(9, 3))
    table[0, 0] = np.nan
    scaler = StandardScaler(with_mean=False).fit(table)
    loaded = travel(scaler, tmp_path)
    np.testing.assert_array_equal(loaded.transform(table), scaler.transform(table))
    assert loaded.n_samples_seen_.tolist() == [8, 9, 9]


def test_a_landmark_extractor_keeps_its_path_as_text(tmp_path):
    extractor = LandmarkExtractor(tmp_path / "68.dat", points=[1, 2])
    loaded = travel(extractor, tmp_path)
    assert loaded.predictor == str(tmp_path / "68.dat")
    assert loaded.points == [1, 2]


def test_requests_for_metadata_travel(face, tmp_path):
    with sklearn.config_context(enable_metadata_routing=True):
        template = EmotionConditionedRegressor().set_fit_request(emotion=True, groups=False)
        model = skaffect.ShapeTargetRegressor(template)
    model.shape_, model.regressor_ = face.shape_, face.regressor_
    requests = travel(model, tmp_path).regressor._metadata_request
    assert requests.fit.requests == {"emotion": True, "groups": False, "sample_weight": None}


def test_every_public_estimator_travels():
    public = {
        name
        for name in skaffect.__all__
        if inspect.isclass(kind := getattr(skaffect, name)) and issubclass(kind, BaseEstimator)
    }
    assert public
    assert TRAVELLERS.keys() == public | {"Pipeline", "StandardScaler"}


def test_what_stays_behind_is_said(emotion, tmp_path, waveforms):
    model = make_pipeline(*emotion.named_steps.values(), memory=str(tmp_path / "cache"))
    changed = {"random_state": np.random.RandomState(3), "callbacks": [keras.callbacks.Callback]}
    before, features = emotion[-1].get_params(), emotion.named_steps["mfscwindower"]
    emotion[-1].set_params(**changed)
    features.set_params(cache=tmp_path / "features")
    try:
        with pytest.warns(UserWarning, match="Left behind") as caught:
            loaded = travel(model, tmp_path)
    finally:
        emotion[-1].set_params(**before)
        features.set_params(cache=None)
    message = str(caught[0].message)
    for place in (
        "model.memory (",
        ".cache (",
        "model.steps[2][1].callbacks (",
        "random_state (",
    ):
        assert place in message
    assert loaded.memory is None
    assert loaded["mfscwindower"].cache is None
    assert loaded[-1].callbacks is None
    assert loaded[-1].random_state is None
    assert_same_bits(loaded, emotion, waveforms, "predict_proba")


def test_a_model_of_files_needs_no_cache_to_answer(emotion, tmp_path, waveforms):
    path = str(tmp_path / "a.wav")
    soundfile.write(path, waveforms[0], 16000)
    windower = MFSCWindower(cache=tmp_path / "features", n_jobs=2)
    model = make_pipeline(windower, clone(emotion[-1])).fit([path] * 2, ["angry", "sad"])
    with pytest.warns(UserWarning, match=r"\.cache \(.*are the same"):
        loaded = travel(model, tmp_path)
    assert (loaded[0].cache, loaded[0].n_jobs) == (None, None)
    assert_same_bits(loaded, model, [path], "predict_proba")


def test_the_cores_of_an_earlier_file_are_not_asked_for(tmp_path, monkeypatch):
    with monkeypatch.context() as earlier:
        earlier.setattr(_estimators, "_CORES", "none")
        save_model(MFSCWindower(n_jobs=100_000), tmp_path / "a.safetensors")
    assert read_container(tmp_path / "a.safetensors")[0]["model"]["estimator"]["params"]["n_jobs"]
    assert load_model(tmp_path / "a.safetensors").n_jobs is None


class Derived(AudioReader):
    """A class of the user's."""


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (FunctionTransformer(), "model is of class FunctionTransformer, which cannot travel"),
        (make_pipeline(FunctionTransformer()), "model.steps[0][1] is of class FunctionTr"),
        (Derived(), "model is of class Derived, which cannot travel"),
        (3, "model is of class int"),
        (AudioReader(sr=len), "model.sr is <built-in function len>"),
    ],
)
def test_what_cannot_travel_is_refused_by_name(model, message, tmp_path):
    with pytest.raises(TypeError) as caught:
        save_model(model, tmp_path / "m.safetensors")
    assert message in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_attributes_that_fit_does_not_set_are_refused(tmp_path):
    reader = AudioReader()
    reader.note = "mine"
    with pytest.raises(ValueError, match="model.note is not an attribute that fit sets"):
        save_model(reader, tmp_path / "m.safetensors")


def test_what_is_not_fitted_is_refused(tmp_path):
    with pytest.raises(NotFittedError):
        save_model(DERNClassifier(), tmp_path / "m.safetensors")


def test_parameters_that_could_not_be_built_again_are_refused(emotion, tmp_path):
    emotion[-1].set_params(learning_rate="fast")
    try:
        with pytest.raises(TypeError, match="learning_rate must be a real number"):
            save_model(emotion, tmp_path / "m.safetensors")
    finally:
        emotion[-1].set_params(learning_rate=1e-3)


def test_paths_are_checked(tmp_path):
    with pytest.raises(ValueError, match="path must end in .safetensors"):
        save_model(AudioReader(), tmp_path / "model.pkl")
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        save_model(AudioReader(), tmp_path / "no" / "m.safetensors")
    with pytest.raises(FileNotFoundError, match="which does not exist; relative paths start"):
        load_model(tmp_path / "m.safetensors")
    with pytest.raises(IsADirectoryError, match="a folder; give the model file in it"):
        read_model_card(tmp_path)
    with pytest.raises(TypeError, match="path must be a str"):
        load_model(3)
    (tmp_path / "empty.safetensors").touch()
    with pytest.raises(ValueError, match="empty.safetensors' is an empty file"):
        load_model(tmp_path / "empty.safetensors")
    soundfile.write(tmp_path / "a.wav", np.zeros(99), 16000)
    with pytest.raises(ValueError, match="a.wav' is not a model file of skaffect; give a file"):
        load_model(tmp_path / "a.wav")


def last(node):
    """Return the description of a pipeline's last step."""
    return node["params"]["steps"][-1]["tuple"][1]["estimator"]


def put(key, **values):
    return lambda node, arrays: last(node).setdefault(key, {}).update(values)


def rename(name):
    return lambda node, arrays: last(node).update({"class": name})


CRAFTED = [
    (rename("os.system"), "is of class 'os.system', which no model file may hold"),
    (rename("SVC"), "which no model file may hold"),
    (rename(["DERNClassifier"]), "which no model file may hold"),
    (rename("AudioReader"), "has no parameter"),
    (put("params", model="x"), "has no parameter 'model'"),
    (put("params", callbacks=["os.system"]), "callbacks must be None"),
    (put("params", learning_rate="fast"), "learning_rate must be a real number"),
    (put("fitted", predict="x"), ".predict is not an attribute that fit sets"),
    (put("fitted", __class__="x"), "__class__ is not an attribute that fit sets"),
    (put("fitted", model_="x"), "model_ is not an attribute that fit sets"),
    (put("fitted", classes_=["a", "b"]), "classes_ must be an array of labels"),
    (put("fitted", _seed=10**30), "_seed must be an integer"),
    (put("fitted", window_shape_in_={"tuple": [8, 5]}), "but what it has learnt says (8, 5)"),
    (put("fitted", architecture_=None), "architecture_ is no object"),
    (put("fitted", architecture_={"dict": []}), "architecture_ has window_shape=None"),
    (put("requests", fit={"groups": [1]}), "asks for metadata in 'fit'"),
    (put("requests", __init__={}), "asks for metadata in '__init__'"),
    (put("weights", **{"conv1/bias": None}), "conv1/bias"),
    (put("more", a=1), "has an unknown part: more"),
    (lambda node, arrays: last(node).pop("fitted"), "has parts of a network, which this DERN"),
    (lambda node, arrays: node["params"].update(steps=[]), "steps must be a list of names and"),
    (lambda node, arrays: last(node).pop("weights"), "does not belong to its architecture_"),
    (lambda node, arrays: last(node)["fitted"].pop("classes_"), "lacks classes_, which fit sets"),
    (lambda node, arrays: arrays.update(more=np.zeros(3)), "nothing uses its array 'more'"),
    (lambda node, arrays: node["params"].update(memory="/tmp/x"), "memory must be None"),
    (lambda node, arrays: node["params"].pop("steps"), "steps"),
    (lambda node, arrays: node.clear(), "of class None"),
    (
        lambda node, arrays: node["params"].update(steps={"pickle": "gASV"}),
        "model.steps is of an unknown kind: pickle",
    ),
]


@pytest.mark.parametrize(("change", "message"), CRAFTED)
def test_a_crafted_file_is_refused(emotion, tampered, change, message):
    path = tampered(emotion, change)
    with pytest.raises(ValueError, match="describes no model that this skaffect can") as caught:
        load_model(path)
    assert message in str(caught.value)
    assert os.fspath(path) in str(caught.value)


def places(node, path=()):
    """Yield the way to every part of a JSON document."""
    yield path
    if isinstance(node, dict | list):
        for key, part in node.items() if isinstance(node, dict) else enumerate(node):
            yield from places(part, (*path, key))


@pytest.mark.parametrize("junk", [None, [], {}, -1, "x", {"tuple": []}, {"array": "x"}])
def test_junk_anywhere_loads_or_is_refused(emotion, tmp_path, monkeypatch, junk):
    path = tmp_path / "model.safetensors"
    save_model(emotion, path)
    document, arrays = read_container(str(path))
    monkeypatch.setattr(_estimators, "_build", lambda *_: None)
    n_refused = 0
    for way in places(document["model"]):
        changed = copy.deepcopy(document)
        owner, key = changed, "model"
        for step in way:
            owner, key = owner[key], step
        owner[key] = junk
        monkeypatch.setattr(_models, "read_container", lambda _, d=changed: (d, dict(arrays)))
        try:
            load_model(path)
        except ValueError as error:
            assert "describes no model that this skaffect can build" in str(error)  # noqa: PT017
            n_refused += 1
    assert n_refused > 50


def test_sizes_of_a_crafted_network_are_checked_before_it_is_built(emotion, tampered, monkeypatch):
    def widen(node, arrays):
        for pair in last(node)["fitted"]["architecture_"]["dict"]:
            if pair[0] == "dense_units":
                pair[1] = 10**9

    path = tampered(emotion, widen)
    monkeypatch.setattr(DERNClassifier, "_build_network", lambda self: pytest.fail("built"))
    with pytest.raises(ValueError, match="model_ does not belong to its architecture_"):
        load_model(path)


def test_neither_pickle_nor_keras_deserialises(emotion, waveforms, tmp_path, monkeypatch):
    save_model(emotion, tmp_path / "model.safetensors")

    def forbidden(*args, **kwargs):
        pytest.fail("a deserialiser was called")

    for owner, name in (
        (pickle, "load"),
        (pickle, "loads"),
        (pickle, "Unpickler"),
        (joblib, "load"),
        (np, "load"),
        (keras.saving, "load_model"),
        (keras.saving, "deserialize_keras_object"),
        (keras.models, "load_model"),
        (keras.models, "model_from_json"),
        (keras.layers, "deserialize"),
        (keras.Model, "from_config"),
        (keras.layers.Layer, "from_config"),
    ):
        monkeypatch.setattr(owner, name, forbidden)
    loaded = load_model(tmp_path / "model.safetensors")
    monkeypatch.undo()
    assert_same_bits(loaded, emotion, waveforms, "predict_proba")


def test_the_card_says_what_and_with_what(emotion, tmp_path):
    path = tmp_path / "model.safetensors"
    told = {"data": "noise", "metrics": {"UAR": 0.5, "folds": [0.4, 0.6]}, "licence": None}
    save_model(emotion, path, card=told)
    card = read_model_card(path)
    assert card["card"] == told
    assert card["estimators"] == ["Pipeline", "AudioReader", "MFSCWindower", "DERNClassifier"]
    assert card["packages"]["skaffect"] == skaffect.__version__
    assert card["packages"]["numpy"] == np.__version__
    assert card["created"].endswith("+00:00")


@pytest.mark.parametrize(
    ("card", "error", "message"),
    [
        ("text", TypeError, "card must be a mapping"),
        ({"uar": np.float32(0.5)}, TypeError, "card['uar'] is "),
        ({"uar": float("nan")}, ValueError, "card['uar'] is nan, which JSON has not"),
        ({"folds": [{1: 2}]}, TypeError, "card['folds'][0] has the key 1"),
    ],
)
def test_a_card_that_is_not_plain_is_refused(card, error, message, tmp_path):
    with pytest.raises(error) as caught:
        save_model(AudioReader(), tmp_path / "m.safetensors", card=card)
    assert message in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_loaded_model_does_not_lose_its_card_in_silence(tmp_path):
    path, again = tmp_path / "reader.safetensors", tmp_path / "again.safetensors"
    save_model(AudioReader(), path, card={"licence": "CC0"})
    loaded = load_model(path)
    with pytest.warns(UserWarning, match="with a card, and is written without one") as caught:
        save_model(loaded, again)
    assert caught[0].filename == __file__
    assert f"card=read_model_card({str(path)!r})['card'] keeps it" in str(caught[0].message)
    save_model(loaded, again, card=read_model_card(path)["card"])
    assert read_model_card(again)["card"] == {"licence": "CC0"}
    # Where the card lies it would be lost before anybody could keep it.
    with pytest.raises(ValueError, match="a card that would be lost with the file: card=read"):
        save_model(loaded, path)
    assert read_model_card(path)["card"] == {"licence": "CC0"}
    # Without a word: it is meant, or there is nothing to lose.
    save_model(loaded, again, card={})
    save_model(load_model(again), path)
    save_model(loaded, path)


def test_a_card_is_found_from_another_folder(tmp_path, monkeypatch):
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path)
    save_model(AudioReader(), "reader.safetensors", card={"licence": "CC0"})
    loaded = load_model("reader.safetensors")
    monkeypatch.chdir(tmp_path / "below")
    with pytest.raises(ValueError, match="a card that would be lost with the file"):
        save_model(loaded, "../reader.safetensors")
    assert read_model_card("../reader.safetensors")["card"] == {"licence": "CC0"}


def test_a_card_is_read_without_tensorflow(tmp_path):
    save_model(AudioReader(), tmp_path / "m.safetensors", card={"notes": "light"})
    code = (
        "import sys, skaffect; card = skaffect.read_model_card(sys.argv[1]); "
        "assert card['card'] == {'notes': 'light'}; "
        "sys.exit({'tensorflow', 'keras', 'sklearn'} & set(sys.modules) != set())"
    )
    inherited = {key: value for key, value in os.environ.items() if key != "SKAFFECT_QUIET"}
    command = [sys.executable, "-c", code, os.fspath(tmp_path / "m.safetensors")]
    assert subprocess.run(command, env=inherited, timeout=60, check=False).returncode == 0
