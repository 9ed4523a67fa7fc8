"""The door to GitHub: the only place that knows its payloads, its errors and its library.

Inward it speaks facts, outward it speaks intentions. It decides nothing, and says nothing of its own.
"""
