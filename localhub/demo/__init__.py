"""The demo: a person, a repository and Handoff on one machine, with the whole loop to watch.

It treats Handoff as a stranger would: it starts its command, gives it settings by environment, and looks at GitHub.
"""
