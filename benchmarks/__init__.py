"""The papers' experiments, and the figures that the documentation states."""
