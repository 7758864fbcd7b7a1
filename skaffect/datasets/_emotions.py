"""The emotion names that the whole package shares."""

EMOTIONS: tuple[str, ...] = (
    "angry",
    "disgust",
    "fear",
    "happy",
    "neutral",
    "sad",
    "surprise",
)
"""The seven emotions of the papers, in alphabetical order (scikit-learn's order of classes)."""

_SPELLINGS = {
    **dict(zip(EMOTIONS, EMOTIONS, strict=True)),
    "anger": "angry",
    "disgusted": "disgust",
    "fearful": "fear",
    "happiness": "happy",
    "sadness": "sad",
    "surprised": "surprise",
}


def papers_emotion(label: str) -> str | None:
    """Return which of the papers' seven emotions a label spells, if any, in whatever case.

    Parameters
    ----------
    label : str
        A label, such as ``"Fearful"``.

    Returns
    -------
    emotion : str or None
        One of ``EMOTIONS``, such as ``"fear"``.
    """
    return _SPELLINGS.get(label.strip().casefold())
