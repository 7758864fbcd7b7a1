"""Models that travel: files without pickle, for skaffect itself and for other programs."""

from skaffect.persistence._models import load_model, read_model_card, save_model
from skaffect.persistence._onnx import export_onnx

__all__ = ["export_onnx", "load_model", "read_model_card", "save_model"]
