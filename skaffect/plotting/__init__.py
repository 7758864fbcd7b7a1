"""Pictures, drawn with Matplotlib (the extra ``plot``)."""

from skaffect.plotting._confusion import plot_confusion

__all__ = ["plot_confusion"]
