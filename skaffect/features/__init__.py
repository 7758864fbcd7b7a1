"""Waveforms to frames and windows."""

from skaffect.features._filterbank import LogFilterbank
from skaffect.features._windower import MFSCWindower

__all__ = ["LogFilterbank", "MFSCWindower"]
