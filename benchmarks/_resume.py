"""Finished pieces of a long experiment, kept on disk so that a stopped run goes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks._results import write_whole


class Pieces:
    """A folder of finished pieces, each computed once.

    Parameters
    ----------
    folder : Path
        Where the pieces are kept; made if need be.
    settings : mapping
        Everything that the pieces depend on, as plain values. A folder that holds
        another run's pieces is refused.

    Raises
    ------
    ValueError
        If the folder belongs to other settings.
    """

    def __init__(self, folder: Path, settings: Mapping[str, Any]) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        path, given = folder / "settings.json", json.loads(json.dumps(dict(settings)))
        if not path.exists():
            write_whole(path, json.dumps(given))
        elif (found := json.loads(path.read_text())) != given:
            changed = sorted(
                k for k in given.keys() | found.keys() if given.get(k) != found.get(k)
            )
            raise ValueError(
                f"{folder} holds a run with other settings ({', '.join(changed)}). Name another "
                "folder with --output, or remove it."
            )

    def get(self, name: str, compute: Callable[..., Any], *arguments: Any) -> Any:
        """Return a piece from the disk, or compute it and put it there."""
        path = self._folder / f"{name}.json"
        if not path.exists():
            write_whole(path, json.dumps(compute(*arguments)))
        return json.loads(path.read_text())
