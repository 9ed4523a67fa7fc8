"""One sentence for each way in which a run can end. The sentence becomes the report's `because`."""

from app.domain.agenda import Ending

_SENTENCES: dict[Ending, str] = {
    Ending.SUCCEEDED: "the {what} is done",
    Ending.NOT_REPRODUCED: "the {what} could not reproduce what the issue describes",
    Ending.BLOCKED: "the {what} found something that must be mended first",
    Ending.NEEDS_ANSWER: "the {what} came to a decision that is yours to make",
    Ending.NOTHING_CHANGED: "the {what} ended without changing anything",
    Ending.OVER_BUDGET: "the {what} used up its budget",
    Ending.TIMED_OUT: "the {what} took longer than it may",
    Ending.STALLED: "the {what} went silent for longer than it may",
    Ending.REFUSED: "the {what} was refused",
    Ending.CRASHED: "the {what} broke down",
    Ending.LOST: "the machine that did the {what} went away in the middle of it",
    Ending.STOPPED: "the {what} was stopped",
}


def sentence(ending: Ending, what: str, detail: str = "") -> str:
    """Return how a run ended, in words: `what` is the name of its stage, `detail` what is special about it."""
    said = _SENTENCES[ending].format(what=what)
    return f"{said}: {detail}" if detail else said
