"""Runs: one module for each kind of run, and the table that says which performs which stage."""
