"""A scripted model server: it speaks a provider's wire protocol on loopback and replays scripts instead of thinking.

`SCRIPT:name` in the prompt chooses a script, else every `about` text of it must be in the prompt. Scripts are
those of the scripted agent; a step becomes a call of whichever tool the client offers for it. The place in
the script is the number of tool results since that prompt, so nothing is remembered between requests but how
often a fault has struck.
"""
