"""Voiced, unvoiced and silent frames, from the phones that are spoken."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skaffect._frame_classes import FRAME_CLASSES
from skaffect._parameters import check_integer, check_option
from skaffect._utterances import object_array
from skaffect.features import LogFilterbank

# Names of ARPAbet and TIMIT, of which the generator's are a part.
_PHONES = {
    "voiced": (
        "aa ae ah ao aw ax ax-h axr ay eh el em en eng er ey ih ix iy ow oy uh uw ux "
        "b bcl d dcl dh dx g gcl hv jh l m n ng nx r v w y z zh"
    ),
    "unvoiced": "ch f h hh k kcl p pcl q s sh t tcl th",
    "silent": "epi h# pau sil sp",
}
_CLASS = {phone: name for name, phones in _PHONES.items() for phone in phones.split()}
# A track that goes on for longer than this after the last frame's centre is of something else.
_LONGEST_REST = 0.2


def phone_classes(
    phones: Sequence[NDArray[np.void]],
    n_frames: Sequence[int],
    *,
    classes: Mapping[str, str] | None = None,
    sr: int = 16000,
) -> NDArray[Any]:
    """Tell voiced, unvoiced and silent frames by the phone that is spoken.

    A phone's class is the one that it has in neutral speech, whatever the mode of the
    recording: a whispered vowel is of the voiced region, as in Figure 2c of [1]_.

    Parameters
    ----------
    phones : sequence of structured arrays, length n
        Phone tracks with the fields ``phone``, ``start`` and ``end`` (seconds), as
        :func:`make_affective_speech`, :func:`make_device_recordings` and
        :func:`load_phone_track` give them.
    n_frames : sequence of int, length n
        Frames of each utterance: ``[len(frames) for frames in X]``.
    classes : dict of str to str, or None, default=None
        ``"voiced"``, ``"unvoiced"`` or ``"silent"`` for names that are not in the notes, or
        are meant otherwise. A name counts as it is written, and for what differs from it in
        capitals and stress only where that is not given itself.
    sr : int, default=16000
        Sampling rate in Hz of the sound that the frames come from, which sets the frames'
        places.

    Returns
    -------
    classes : ndarray of shape (n,), object
        One array of shape (n_frames,) of ``"voiced"``, ``"unvoiced"`` and ``"silent"`` for
        each utterance, of the phone at each frame's centre. The frames are those of
        ``LogFilterbank(sr=sr)``: frame ``i`` is centred at ``(i * hop + win / 2) / sr``
        seconds, with ``hop`` and ``win`` 10 and 25 ms in whole samples. At 16 kHz that is
        ``0.01 * i + 0.0125``. What lies outside every phone is silent.

    Raises
    ------
    TypeError, ValueError
        If a track has other fields or times that are not finite, a phone ends before it
        begins or begins before the one above it ends, its class is not known, or a track
        reaches beyond its utterance; the message names its index, and the phone's row. If
        names in `classes` stand for the same others and differ, or `sr` is out of range.

    See Also
    --------
    voicing_classes : The same from the sound of neutral speech.
    weight_histogram : Counts frame weights over these classes.

    Notes
    -----
    Known are the names of ARPAbet and TIMIT, in capitals or not and with or without a
    digit for stress. Voiced are vowels, nasals, glides and the voiced stops and fricatives
    with their closures, silent ``sil``, ``sp``, ``pau``, ``epi`` and ``h#``.

    References
    ----------
    .. [1] Naini, Singhal, Ghosh, "Dual Attention Pooling Network for Recording Device
       Classification Using Neutral and Whispered Speech", section 3.4.

    Examples
    --------
    >>> from skaffect import LogFilterbank, make_affective_speech, phone_classes
    >>> corpus = make_affective_speech(
    ...     1, 1, emotions=["neutral"], mode="whispered", random_state=0
    ... )
    >>> frames = LogFilterbank().fit_transform(corpus.data)
    >>> classes = phone_classes(corpus.phones, [len(entry) for entry in frames])
    >>> classes[0][::20].tolist()[:5]
    ['silent', 'voiced', 'voiced', 'voiced', 'voiced']
    """
    if isinstance(phones, np.ndarray) and phones.dtype.names is not None:
        raise TypeError("phones must be a sequence of tracks, got one. Wrap it in a list.")
    if len(phones) != len(n_frames):
        raise ValueError(
            f"phones holds {len(phones)} tracks, but n_frames {len(n_frames)} numbers; give both "
            "for each utterance."
        )
    check_integer("sr", sr, at_least=1)
    known = _CLASS | _checked_classes(classes or {})
    answers = []
    for i, (track, count) in enumerate(zip(phones, n_frames, strict=True)):
        check_integer(f"n_frames[{i}]", count, at_least=1)
        centres = _centres(count, sr)
        answers.append(_frame_classes(_checked_track(track, centres, i), centres, known, i))
    return object_array(answers)


def _centres(n_frames: int, sr: int) -> NDArray[np.float64]:
    """Return the centres of LogFilterbank's frames in seconds."""
    plan = LogFilterbank(sr=sr)._plan()
    return (np.arange(n_frames) * plan.hop_length + plan.win_length / 2) / sr


def _checked_classes(classes: Mapping[str, str]) -> dict[str, str]:
    """Return the class of each name as it is given, and of each plain name."""
    plain: dict[str, str] = {}
    for phone, name in classes.items():
        check_option(f"classes[{phone!r}]", name, FRAME_CLASSES)
        first = plain.setdefault(_plain(phone), phone)
        if classes[first] != name and _plain(phone) not in classes:
            raise ValueError(
                f"classes[{first!r}] is {classes[first]!r} and classes[{phone!r}] is {name!r}, "
                f"but both stand for {_plain(phone)!r} in other capitals or with other stress; "
                f"give classes[{_plain(phone)!r}] too."
            )
    others = {name: str(classes[phone]) for name, phone in plain.items()}
    return others | {str(phone): str(name) for phone, name in classes.items()}


def _checked_track(track: Any, centres: NDArray[np.float64], i: int) -> NDArray[np.void]:
    """Return a track that can be one of frames with these centres, or raise."""
    names = getattr(getattr(track, "dtype", None), "names", None) or ()
    if not {"phone", "start", "end"} <= set(names):
        raise TypeError(
            f"phones[{i}] must be a structured array with the fields phone, start and end, got "
            f"{track!r:.60}. load_phone_track reads one from a file."
        )
    _check_times(track, i)
    if len(track) and track["end"][-1] > centres[-1] + _LONGEST_REST:
        raise ValueError(
            f"phones[{i}] ends at {track['end'][-1]:g} s, but the last of its {len(centres)} "
            f"frames is centred at {centres[-1]:g} s. Give the frames' own track, its "
            "times in seconds."
        )
    return track


def _check_times(track: NDArray[np.void], i: int) -> None:
    """Raise at the first phone that does not lie after the one above it."""
    starts, ends = track["start"], track["end"]
    for k, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        where = f"phones[{i}][{k}], {str(track['phone'][k])!r}, "
        if not (math.isfinite(start) and math.isfinite(end)):
            raise ValueError(
                f"{where}goes from {start:g} to {end:g} s; times must be finite. Give its times, "
                "or leave the row out."
            )
        if end < start:
            raise ValueError(
                f"{where}goes from {start:g} to {end:g} s; a phone cannot end before it begins. "
                "Exchange its times."
            )
        if k and start < starts[k - 1]:
            raise ValueError(
                f"{where}begins at {start:g} s, before the phone above it does; sort the track by "
                "'start'."
            )
        if k and start < ends[k - 1]:
            raise ValueError(
                f"{where}begins at {start:g} s, before the phone above it ends at "
                f"{ends[k - 1]:g} s; end that one there."
            )


def _frame_classes(
    track: NDArray[np.void], centres: NDArray[np.float64], known: Mapping[str, str], i: int
) -> NDArray[np.str_]:
    # The last one stands for "before the first phone".
    names = np.array([*(_class(phone, known, i) for phone in track["phone"]), "silent"])
    spoken = np.searchsorted(track["start"], centres, side="right") - 1
    after = centres >= np.append(track["end"], np.inf)[spoken]
    return np.where(after, "silent", names[spoken])


def _class(phone: Any, known: Mapping[str, str], i: int) -> str:
    name = known.get(str(phone)) or known.get(_plain(phone))
    if name is None:
        raise ValueError(
            f"phones[{i}] holds {str(phone)!r}, whose class is not known; give it, as in "
            f"classes={{{str(phone)!r}: 'voiced'}}."
        )
    return name


def _plain(phone: Any) -> str:
    """Return a phone's name in small letters without its stress."""
    return str(phone).strip().lower().rstrip("012")
