"""Fixtures that every test may use."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine must not fail a test: how long an example takes is no property of the code.
settings.register_profile("skaffect", deadline=None)
settings.load_profile("skaffect")

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module", autouse=True)
def environment() -> Iterator[None]:
    """Take back what commands set for the processes that they start, as other tests do too."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="session")
def data_root() -> Path:
    """Folder of real recordings: SKAFFECT_DATA, or ../shared/data beside the repository."""
    default = REPOSITORY.parent / "shared" / "data"
    folder = Path(os.environ.get("SKAFFECT_DATA") or default)
    if folder.is_dir():
        return folder
    reason = f"no real recordings at {folder}: set SKAFFECT_DATA to their folder"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def make_tree(tmp_path: Path) -> Callable[[Iterable[str]], Path]:
    """Return a function that fills a fresh folder with empty files of these relative paths."""

    def make(names: Iterable[str], folder: str = "corpus") -> Path:
        root = tmp_path / folder
        root.mkdir()
        for name in names:
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        return root

    return make
