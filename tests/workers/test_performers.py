"""Tables that must be whole: a stage nobody performs, or an effect nobody delivers, would park a job for ever."""

from typing import get_args

from app.domain.agenda import Stage
from app.domain.effects import External
from app.ledger.reading import Reading
from workers.deliver import _PERFORMERS
from workers.runs.performers import PERFORMERS
from workers.work import FLOWS


def test_every_stage_has_somebody_who_performs_it():
    assert set(PERFORMERS) == set(Stage)


def test_every_effect_has_somebody_who_delivers_it():
    assert set(_PERFORMERS) == set(get_args(External))


def test_every_kind_of_subject_has_a_flow():
    """What the ledger says is due is what a worker knows how to attend to."""
    assert Reading.due.__doc__ is not None
    named = {word.strip("`,.").partition(":")[0] for word in Reading.due.__doc__.split() if ":" in word}
    assert {name for name in named if name.islower()} == set(FLOWS)
