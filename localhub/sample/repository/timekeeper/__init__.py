"""Adds up the hours in a plain text timesheet."""

__version__ = "0.4.0"
