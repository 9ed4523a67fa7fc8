"""What is said to whoever told us to do something: that it was heard, and what follows. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

_WILL: Mapping[str, str] = MappingProxyType(
    {
        "stop": "will be stopped",
        "retry": "will try again",
        "answer": "will hear your answer",
        "go": "will go on",
        "snooze": "will be put off",
        "review": "will have its pull request reviewed once more",
    }
)


def was_told(job: str, verb: str, *, judged: bool, alive: bool) -> str:
    """Return what to expect. `judged`: a role is looked up first; `alive`: there is a worker to do it."""
    will = _WILL.get(verb, f"will be told to {verb}")
    first = ", once I have looked up that you may: it needs write access" if judged else ""
    later = "" if alive else " No worker has said that it is alive, so it happens when one is started."
    return f"Job {job} {will} within seconds{first}.{later} See it with `handoff status {job}`."


def was_switched(*, stopped: bool) -> str:
    """Return what the switch that keeps every run from starting means now."""
    if stopped:
        return (
            "Everything is stopped: no run starts until `handoff start --all`. Runs under way are not ended; "
            "`handoff stop JOB` ends one."
        )
    return "Runs may start again."
