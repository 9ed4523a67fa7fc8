"""The supervisor: one small process per cage, which outlives the worker that started it.

Standard library only, and little of that: it is started for every command, and nothing it needs may be upgraded
under it. It keeps the limits, the output and the end of one cage. It decides nothing about jobs.
"""
