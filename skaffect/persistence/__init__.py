"""Models that travel: one file, no pickle, nothing in it that could run."""

from skaffect.persistence._models import load_model, read_model_card, save_model

__all__ = ["load_model", "read_model_card", "save_model"]
