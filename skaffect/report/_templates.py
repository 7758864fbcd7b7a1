"""Where pages come from: the package's own templates, filled by Jinja."""

from __future__ import annotations

import re
from typing import Any

_CODE = re.compile(r"(?<![\w`])`([^`\s](?:[^`]*[^`\s])?)`(?![\w`])")


def page_template(name: str) -> Any:
    """Return a template, which escapes whatever it is given.

    Its filter ``prose`` shows what stands between backticks as code.

    Raises
    ------
    ImportError
        If Jinja is not installed.
    """
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
        from markupsafe import Markup, escape
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
    environment.filters["prose"] = lambda text: Markup(
        _CODE.sub(r"<code>\1</code>", str(escape(text)))
    )
    return environment.get_template(name)
