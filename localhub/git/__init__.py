"""Real git under the pretend GitHub: plumbing, diffs and the smart HTTP protocol."""
