"""The file: every damage is told, every claimed size checked."""

from __future__ import annotations

import io
import json
import os
import pickle
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaffect.persistence import _container as container
from skaffect.persistence._container import read_container, read_document, write_container

DOCUMENT = {"model": {"answer": [42, 0.1, "größer"]}}
ARRAYS = {
    "a": np.arange(6, dtype=np.float32).reshape(2, 3),
    "b": np.array(2.5),
    "c": np.zeros((0, 3), dtype=np.int16),
    "d": np.array([True, False]),
}
REFUSED = r"is damaged or cut short|is not a model file of skaffect"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    path = tmp_path_factory.mktemp("whole") / "model.safetensors"
    write_container(str(path), DOCUMENT, ARRAYS)
    return path.read_bytes()


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("damaged") / "model.safetensors"


def craft(path, header, body=b""):
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + body)
    return str(path)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes of files")
def test_others_may_read_what_the_user_lets_them(tmp_path):
    ordinary, model = tmp_path / "ordinary.txt", tmp_path / "model.safetensors"
    ordinary.write_text("")
    write_container(str(model), DOCUMENT, ARRAYS)
    assert model.stat().st_mode == ordinary.stat().st_mode


def test_what_was_written_is_read(whole, path):
    path.write_bytes(whole)
    document, arrays = read_container(str(path))
    assert document.pop("format") == 1
    assert len(document.pop("sha256")) == 64
    assert document == DOCUMENT
    assert arrays.keys() == ARRAYS.keys()
    for name, array in arrays.items():
        assert array.dtype == ARRAYS[name].dtype
        np.testing.assert_array_equal(array, ARRAYS[name])
        assert array.flags.writeable
        assert array.flags.aligned


def test_a_stump_of_any_length_is_refused(whole, path):
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match=REFUSED):
            read_document(str(path))


def test_a_file_cut_within_its_arrays_is_called_cut_short(whole, path):
    path.write_bytes(whole[:-1])
    with pytest.raises(ValueError, match="damaged or cut short.* Copy or download it again"):
        read_document(str(path))


def test_a_flipped_bit_anywhere_is_refused(whole, path):
    for i in range(len(whole)):
        damaged = bytearray(whole)
        damaged[i] ^= 1 << (i % 8)
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match=REFUSED):
            read_document(str(path))


@given(st.data())
def test_random_bytes_anywhere_are_refused(whole, path, data):
    start = data.draw(st.integers(0, len(whole) - 1))
    junk = data.draw(st.binary(min_size=1, max_size=80))
    damaged = whole[:start] + junk + whole[start + len(junk) :]
    path.write_bytes(damaged)
    if damaged == whole:
        read_document(str(path))
        return
    with pytest.raises(ValueError, match=REFUSED):
        read_document(str(path))


def a_zip(names):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return memory.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF",
        pickle.dumps({"model": np.zeros(3)}),
        pickle.dumps(os.getcwd, protocol=0),
        a_zip(["config.json", "model.weights.h5"]),
        a_zip(["../../etc/passwd"]),
        (2**63).to_bytes(8, "little"),
        (10**9).to_bytes(8, "little") + b"{}",
        b"\x89HDF\r\n\x1a\n" + bytes(500),
    ],
)
def test_other_files_are_not_ours(path, content):
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"not a model file of skaffect.*{len(content)} bytes"):
        read_container(str(path))


@pytest.mark.parametrize(
    "tensors",
    [
        {"a": {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]}},
        {"a": {"dtype": "F32", "shape": [2**62, 8], "data_offsets": [0, 0]}},
        {"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}},
        {
            "a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]},
            "b": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]},
        },
    ],
)
def test_claimed_sizes_are_checked_before_memory_is_taken(path, tensors):
    header = {"__metadata__": {"skaffect": "{}"}, **tensors}
    with pytest.raises(ValueError, match=REFUSED):
        read_container(craft(path, header, b"1234"))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "[" * 100_000, '{"sha256": 1}', '{"sha256": "' + "0" * 64 + '"}']
)
def test_a_document_that_is_none_is_refused(path, text):
    with pytest.raises(ValueError, match=REFUSED):
        read_document(craft(path, {"__metadata__": {"skaffect": text}}))


def test_safetensors_of_others_are_not_ours(path):
    tensor = {"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}
    for metadata in ({}, {"__metadata__": {"format": "pt"}}):
        with pytest.raises(ValueError, match="not a model file of skaffect"):
            read_container(craft(path, metadata | tensor, b"1234"))


@pytest.mark.parametrize("version", [2, 0, "1", None])
def test_a_newer_format_is_named(path, monkeypatch, version):
    monkeypatch.setattr(container, "FORMAT", version)
    write_container(str(path), DOCUMENT, {})
    monkeypatch.undo()
    with pytest.raises(ValueError, match=f"format {version}, .* up to 1: .* Upgrade skaffect"):
        read_document(str(path))


def test_types_that_no_model_has_are_refused(path, monkeypatch):
    monkeypatch.setattr(container, "DTYPES", {})
    write_container(str(path), DOCUMENT, {"a": np.zeros(2)})
    with pytest.raises(ValueError, match="numbers of type F64, which no model has"):
        read_container(str(path))


def test_a_description_that_could_not_be_read_again_is_not_written(tmp_path, monkeypatch):
    monkeypatch.setattr(container, "_LONGEST_DOCUMENT", 100)
    with pytest.raises(ValueError, match="at most 100 can be read again; shorten card"):
        write_container(str(tmp_path / "m.safetensors"), {"card": "x" * 100}, {})
    assert list(tmp_path.iterdir()) == []


def test_a_failure_while_writing_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "m.safetensors"
    write_container(str(path), DOCUMENT, ARRAYS)
    before = path.read_bytes()
    monkeypatch.setattr(container, "_digest", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_container(str(path), DOCUMENT, {})
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
