"""Patterns of paths, such as "{speaker}/{sentence}_{device}.wav"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

# Besides what load_corpus itself adds, the methods of dict: a Bunch is one, and
# bunch.keys would be the method, not the field.
_RESERVED_FIELDS = frozenset(("data", "target", "DESCR", *dir(dict)))

_PATTERN_TOKENS = re.compile(r"\{\{|\}\}|\{[^{}]*\}|[{}]|\*|[^{}*]+")


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Regular expression, with a group for each field, of a pattern of `load_corpus`."""
    if not isinstance(pattern, str):
        raise TypeError(f"pattern must be a str, got {type(pattern).__name__}")
    if "\\" in pattern:
        raise ValueError(f"write '/' between folders on every system, got pattern {pattern!r}")
    if any(part in ("", ".", "..") for part in pattern.split("/")):
        raise ValueError(
            "pattern must be a path relative to root, such as '{speaker}/{sentence}.wav', "
            f"without a leading, doubled or trailing '/', '.' or '..'; got {pattern!r}"
        )
    expression, seen, previous_is_open = "", set[str](), False
    for token in _PATTERN_TOKENS.findall(pattern):
        is_open = token == "*" or (token[0] == "{" and token != "{{")
        if is_open and previous_is_open:
            raise ValueError(
                f"pattern {pattern!r} has no text in front of {token!r} to say where the field "
                "or '*' before it ends; name both as one field and split its text afterwards"
            )
        previous_is_open = is_open
        if token == "*":
            expression += "[^/]*?"
        elif is_open:
            field = _check_field(token, pattern)
            expression += f"(?P={field})" if field in seen else f"(?P<{field}>[^/]+?)"
            seen.add(field)
        elif token == "}":
            raise ValueError(
                f"pattern {pattern!r} has a lone '}}'; open the field with '{{', or write '}}}}' "
                "for a brace"
            )
        else:
            expression += re.escape(token[0] if token in ("{{", "}}") else token)
    if not seen:
        raise ValueError(
            f"pattern {pattern!r} names no field; write {{speaker}} where the path says who speaks"
        )
    return re.compile(expression, re.DOTALL)


def other_readings(
    expression: re.Pattern[str], read: Iterable[re.Match[str]]
) -> Iterator[tuple[re.Match[str], re.Match[str]]]:
    """Yield those of a pattern's matches whose fields could have other texts, with such a match.

    It is the next in the pattern's own order: the shortest texts that fit, from the left.
    """
    # A path and the texts that were read from it, which no path and no field can run into, for
    # neither holds "//"; then the same pattern again, refusing those texts.
    texts = "/".join(f"(?P={field})" for field in expression.groupindex)
    otherwise = re.compile(rf"{expression.pattern}//(?!{texts}\Z).*", expression.flags)
    for match in read:
        if other := otherwise.fullmatch(f"{match.string}//{'/'.join(match.groups())}"):
            yield match, other


def repeated_fields(pattern: str) -> list[str]:
    """Return the fields, in their braces, that stand in a pattern more than once."""
    counts = Counter(_PATTERN_TOKENS.findall(pattern))
    return [token for token, n in counts.items() if n > 1 and token[0] == "{" and token != "{{"]


def has_open_end(pattern: str) -> bool:
    """Whether the pattern leaves open what the name of the file ends with."""
    return re.search(r"\.\w+\Z", pattern) is None


def _check_field(token: str, pattern: str) -> str:
    if token == "{":
        raise ValueError(
            f"pattern {pattern!r} has a lone '{{'; close the field with '}}', or write "
            "'{{' for a brace"
        )
    field = token[1:-1]
    if not field.isidentifier():
        raise ValueError(
            f"pattern {pattern!r} has the field {token!r}, whose name must be a Python "
            "identifier such as 'speaker' or 'take_2'"
        )
    if field in _RESERVED_FIELDS:
        raise ValueError(
            f"pattern {pattern!r} has the field {token!r}, a name that the returned Bunch "
            "itself uses; choose another one"
            + (" and pass it as target" if field == "target" else "")
        )
    return field
