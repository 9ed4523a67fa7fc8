"""A repository's own configuration, `.github/handoff.yml`: what it may say, what it means, what is wrong with it.

Where the text comes from is not said here, and nothing is guessed: a key that we do not know is an error with its
name and line, never silence. A misspelt `cheks:` would otherwise mean that nothing is checked.
"""

from app.domain.policy.policy import PATH, PRESETS, Check, Policy, Service
from app.domain.policy.read import read_policy

__all__ = ["PATH", "PRESETS", "Check", "Policy", "Service", "read_policy"]
