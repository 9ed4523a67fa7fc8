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
            "Everything is stopped: no run starts until `handoff start --all`, those under way end within seconds and "
            "begin again then, and nothing is written to GitHub meanwhile. Nothing is lost."
        )
    return "Runs may start again."


def was_stopped_by_file_only(path: str, trouble: str) -> str:
    """Return what follows when the file `STOP` was written and the database could not be told."""
    return (
        f"Everything on this machine is stopped: {path} is written, no run starts, and those under way end within "
        f"seconds. The database could not be told ({trouble.rstrip('.')}). So workers on other machines, if there are "
        "any, go on: run this again when it can be reached, or put such a file into their data folders. "
        "`handoff start --all` takes it back."
    )


def was_stopped_by_switch_only(path: str, trouble: str) -> str:
    """Return what follows when the database was told and the file `STOP` could not be written."""
    return (
        f"{was_switched(stopped=True)} Only the file that works without a database could not be written: {path} "
        f"({trouble.rstrip('.')})."
    )


def could_not_be_stopped(path: str, of_file: str, of_database: str) -> str:
    """Return what to do when neither was possible."""
    return (
        f"NOTHING IS STOPPED. {path} could not be written ({of_file.rstrip('.')}), and the database could not be told "
        f"({of_database.rstrip('.')}). End the processes: Ctrl-C on `handoff up`, or "
        "`kill` it; what an agent still runs then ends by itself within two minutes."
    )


def was_not_started(path: str, trouble: str) -> str:
    """Return what is the matter when the file `STOP` cannot be taken away."""
    return f"Everything is still stopped: {path} cannot be taken away ({trouble}). Remove it by hand, then run this again."


def was_started_without_database(trouble: str) -> str:
    """Return what is the matter when the file is gone and the database cannot be told."""
    return (
        f"The file `STOP` is gone, but the database could not be told ({trouble.rstrip('.')}). If it was told to stop, "
        "nothing starts yet: run this again when it can be reached."
    )
