"""Where pages come from: the package's own templates, filled by Jinja."""

from __future__ import annotations

from typing import Any


def page_template(name: str) -> Any:
    """Return a template, which escapes whatever it is given.

    Raises
    ------
    ImportError
        If Jinja is not installed.
    """
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
    except ImportError as error:
        raise ImportError(
            'The page is made with Jinja, which is missing; pip install "skaffect[report]".'
        ) from error
    environment = Environment(
        loader=PackageLoader("skaffect.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(name)
