"""Benchmarks: each measures something of ours against a named baseline in the same run, and prints the ratio.

Figures of one machine at one hour mean little; the ratio of two things measured in turns means more. Nothing
here leaves the machine, needs root, or runs without an end. It judges nothing: no figure makes it fail.
"""
