"""Repair: what was missed at the moment it happened is found at start-up, and from time to time."""
