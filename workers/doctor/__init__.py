"""`handoff doctor`: looks at everything that has to be right, changes nothing, and says what to mend and how.

`look` gathers, `judge` decides: every judgement is a pure function from what was seen to findings.
"""
