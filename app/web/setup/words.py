"""What the set-up pages say when something does not go on: what happened, and the next step. Only values."""

SHUT = (
    "The link in the terminal opens it once, within an hour, and in one browser. "
    "Stop `handoff up` with Ctrl-C and start it again: it prints a fresh link."
)
STRANGE = (
    "You came back from GitHub, but not on a way that began here, or it took more than an hour. "
    "Nothing was registered here. Begin again, in this browser."
)
FORGED = "The form was not sent by a page of mine, so I did nothing. Begin again."
NO_CODE = "GitHub sent you back without a code, so nothing was registered here. Begin again."
TOO_LONG = "This is more text than the form can take. Begin again with less."
LOST = (
    "The App is on GitHub, but its keys could not be kept on this machine: {why} Mend that, delete the App on "
    "GitHub under *Settings, Developer settings, GitHub Apps*, and begin again."
)


def lost(why: str) -> str:
    """Say that the App's keys are gone, and why."""
    return LOST.format(why=why if why.endswith((".", "!", "?")) else f"{why}.")
