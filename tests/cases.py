"""The worked cases, which the site publishes too."""

from build_scripts.cases import FOLDER, KEYS, Case, load

__all__ = ["FOLDER", "KEYS", "Case", "load"]
