"""Names in pictures, as they are written."""

from __future__ import annotations

from typing import Any


def literal(name: Any) -> str:
    """Return a name that Matplotlib shows as it is, for it sets what stands between ``$``."""
    return str(name).replace("$", r"\$")
