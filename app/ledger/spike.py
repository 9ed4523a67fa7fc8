"""The spike guard's look at the ledger: what began and what was spent lately, and the switch that it throws.

It is a part of the claim's transaction, so that no two claims count at once, and time is the database's.
"""

from datetime import datetime

from sqlalchemy import Connection, func, select

from app.domain import spike
from app.domain.agenda import Stage
from app.domain.spike import Allowed, Seen
from app.ledger import machinery
from app.ledger.rows import PAUSED
from app.ledger.schema import runs


def trip(connection: Connection, stage: Stage, allowed: Allowed, now: datetime) -> str | None:
    """Pause if one more run of this stage were too much; return why, or None when it may begin."""
    if stage not in spike.COUNTED or (allowed.starts is None and allowed.dollars is None):
        return None
    let_go_on_at = machinery.switch(connection, PAUSED).at
    because = spike.why_pause(_seen(connection, spike.since(now, let_go_on_at)), allowed)
    if because is not None:
        machinery.set_switch(connection, PAUSED, on=True, because=because)
    return because


def _seen(connection: Connection, since: datetime) -> Seen:
    """Look. Reports are read here and not by the database, some of which choke on one NUL that an agent said."""
    counted = runs.c.stage.in_([stage.value for stage in spike.COUNTED])
    starts = select(func.count()).select_from(runs).where(runs.c.started_at > since, counted)
    reports = connection.scalars(select(runs.c.report).where(runs.c.ended_at > since, counted))
    return Seen(
        starts=connection.execute(starts).scalar_one(),
        dollars=sum(report.get("cost_dollars") or 0.0 for report in reports),
    )
