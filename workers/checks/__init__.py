"""Checks: the repository's own commands on a commit of ours, and the scanners that look at a change before it is pushed."""
