"""What is stored is what is read: every class of facts, events and effects, with whatever its fields may hold."""

import json
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.effects import External
from app.domain.errors import Defect
from app.domain.events import Event
from app.domain.facts import Fact
from app.domain.job import Job, Report
from app.ledger import codec

PLAIN = {
    str: st.text(max_size=20),
    int: st.integers(-(2**62), 2**62),
    bool: st.booleans(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    datetime: st.datetimes(timezones=st.just(UTC)),
    timedelta: st.timedeltas(timedelta(minutes=1), timedelta(days=30)),
}
LOADERS = (
    dict.fromkeys(get_args(Fact), codec.load_fact)
    | dict.fromkeys(get_args(Event), codec.load_event)
    | dict.fromkeys(get_args(External), codec.load_effect)
)


def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a type as the domain uses types; one that is not known here fails the test, and that is wanted."""
    if kind in PLAIN:
        return PLAIN[kind]
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return st.builds(kind, **{field.name: values_of(hints[field.name]) for field in fields(kind)})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(kind)
    if get_origin(kind) is Literal:
        return st.sampled_from(get_args(kind))
    if get_origin(kind) is tuple and Ellipsis not in get_args(kind):
        return st.tuples(*map(values_of, get_args(kind)))
    if get_origin(kind) is tuple:
        return st.lists(values_of(get_args(kind)[0]), max_size=2).map(tuple)
    if isinstance(kind, UnionType):
        return st.one_of(*(st.none() if part is type(None) else values_of(part) for part in get_args(kind)))
    raise AssertionError(f"no values are known of {kind}")


def through_json(document: dict[str, Any]) -> dict[str, Any]:
    return json.loads(json.dumps(document))


@pytest.mark.parametrize("kind", LOADERS, ids=lambda kind: kind.__name__)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_facts_events_and_effects_come_back_as_they_went(kind, data):
    value = data.draw(values_of(kind))
    document = through_json(codec.dump(value))
    assert document["type"] == kind.__name__
    assert LOADERS[kind](document) == value


@settings(max_examples=50, deadline=None)
@given(job=values_of(Job), report=values_of(Report))
def test_jobs_and_reports_come_back_as_they_went(job, report):
    assert codec.load_job(through_json(codec.dump_job(job))) == job
    assert codec.load_report(through_json(codec.dump_report(report))) == report


@pytest.mark.parametrize("load", [codec.load_fact, codec.load_event, codec.load_effect])
@pytest.mark.parametrize("document", [{"type": "Telepathy"}, {}, {"type": None}, {"type": ["Stopped"]}])
def test_a_stored_kind_that_nobody_knows_is_our_defect(load, document):
    with pytest.raises(Defect, match="does not know"):
        load(document)


def test_a_fact_is_not_read_as_an_event():
    with pytest.raises(Defect, match="kind of event that this version does not know: 'IssueClosed'"):
        codec.load_event({"type": "IssueClosed"})


def test_a_stored_value_that_lost_a_field_is_our_defect_and_names_the_field():
    with pytest.raises(Defect, match=r"stored RunStarted cannot be read \(run: Field required\)"):
        codec.load_event({"type": "RunStarted", "at": "2026-05-04T12:00:00Z"})


def test_a_field_that_a_newer_version_added_does_not_disturb():
    document = {"type": "RunStarted", "at": "2026-05-04T12:00:00Z", "run": "j1.1", "mood": "fine"}
    assert codec.load_event(document).run == "j1.1"
