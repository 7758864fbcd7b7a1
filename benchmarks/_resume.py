"""Finished pieces of a long experiment, kept on disk so that a stopped run goes on."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks._results import write_whole

# What these make of an answer comes after the pieces.
_SHOWS_RESULTS = ("benchmarks._results", "skaffect.plotting", "skaffect.report")


class Pieces:
    """A folder of finished pieces, each computed once, by one state of the code.

    Parameters
    ----------
    folder : Path
        Where the pieces are kept; made if need be.
    settings : mapping
        Everything that the pieces depend on besides the code, as plain values. A folder
        that holds another run's pieces is refused.

    Raises
    ------
    ValueError
        If the folder belongs to other settings, or its pieces to other code.

    Notes
    -----
    The code is that of this package's and these benchmarks' modules as they are imported
    by now: import before this what computes the pieces.
    """

    def __init__(self, folder: Path, settings: Mapping[str, Any]) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "settings.json"
        given = {**json.loads(json.dumps(dict(settings))), "code": code_in_use()}
        if not path.exists():
            write_whole(path, json.dumps(given))
            return
        found = json.loads(path.read_text())
        code_found, code_given = found.pop("code", {}), given.pop("code")
        if changed := _differences(found, given):
            raise ValueError(
                f"{folder} holds a run with other settings ({', '.join(changed)}). Name another "
                "folder with --output, or remove it."
            )
        if changed := _differences(code_found, code_given):
            since = f"changed since: {', '.join(changed)}" if code_found else "not recorded which"
            raise ValueError(
                f"{folder} holds pieces that other code computed ({since}). To compute all of "
                "them anew, name another folder with --output, or remove it. To finish that run, "
                "check out its code. Only if the changes cannot touch what a piece holds, remove "
                f"{path} alone: the pieces stay and count as this code's."
            )

    def get(self, name: str, compute: Callable[..., Any], *arguments: Any) -> Any:
        """Return a piece from the disk, or compute it and put it there."""
        path = self._folder / f"{name}.json"
        if not path.exists():
            write_whole(path, json.dumps(compute(*arguments)))
        return json.loads(path.read_text())


def code_in_use() -> dict[str, str]:
    """Return a hash of the source of each module that pieces may depend on."""
    hashes = {}
    for name, module in sorted(sys.modules.items()):
        file = getattr(module, "__file__", None)
        ours = name.partition(".")[0] in ("__main__", "benchmarks", "skaffect")
        if file is None or not ours or name.startswith(_SHOWS_RESULTS):
            continue
        key = Path(file).stem if name == "__main__" else name
        hashes[key] = hashlib.sha256(Path(file).read_bytes()).hexdigest()[:16]
    return hashes


def _differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    return sorted(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))
