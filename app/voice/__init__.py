"""The words: every sentence we say to people, as pure functions from values to Markdown.

A sentence is full, kind and specific, and names the next step. Nothing here looks anything up.
"""
