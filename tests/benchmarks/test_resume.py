"""Long experiments go on where they were."""

import pytest

from benchmarks._resume import Pieces


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
