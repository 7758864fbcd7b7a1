"""The page of a listening test, after section III-B of arXiv:1908.03904."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from typing import Any

from skaffect._parameters import check_integer
from skaffect._whole_files import check_target, whole_file, write_text
from skaffect.report._listening_clips import read_clip
from skaffect.report._listening_format import (
    FORMAT_VERSION,
    KEY_FORMAT,
    PARTICIPANT_PATTERN,
    RATINGS_FORMAT,
    SCALE,
)
from skaffect.report._templates import page_template

_TITLE = "Talking faces: a listening test"
_QUESTION = (
    "How good is this animation, in its synchronisation with the speech and in its emotional "
    "content?"
)
_ID_DIGITS = 12


def make_listening_test(
    path: str | os.PathLike[str],
    systems: Mapping[str, Mapping[str, str | os.PathLike[str]]],
    *,
    seed: int = 0,
) -> tuple[str, str]:
    """Make the page on which participants rate the animations of two systems.

    It is the subjective evaluation of section III-B of [1]_, there of 7 conditions, one for
    each emotion, with 15 participants. A participant sees every condition by both systems
    (14 clips there) in an order of their own, and rates the synchronisation and the emotional
    content of each from 1 (Bad) to 5 (Very Good), all in one.

    The page is one HTML file that holds the clips and needs no network: send it, or put it on
    a web server, and get back the JSON file that each participant saves at the end. It does
    not tell which system or which condition a clip is of. That is in the key, which is for
    :func:`analyse_ratings` alone: do not give it away.

    Parameters
    ----------
    path : str or os.PathLike
        The page to write, ending in ``.html``. The key is written beside it: for
        ``faces.html`` that is ``faces_key.json``. Participants see the page's name.
    systems : dict of str to dict of str to path
        For each of two systems its clips by condition, MP4 files with sound as
        :func:`animate` writes them, given a bare track: of a dict, it draws the names. Both
        systems have the same conditions.
    seed : int, default=0
        Seed of the participants' orders, at least 0. An order depends on it, on the
        participant's code and on the clips alone.

    Returns
    -------
    page : str
        The page's file.
    key : str
        The key's file.

    Raises
    ------
    TypeError
        If a parameter is of the wrong type.
    ValueError
        If there are not two systems, if they differ in their conditions or have none, if a
        clip is no MP4 file, is silent or needs a codec that some browsers lack, or if two
        clips are the same to the bit.
    OSError
        If a clip cannot be read, if the folder of `path` is missing or cannot be written to,
        or if the key of another test, without which its ratings were lost, is there already.
    ImportError
        If Jinja is not installed.

    See Also
    --------
    animate : Makes the clips.
    analyse_ratings : Reads what participants saved.

    Notes
    -----
    A participant's order is that of the 32-bit hashes of ``seed/participant/clip``: FNV-1a,
    then the last steps of MurmurHash3. :func:`analyse_ratings` computes it again.

    The page asks for a code that you give each participant, and keeps what they answer in
    their browser's storage under test and code, so that nothing is lost on a reload. A clip
    can be rated once it has been played to its end.

    References
    ----------
    .. [1] Sadiq, Asadiabadi, Erzin, "Emotion Dependent Facial Animation from Affective
       Speech", arXiv:1908.03904, 2019.

    Examples
    --------
    The true faces of generated speech, and faces that stay as they begin:

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import numpy as np
    >>> from skaffect import animate, make_affective_speech, make_listening_test
    >>> corpus = make_affective_speech(n_speakers=1, landmarks=True, random_state=0)
    >>> systems = {"moving": {}, "still": {}}
    >>> with TemporaryDirectory() as folder:
    ...     for i, emotion in enumerate(corpus.target[:1]):
    ...         track, sound = corpus.landmarks[i], corpus.data[i]
    ...         still = np.repeat(track[:1], len(track), axis=0)
    ...         for name, shown in (("moving", track), ("still", still)):
    ...             systems[name][emotion] = animate(
    ...                 f"{folder}/{name}_{emotion}.mp4", shown, sound, fps=25,
    ...                 start_seconds=0, panel_px=64,
    ...             )
    ...     page, key = make_listening_test(f"{folder}/faces.html", systems)
    ...     Path(page).name, Path(key).name, "still" in Path(page).read_text()
    ('faces.html', 'faces_key.json', False)
    """
    page, suffix = check_target(path, (".html",))
    check_integer("seed", seed, at_least=0)
    conditions = _checked_conditions(systems)
    template = page_template("listening_test.html")
    key_path = f"{page[: -len(suffix)]}_key.json"
    clips = _read_clips(systems, conditions)
    shown = _shown(clips, int(seed))
    manifest = _sha256(_canonical(shown))
    key = {
        "format": KEY_FORMAT,
        "version": FORMAT_VERSION,
        "test": shown["test"],
        "manifest": manifest,
        "seed": int(seed),
        "systems": list(systems),
        "conditions": conditions,
        "clips": {
            clip: {"system": system, "condition": condition}
            for clip, (system, condition, _) in sorted(clips.items())
        },
    }
    key_text = json.dumps(key, indent=2, ensure_ascii=False) + "\n"
    _check_no_other_key(key_path, key_text)
    html = template.render(
        title=_TITLE,
        participant_pattern=PARTICIPANT_PATTERN,
        scale=SCALE,
        question=_QUESTION,
        test={
            "format": RATINGS_FORMAT,
            "version": FORMAT_VERSION,
            "manifest": manifest,
            "test": shown["test"],
            "seed": str(seed),  # text, for JavaScript rounds large integers
            "clips": {clip: _data_uri(clips[clip][2]) for clip in shown["clips"]},
        },
    )
    with whole_file(page) as page_draft, whole_file(key_path) as key_draft:
        write_text(page_draft, html)
        write_text(key_draft, key_text)
    return page, key_path


Clips = dict[str, tuple[str, str, bytes]]


def _checked_conditions(systems: Any) -> list[str]:
    """Return the conditions that both systems have."""
    if not isinstance(systems, Mapping) or not all(
        isinstance(clips, Mapping) for clips in systems.values()
    ):
        raise TypeError(
            "systems must be a dict of two systems, each a dict of condition to clip, as in "
            "{'ours': {'sad': 'a.mp4'}, 'theirs': {'sad': 'b.mp4'}}."
        )
    if len(systems) != 2:
        raise ValueError(
            f"systems must be two, which are compared in pairs; got {len(systems)}: "
            f"{list(systems)}."
        )
    names = [name for part in (systems, *systems.values()) for name in part]
    for name in names:
        if not isinstance(name, str) or not name:
            raise TypeError(
                f"systems and conditions must have names, which are str; got {name!r}."
            )
    (first, of_first), (second, of_second) = systems.items()
    if not of_first:
        raise ValueError(f"systems[{first!r}] is empty; give a clip for each condition.")
    if set(of_first) != set(of_second):
        lone = sorted(set(of_first) ^ set(of_second))
        raise ValueError(
            f"systems[{first!r}] and systems[{second!r}] must have clips of the same conditions, "
            f"but only one of them has {lone}."
        )
    return list(of_first)


def _read_clips(systems: Mapping[str, Mapping[str, Any]], conditions: list[str]) -> Clips:
    """Return system, condition and film of each clip, under names that tell nothing."""
    clips: Clips = {}
    for system, of_system in systems.items():
        for condition in conditions:
            name = f"systems[{system!r}][{condition!r}]"
            content = read_clip(of_system[condition], name)
            clip = hashlib.sha256(content).hexdigest()[:_ID_DIGITS]
            if clip in clips:
                twin = "systems[{!r}][{!r}]".format(*clips[clip][:2])
                raise ValueError(
                    f"{twin} and {name} are the same film to the bit, so that their ratings "
                    "would say nothing; see that each is the right file."
                )
            clips[clip] = system, condition, content
    return clips


def _shown(clips: Clips, seed: int) -> dict[str, Any]:
    """Return all that decides what participants are shown: the test's manifest."""
    names = sorted(clips)  # by hash, so that neighbours tell nothing of systems
    return {
        "test": _sha256(_canonical({"clips": names, "seed": seed}))[:_ID_DIGITS],
        "seed": seed,
        "clips": names,
        "title": _TITLE,
        "question": _QUESTION,
        "scale": list(SCALE.items()),
        "version": FORMAT_VERSION,
    }


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _data_uri(content: bytes) -> str:
    return f"data:video/mp4;base64,{base64.b64encode(content).decode('ascii')}"


def _check_no_other_key(path: str, text: str) -> None:
    try:
        with open(path, encoding="utf-8") as stream:
            found = stream.read()
    except FileNotFoundError:
        return
    if found != text:
        raise FileExistsError(
            f"path leads to the key {path!r}, which is there already, of another test. Without "
            "it the ratings of that test cannot be read: choose another path, or move it away."
        )
