"""Voiced, unvoiced and silent frames, from the phones that are spoken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skaffect._parameters import check_integer, check_option
from skaffect._utterances import object_array

FRAME_CLASSES = ("voiced", "unvoiced", "silent")

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
# Centres of LogFilterbank's frames in seconds.
_FIRST_CENTRE, _HOP = 0.0125, 0.01
# A track that goes on for longer than this after the last frame's centre is of something else.
_LONGEST_REST = 0.2


def phone_classes(
    phones: Sequence[NDArray[np.void]],
    n_frames: Sequence[int],
    *,
    classes: Mapping[str, str] | None = None,
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
        are meant otherwise.

    Returns
    -------
    classes : ndarray of shape (n,), object
        One array of shape (n_frames,) of ``"voiced"``, ``"unvoiced"`` and ``"silent"`` for
        each utterance, of the phone at each frame's centre. The frames are those of
        :class:`LogFilterbank` at its defaults: frame ``i`` is centred at
        ``0.01 * i + 0.0125`` seconds. What lies outside every phone is silent.

    Raises
    ------
    TypeError, ValueError
        If a track has other fields, is not in order, holds a phone of unknown class or
        reaches beyond its utterance; the message names its index.

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
    known = _CLASS | _checked_classes(classes or {})
    return object_array(
        [
            _frame_classes(_checked_track(track, count, i), count, known, i)
            for i, (track, count) in enumerate(zip(phones, n_frames, strict=True))
        ]
    )


def _checked_classes(classes: Mapping[str, str]) -> dict[str, str]:
    for phone, name in classes.items():
        check_option(f"classes[{phone!r}]", name, FRAME_CLASSES)
    return {_plain(phone): str(name) for phone, name in classes.items()}


def _checked_track(track: Any, n_frames: Any, i: int) -> NDArray[np.void]:
    """Return a track that can be one of `n_frames` frames, or raise."""
    check_integer(f"n_frames[{i}]", n_frames, at_least=1)
    names = getattr(getattr(track, "dtype", None), "names", None) or ()
    if not {"phone", "start", "end"} <= set(names):
        raise TypeError(
            f"phones[{i}] must be a structured array with the fields phone, start and end, got "
            f"{track!r:.60}. load_phone_track reads one from a file."
        )
    if (track["start"][1:] < track["start"][:-1]).any():
        raise ValueError(f"phones[{i}] is not in order of time; sort it by 'start'.")
    centre = _FIRST_CENTRE + _HOP * (n_frames - 1)
    if len(track) and track["end"].max() > centre + _LONGEST_REST:
        raise ValueError(
            f"phones[{i}] ends at {track['end'].max():g} s, but the last of its {n_frames} frames "
            f"is centred at {centre:g} s. Give the frames' own track, its times in seconds."
        )
    return track


def _frame_classes(
    track: NDArray[np.void], n_frames: int, known: Mapping[str, str], i: int
) -> NDArray[np.str_]:
    # The last one stands for "before the first phone".
    names = np.array([*(_class(phone, known, i) for phone in track["phone"]), "silent"])
    centres = _FIRST_CENTRE + _HOP * np.arange(n_frames)
    spoken = np.searchsorted(track["start"], centres, side="right") - 1
    after = centres >= np.append(track["end"], np.inf)[spoken]
    return np.where(after, "silent", names[spoken])


def _class(phone: Any, known: Mapping[str, str], i: int) -> str:
    name = known.get(_plain(phone))
    if name is None:
        raise ValueError(
            f"phones[{i}] holds {str(phone)!r}, whose class is not known; give it, as in "
            f"classes={{{str(phone)!r}: 'voiced'}}."
        )
    return name


def _plain(phone: Any) -> str:
    """Return a phone's name in small letters without its stress."""
    return str(phone).strip().lower().rstrip("012")
