"""The API reference is written from the package's own list."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

import skaffect

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture
def reference(monkeypatch):
    monkeypatch.syspath_prepend(str(DOCS))
    import _reference

    yield _reference
    sys.modules.pop("_reference", None)


def listed(folder: Path) -> list[str]:
    return re.findall(r"^   (\w+)$", (folder / "index.rst").read_text(), flags=re.MULTILINE)


def test_every_public_name_is_listed_once(reference, tmp_path):
    reference.write_reference(tmp_path / "reference")
    names = set(skaffect.__all__) - skaffect._PUBLIC_MODULES - {"__version__"}
    assert sorted(listed(tmp_path / "reference")) == sorted(names)


def test_room_without_a_title_stops_the_build(reference, tmp_path, monkeypatch):
    monkeypatch.setitem(skaffect._NAMES, "attic", ["Trunk"])
    with pytest.raises(ValueError, match=r"no title for \['attic'\]; add one to TITLES"):
        reference.write_reference(tmp_path / "reference")


def test_title_of_a_room_that_is_gone_is_found(reference):
    assert set(reference.TITLES) == set(skaffect._NAMES)


def test_every_constant_is_described(reference):
    names = set(skaffect.__all__) - skaffect._PUBLIC_MODULES - {"__version__"}
    constants = {name for name in names if not callable(getattr(skaffect, name))}
    assert set(reference.CONSTANTS) == constants
