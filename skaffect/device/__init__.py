"""Which device recorded an utterance: single and dual attention, and a DFT baseline."""

from skaffect.device._dft_baseline import DFTCNNBaseline
from skaffect.device._dual_attention import DualAttentionDeviceClassifier
from skaffect.device._single_attention import SingleAttentionDeviceClassifier

__all__ = [
    "DFTCNNBaseline",
    "DualAttentionDeviceClassifier",
    "SingleAttentionDeviceClassifier",
]
