"""Patterns of paths: what they read, and which cannot be read."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaffect.datasets._pattern import compile_pattern, has_open_end, other_readings

# "{{" and "}}" are how the pattern writes braces, as in str.format
SEPARATORS = ("-", "_", ".", "/", " ", "+", "(", "[^", "$", "{{", "}}", "_é_", "|")
SIGNS = set("".join(SEPARATORS))


@st.composite
def patterns(draw):
    """Draw a pattern whose fields, some repeated, have literal text between them."""
    fields = draw(st.lists(st.sampled_from(["speaker", "sentence", "take_2"]), min_size=1))
    between = st.lists(st.sampled_from(SEPARATORS), min_size=1, max_size=3).map("".join)
    pattern = "{" + fields[0] + "}"
    for field in fields[1:]:
        pattern += draw(between) + "{" + field + "}"
    pattern += draw(st.sampled_from([".wav", "", "_take.flac"]))
    parts = pattern.split("/")
    return "/".join(part for part in parts if part not in ("", ".", "..")), set(fields)


def values(fields, alphabet):
    return st.fixed_dictionaries({field: st.text(alphabet, min_size=1) for field in fields})


@given(st.data())
def test_a_formatted_pattern_reads_back_as_its_fields(data):
    pattern, fields = data.draw(patterns())
    texts = data.draw(values(fields, string.ascii_letters + string.digits + "~äß"))

    match = compile_pattern(pattern).fullmatch(pattern.format(**texts))

    assert match is not None
    assert match.groupdict() == texts


@given(st.data())
def test_fields_with_any_text_still_make_up_the_path(data):
    pattern, fields = data.draw(patterns())
    alphabet = "ab\n" + "".join(sorted(SIGNS - {"/"}))
    path = pattern.format(**data.draw(values(fields, alphabet)))

    match = compile_pattern(pattern).fullmatch(path)

    assert match is not None
    assert pattern.format(**match.groupdict()) == path
    assert not any("/" in text for text in match.groupdict().values())


@pytest.mark.parametrize(
    ("pattern", "path", "fields"),
    [
        ("{a}_{b}.wav", "x_y_z.wav", {"a": "x", "b": "y_z"}),
        ("{a}/{a}_{b}.wav", "x_y/x_y_z.wav", {"a": "x_y", "b": "z"}),
        ("{a}/{a}_{b}.wav", "x/y_z.wav", None),
        ("{a}.wav", "x/y.wav", None),
        ("{a}.wav", "xxwav", None),
        ("{a}.wav", "x.WAV", None),
        ("{a}.wav", ".wav", None),
        ("*_{a}.wav", "_x.wav", {"a": "x"}),
        ("*_{a}.wav", "p/q_x.wav", None),
        ("*/{a}-*.wav", "p/x-y-z.wav", {"a": "x"}),
        ("{a}({b}).wav", "x(1).wav", {"a": "x", "b": "1"}),
        ("{{{a}}}.wav", "{x}.wav", {"a": "x"}),
    ],
)
def test_what_a_pattern_reads(pattern, path, fields):
    match = compile_pattern(pattern).fullmatch(path)
    assert (match and match.groupdict()) == fields


def every_reading(pattern, path):
    """Return the texts of the fields in every division of a path, by trying each."""
    if not pattern:
        return [] if path else [{}]
    token = re.match(r"\{\w+\}|.", pattern)[0]
    rest = pattern[len(token) :]
    if token[0] not in "{*":
        return every_reading(rest, path[1:]) if path.startswith(token) else []
    readings = []
    for end in range(token != "*", len(path) + 1):
        text = path[:end]
        if "/" not in text:
            # A field that stands again is its own text.
            later = every_reading(rest if token == "*" else rest.replace(token, text), path[end:])
            readings += [one if token == "*" else {token[1:-1]: text, **one} for one in later]
    return readings


@given(
    st.sampled_from(["{a}_{b}", "{a}_x", "*_{a}_*", "{a}_*_{b}", "*/{a}_*", "{a}/{a}_{b}"]),
    st.text("xy_/", max_size=9),
)
def test_other_readings_are_those_that_trying_finds(pattern, path):
    expression = compile_pattern(pattern)
    match = expression.fullmatch(path)
    readings = every_reading(pattern, path)
    if match is None:
        assert not readings
        return
    others = [texts for texts in readings if texts != match.groupdict()]
    found = list(other_readings(expression, [match]))
    assert bool(found) is bool(others)
    for read, other in found:
        assert read is match
        assert other.groupdict() in others


@pytest.mark.parametrize(
    ("pattern", "path", "other"),
    [
        ("{a}_{b}.wav", "x_y.wav", None),
        ("{a}_{b}.wav", "x_y_z.wav", {"a": "x_y", "b": "z"}),
        ("{a}_{b}_{c}.wav", "x_y_z_1.wav", {"a": "x", "b": "y_z", "c": "1"}),
        ("{a}_{b}_{c}_*.wav", "x_y_z_1.wav", None),
        ("{a}/*_*.wav", "x/1_2_3.wav", None),
        # Its shortest and its longest texts give the same field, and those between another.
        ("*_{a}_*.wav", "x_y_z_y_w.wav", {"a": "y_z"}),
        ("{a}/{a}_{b}.wav", "x_y/x_y_z.wav", None),
    ],
)
def test_the_next_reading(pattern, path, other):
    expression = compile_pattern(pattern)
    found = [match for _, match in other_readings(expression, [expression.fullmatch(path)])]
    assert [match.groupdict() for match in found] == ([] if other is None else [other])


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("*.wav", "names no field"),
        ("", "path relative to root"),
        ("/{a}.wav", "path relative to root"),
        ("{a}//{b}.wav", "path relative to root"),
        ("../{a}.wav", "path relative to root"),
        ("{a}/", "path relative to root"),
        ("{a}\\{b}.wav", "write '/' between folders"),
        ("{a}{b}.wav", "no text in front of '{b}'"),
        ("{a}*.wav", "no text in front of '*'"),
        ("**/{a}.wav", "no text in front of '*'"),
        ("{}.wav", "field '{}', whose name must be a Python identifier"),
        ("{a b}.wav", "field '{a b}', whose name must be a Python identifier"),
        ("{a:d}.wav", "must be a Python identifier"),
        ("{a.wav", "lone '{'; close the field with '}', or write '{{' for a brace"),
        ("{a}/{b_{c}.wav", "lone '{'"),
        ("a}_{b}.wav", "lone '}'"),
        ("{data}.wav", "a name that the returned Bunch itself uses"),
        ("{DESCR}.wav", "a name that the returned Bunch itself uses"),
        ("{keys}.wav", "a name that the returned Bunch itself uses"),
        ("{target}.wav", "choose another one and pass it as target"),
    ],
)
def test_a_pattern_that_cannot_be_read(pattern, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        compile_pattern(pattern)


def test_a_pattern_must_be_text():
    with pytest.raises(TypeError, match="pattern must be a str, got (Posix|Windows)Path"):
        compile_pattern(Path("{a}.wav"))


@pytest.mark.parametrize(
    ("pattern", "is_open"),
    [("{a}.wav", False), ("{a}.*", True), ("{a}.{b}", True), ("{a}", True), ("x.y/{a}", True)],
)
def test_has_open_end(pattern, is_open):
    assert has_open_end(pattern) is is_open
