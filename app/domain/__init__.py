"""The rules: values in, values out. No input or output, no async, no clock.

The nouns, in the order a piece of work meets them: a *fact* is what arrived, *evidence* is what we
looked up to judge it, `admit` turns both into an *event*, `decide` turns a job and an event into a
*decision* (the job's new state, *effects*, and `because`).
"""
