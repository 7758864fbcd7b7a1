"""The page of a listening test: whole, self-contained and blind; its key beside it."""

from __future__ import annotations

import base64
import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from skaffect import EMOTIONS, make_listening_test


def embedded(page: Path) -> dict:
    """Return what the page holds of the test."""
    found = re.search(
        r'<script type="application/json" id="test">(.*?)</script>', page.read_text(), re.DOTALL
    )
    return json.loads(found[1])


def text_of(page: Path) -> str:
    """Return all of the page but the films."""
    return re.sub(r"data:video/mp4;base64,[\w+/=]+", "", page.read_text())


def test_the_page_holds_every_clip_and_the_key_says_which_is_which(listening_test, systems):
    page, key = listening_test
    test, key = embedded(page), json.loads(key.read_text())
    assert len(test["clips"]) == 14
    assert set(test["clips"]) == set(key["clips"])
    for clip, shows in key["clips"].items():
        film = base64.b64decode(test["clips"][clip].removeprefix("data:video/mp4;base64,"))
        assert film == Path(systems[shows["system"]][shows["condition"]]).read_bytes()
    assert (test["test"], test["manifest"], test["seed"]) == (key["test"], key["manifest"], "5")
    assert key["conditions"] == list(EMOTIONS)


def test_the_page_does_not_tell_systems_conditions_or_files(listening_test, systems):
    text = text_of(listening_test[0]).lower()
    for system, clips in systems.items():
        assert system not in text
        assert not [name for name in clips if re.search(rf"\b{name}\b", text)]
        assert Path(next(iter(clips.values()))).parent.name not in text
    assert list(embedded(listening_test[0])["clips"]) == sorted(
        embedded(listening_test[0])["clips"]
    )


def test_the_page_asks_for_nothing_from_outside(listening_test):
    text = text_of(listening_test[0])
    assert "default-src 'none'" in text
    assert not re.search(r"https?:|//\w+\.\w|\bfetch\(|XMLHttpRequest|@import|src=|url\(", text)


def test_the_scale_and_the_question_are_the_papers(listening_test):
    text = text_of(listening_test[0])
    labels = re.findall(r'name="rating" value="(\d)"><span><b>\d</b> ([\w ]+)</span>', text)
    assert labels == [
        ("1", "Bad"),
        ("2", "Poor"),
        ("3", "Fair"),
        ("4", "Good"),
        ("5", "Very Good"),
    ]
    question = re.search(r'<legend id="question">(.*?)</legend>', text)[1]
    assert "synchronisation" in question
    assert "emotional content" in question


def test_same_clips_and_seed_give_the_same_bits(systems, listening_test, tmp_path):
    again = make_listening_test(tmp_path / "again.html", systems, seed=5)
    other = make_listening_test(tmp_path / "other.html", systems, seed=6)
    for made, first in zip(again, listening_test, strict=True):
        assert Path(made).read_bytes() == first.read_bytes()
    assert embedded(Path(other[0]))["test"] != embedded(listening_test[0])["test"]
    assert embedded(Path(other[0]))["manifest"] != embedded(listening_test[0])["manifest"]


def test_the_order_of_systems_and_conditions_does_not_change_the_page(
    systems, tmp_path, listening_test
):
    turned = {name: dict(reversed(clips.items())) for name, clips in reversed(systems.items())}
    page, key = make_listening_test(tmp_path / "turned.html", turned, seed=5)
    assert Path(page).read_bytes() == listening_test[0].read_bytes()
    assert json.loads(Path(key).read_text())["systems"] == list(turned)


def test_a_large_seed_arrives_whole(systems, tmp_path):
    seed = 2**64 + 1
    page, key = make_listening_test(tmp_path / "large.html", systems, seed=seed)
    assert embedded(Path(page))["seed"] == str(seed)
    assert json.loads(Path(key).read_text())["seed"] == seed


def test_the_key_of_another_test_is_not_overwritten(systems, tmp_path):
    path = tmp_path / "faces.html"
    _, key = make_listening_test(path, systems)
    kept = Path(key).read_bytes()
    make_listening_test(path, systems)
    with pytest.raises(
        FileExistsError, match="faces_key.json', which is there already, of another test"
    ):
        make_listening_test(path, systems, seed=1)
    assert Path(key).read_bytes() == kept


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda s: [], TypeError, "systems must be a dict of two systems"),
        (lambda s: {"a": "x.mp4", "b": "y.mp4"}, TypeError, "each a dict of condition to clip"),
        (
            lambda s: {"a": s["a"]},
            ValueError,
            "systems must be two, which are compared in pairs; got 1",
        ),
        (lambda s: s | {"a": {}}, ValueError, "systems['a'] is empty"),
        (lambda s: s | {"b": {}}, ValueError, "but only one of them has ['sad']"),
        (lambda s: {"a": s["a"], 1: s["b"]}, TypeError, "must have names, which are str; got 1"),
        (
            lambda s: s | {"b": s["a"]},
            ValueError,
            "systems['a']['sad'] and systems['b']['sad'] are the same film",
        ),
        (
            lambda s: s | {"b": {"sad": 3}},
            TypeError,
            "systems['b']['sad'] must be a str or os.Path",
        ),
        (
            lambda s: s | {"b": {"sad": "no.mp4"}},
            FileNotFoundError,
            "'no.mp4', which cannot be read: No such",
        ),
    ],
)
def test_systems_that_cannot_be_compared_are_refused(systems, tmp_path, change, error, message):
    pair = {
        name: {"sad": clips["sad"]} for name, clips in zip("ab", systems.values(), strict=True)
    }
    with pytest.raises(error, match=re.escape(message)):
        make_listening_test(tmp_path / "t.html", change(pair))
    assert list(tmp_path.iterdir()) == []


def with_one_clip(systems, path):
    first = next(iter(systems.values()))
    return {"a": {"sad": first["sad"]}, "b": {"sad": path}}


def test_what_is_no_film_is_named(systems, tmp_path):
    sound = tmp_path / "talk.wav"
    sound.write_bytes(b"RIFF" + bytes(60))
    with pytest.raises(
        ValueError, match=r"systems\['b'\]\['sad'\] is '.*talk.wav', which is no MP4"
    ):
        make_listening_test(tmp_path / "t.html", with_one_clip(systems, sound))


def test_a_silent_film_is_refused(systems, tmp_path):
    from skaffect.plotting._films import write_mp4

    silent = str(tmp_path / "silent.mp4")
    write_mp4(silent, iter([np.zeros((64, 64, 4), np.uint8)] * 3), 25, None, 48000)
    with pytest.raises(ValueError, match="silent.mp4', which has no sound that browsers play"):
        make_listening_test(tmp_path / "t.html", with_one_clip(systems, silent))


def test_a_codec_that_browsers_lack_is_refused(systems, tmp_path):
    import av

    old = str(tmp_path / "old.mp4")
    with av.open(old, "w") as film:
        stream = film.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
        film.mux([*stream.encode(frame), *stream.encode(None)])
    with pytest.raises(ValueError, match=r"not every browser plays: its codecs are \['mp4v'\]"):
        make_listening_test(tmp_path / "t.html", with_one_clip(systems, old))


def test_a_film_that_is_cut_off_in_its_index_is_refused(systems, tmp_path):
    whole = Path(systems["all combined"]["sad"]).read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole[: whole.index(b"moov") + 40])
    with pytest.raises(ValueError, match=r"cut.mp4', whose picture not every browser plays"):
        make_listening_test(tmp_path / "t.html", with_one_clip(systems, cut))


def test_the_path_and_the_seed_are_checked_first(tmp_path):
    with pytest.raises(ValueError, match="path must end in .html"):
        make_listening_test(tmp_path / "t.htm", {})
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        make_listening_test(tmp_path / "no" / "t.html", {})
    with pytest.raises(ValueError, match="seed must be at least 0"):
        make_listening_test(tmp_path / "t.html", {}, seed=-1)


def test_without_jinja_the_extra_is_named(systems, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(ImportError, match=re.escape('pip install "skaffect[report]"')):
        make_listening_test(tmp_path / "t.html", systems)
