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
