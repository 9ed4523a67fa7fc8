"""From what was seen to findings: pure functions, no client and no clock."""
