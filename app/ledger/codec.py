"""Domain values to JSON and back. A stored value that this version does not know is a `Defect`, never a guess.

Facts, events and effects carry the name of their class as `type`. Renaming a class or a field of these is
therefore a migration; adding a field with a default is not.
"""

from typing import Any, TypeVar, get_args

from pydantic import TypeAdapter, ValidationError

from app.domain.effects import External
from app.domain.errors import Defect
from app.domain.events import Event
from app.domain.facts import Fact
from app.domain.job import Job, Report

T = TypeVar("T")


# Building an adapter costs a thousand times what using it does.
_ADAPTERS: dict[type, TypeAdapter[Any]] = {}


def _adapter(kind: type) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def _dump(value: object) -> dict[str, Any]:
    document: dict[str, Any] = _adapter(type(value)).dump_python(value, mode="json")
    return document


def _load(kind: type[T], document: dict[str, Any]) -> T:
    try:
        value: T = _adapter(kind).validate_python(document)
    except ValidationError as error:
        where = ", ".join(".".join(map(str, e["loc"])) + f": {e['msg']}" for e in error.errors()[:3])
        raise Defect(f"A stored {kind.__name__} cannot be read ({where}).") from error
    return value


def dump_job(job: Job) -> dict[str, Any]:
    """Return a whole job as JSON."""
    return _dump(job)


def load_job(document: dict[str, Any]) -> Job:
    """Return the job that was stored."""
    return _load(Job, document)


def dump_report(report: Report) -> dict[str, Any]:
    """Return a run's report as JSON."""
    return _dump(report)


def load_report(document: dict[str, Any]) -> Report:
    """Return the report that was stored."""
    return _load(Report, document)


def dump(value: Fact | Event | External) -> dict[str, Any]:
    """Return a fact, an event or an effect as JSON that names its class."""
    return {"type": type(value).__name__} | _dump(value)


FACTS: dict[str, type[Fact]] = {kind.__name__: kind for kind in get_args(Fact)}
EVENTS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}
EFFECTS: dict[str, type[External]] = {kind.__name__: kind for kind in get_args(External)}


def load_fact(document: dict[str, Any]) -> Fact:
    """Return the fact that was stored."""
    return _load_one_of(FACTS, "fact", document)


def load_event(document: dict[str, Any]) -> Event:
    """Return the event that was stored."""
    return _load_one_of(EVENTS, "event", document)


def load_effect(document: dict[str, Any]) -> External:
    """Return the effect that was stored."""
    return _load_one_of(EFFECTS, "effect", document)


def _load_one_of(kinds: dict[str, type[T]], noun: str, document: dict[str, Any]) -> T:
    name = document.get("type")
    kind = kinds.get(name) if isinstance(name, str) else None
    if kind is None:
        raise Defect(f"The ledger holds a kind of {noun} that this version does not know: {name!r}.")
    return _load(kind, {key: value for key, value in document.items() if key != "type"})
