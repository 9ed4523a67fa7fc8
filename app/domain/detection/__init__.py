"""Finds the commands that check a repository that has no `.github/handoff.yml`, and says why it chose each.

Pure: the names and a few texts of one commit go in. It takes a repository at its word (a test script, a lock
file, a configured linter) and refuses to guess: where nothing says how to test, nothing is found, and that is said.
"""

from app.domain.detection.detect import Detected, detect
from app.domain.detection.tree import WANTED_FILES, wanted

__all__ = ["WANTED_FILES", "Detected", "detect", "wanted"]
