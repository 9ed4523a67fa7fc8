"""What somebody does at the desk, as a fact; and what intake looks up about it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.admit import admit
from app.domain.decide import open_job
from app.domain.errors import Refused
from app.domain.events import RetryAsked, Stopped
from app.domain.evidence import Evidence, Look, Us, looks
from app.domain.ignored import Ignored
from app.domain.job import Job, Phase
from app.domain.verbs import Command, Retry, Stop
from app.voice.heard import what_was_heard
from app.web.acts import given
from app.web.viewer import Viewer
from tests.builders import AT, requested

JOB: Job = open_job(requested()).job
US = Us(slug="handoff", label="handoff")
OWNER = Viewer(name="root")
PERSON = Viewer(name="lin", login="lin", account=5, repositories=frozenset({7}))


@pytest.mark.parametrize(("command", "event"), [(Stop(), Stopped), (Retry(), RetryAsked)])
def test_a_persons_role_is_looked_up_and_the_owners_is_not(command: Command, event: type):
    theirs, mine = given(JOB, command, PERSON, AT), given(JOB, command, OWNER, AT)
    assert looks(theirs, US, JOB) == (Look.ROLE,)
    assert looks(mine, US, JOB) == ()
    evidence = Evidence(us=US, job=JOB)
    assert isinstance(admit(mine, evidence, AT), event)
    assert isinstance(admit(theirs, replace(evidence, role="write"), AT), event)
    for role in ("read", "triage", None, ""):
        assert isinstance(admit(theirs, replace(evidence, role=role), AT), Ignored)


def test_a_comment_never_passes_for_an_act_of_the_owner():
    """Only the desk names a job; what came by a comment has a role looked up, whatever its author's number says."""
    said = replace(given(JOB, Stop(), OWNER, AT), job="", comment_id=1)
    assert looks(said, US, JOB) == (Look.ROLE,)
    assert isinstance(admit(said, Evidence(us=US, job=JOB), AT), Ignored)


def test_two_clicks_are_one_act_and_a_later_one_is_another():
    first = given(JOB, Stop(), PERSON, AT).act_key
    assert given(JOB, Stop(), PERSON, AT + timedelta(milliseconds=300)).act_key == first
    others = {
        given(JOB, Stop(), PERSON, AT + timedelta(seconds=1)).act_key,
        given(JOB, Retry(), PERSON, AT).act_key,
        given(JOB, Stop(), OWNER, AT).act_key,
    }
    assert len(others | {first}) == 4


def test_an_ended_job_is_told_nothing():
    with pytest.raises(Refused, match="has ended already"):
        given(replace(JOB, phase=Phase.ENDED), Stop(), OWNER, AT)


def test_a_job_that_ends_before_it_hears_says_nothing_on_github():
    late = admit(given(JOB, Stop(), OWNER, AT), Evidence(us=US, job=None), AT)
    assert late == Ignored(f"job {JOB.id} had ended before this was heard")


def test_what_was_heard_says_who_and_where():
    assert what_was_heard(given(JOB, Stop(), PERSON, AT)) == f"@lin told job {JOB.id} to stop, at the desk"
    assert what_was_heard(given(JOB, Retry(), OWNER, AT)).startswith("whoever runs this Handoff told job")
