"""Reads what a check printed: how many, which tests, which lines, and which blocker it is. Pure, and never fails.

Output is foreign text of any length and any kind, so it is read line by line, up to limits, with patterns that
cannot blow up; what nobody recognises is still told by its last words and its exit code.
"""

from app.domain.digest.counts import Counts
from app.domain.digest.identity import blocker_id
from app.domain.digest.read import Digest, digest

__all__ = ["Counts", "Digest", "blocker_id", "digest"]
