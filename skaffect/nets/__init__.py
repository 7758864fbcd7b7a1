"""The papers' networks: pure builders of uncompiled Keras models."""

from skaffect.nets._dern import build_dern
from skaffect.nets._dft_cnn import build_dft_cnn
from skaffect.nets._dsrn import build_dsrn
from skaffect.nets._dual_attention import build_dual_attention
from skaffect.nets._single_attention import build_single_attention

__all__ = [
    "build_dern",
    "build_dft_cnn",
    "build_dsrn",
    "build_dual_attention",
    "build_single_attention",
]
