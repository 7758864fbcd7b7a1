"""Long experiments go on where they were, if the code is still the same."""

import json
import sys
from types import ModuleType

import pytest

from benchmarks._resume import Pieces, code_in_use


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Return the file of a module of this package that is imported."""
    file = tmp_path / "new.py"
    file.write_text("answer = 1")
    module = ModuleType("skaffect._new")
    module.__file__ = str(file)
    monkeypatch.setitem(sys.modules, "skaffect._new", module)
    return file


def test_a_finished_piece_is_not_computed_again(tmp_path):
    calls = []

    def compute(value):
        calls.append(value)
        return {"value": value}

    first = Pieces(tmp_path / "run", {"epochs": 3})
    assert first.get("fold0", compute, 1) == {"value": 1}
    again = Pieces(tmp_path / "run", {"epochs": 3})
    assert again.get("fold0", compute, 2) == {"value": 1}
    assert calls == [1]


def test_an_interrupted_piece_leaves_nothing(tmp_path):
    pieces = Pieces(tmp_path, {})

    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pieces.get("fold0", interrupted)
    assert [path.name for path in tmp_path.iterdir()] == ["settings.json"]


def test_a_folder_of_other_settings_is_refused(tmp_path):
    Pieces(tmp_path, {"epochs": 3, "corpus": "x"})
    with pytest.raises(ValueError, match="other settings .epochs."):
        Pieces(tmp_path, {"epochs": 4, "corpus": "x"})


def test_pieces_of_other_code_are_refused(tmp_path, module):
    folder = tmp_path / "run"
    assert Pieces(folder, {"epochs": 3}).get("fold0", lambda: 1) == 1
    assert Pieces(folder, {"epochs": 3}).get("fold0", lambda: 2) == 1
    module.write_text("answer = 2")
    message = r"other code computed .changed since: skaffect\._new.\. .*--output"
    with pytest.raises(ValueError, match=message):
        Pieces(folder, {"epochs": 3})
    with pytest.raises(ValueError, match=r"other settings .epochs."):
        Pieces(folder, {"epochs": 4})


def test_pieces_are_kept_on_request(tmp_path, module):
    folder = tmp_path / "run"
    Pieces(folder, {}).get("fold0", lambda: 1)
    module.write_text("answer = 2")
    (folder / "settings.json").unlink()
    assert Pieces(folder, {}).get("fold0", lambda: 2) == 1


def test_pieces_whose_code_is_not_known_are_refused(tmp_path):
    (tmp_path / "settings.json").write_text(json.dumps({"epochs": 3}))
    with pytest.raises(ValueError, match=r"other code computed .not recorded which"):
        Pieces(tmp_path, {"epochs": 3})


def test_code_is_what_answers_come_from(module):
    import skaffect.emotion
    import skaffect.report  # noqa: F401

    names = set(code_in_use())
    assert {"benchmarks._resume", "skaffect._keras", "skaffect.emotion", "skaffect._new"} <= names
    assert not any(name.startswith(("numpy", "skaffect.report")) for name in names)
