"""Corpora: readers of recorded ones, and generators of those that are always there."""

from skaffect.datasets._affective_speech import make_affective_speech
from skaffect.datasets._corpus import load_corpus
from skaffect.datasets._device_checks import check_device_recordings
from skaffect.datasets._device_recordings import make_device_recordings
from skaffect.datasets._devices import RecordingDevice, draw_devices
from skaffect.datasets._emodb import load_emodb
from skaffect.datasets._emotions import EMOTIONS
from skaffect.datasets._five_devices import FIVE_DEVICES
from skaffect.datasets._grid import load_grid
from skaffect.datasets._mobiphone import load_mobiphone
from skaffect.datasets._ravdess import load_ravdess
from skaffect.datasets._recording import record_with_devices
from skaffect.datasets._savee import load_savee
from skaffect.datasets._wspire import load_wspire

__all__ = [
    "EMOTIONS",
    "FIVE_DEVICES",
    "RecordingDevice",
    "check_device_recordings",
    "draw_devices",
    "load_corpus",
    "load_emodb",
    "load_grid",
    "load_mobiphone",
    "load_ravdess",
    "load_savee",
    "load_wspire",
    "make_affective_speech",
    "make_device_recordings",
    "record_with_devices",
]
