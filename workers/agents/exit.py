"""The shape of `exit.json`: how one turn of an agent ended, by the cage and by the agent. Values only.

It writes nothing, and judges nothing: what follows from an ending is said elsewhere.
"""

import json
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from workers.agents.report import AgentReport, Verdict
from workers.agents.schemas import DIALECT
from workers.cage.spec import Exit, How, Limits

DENIED_MAX = 100
"""The places kept of those that a cage wanted to reach and may not; more are counted."""

P = TypeVar("P", bound=BaseModel)
Count = Annotated[int, Field(ge=0)]
Seconds = Annotated[float, Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Ended(_Part):
    """How the cage saw the program end; `code` is a shell's, null where the program never started."""

    how: How
    code: int | None
    seconds: Seconds
    output_bytes: Annotated[Count, Field(description="All that it said, also beyond what is kept.")]


class DeniedPlace(_Part):
    """Somewhere that the program wanted to reach and may not."""

    host: str
    port: int
    because: str
    times: Count


class Peaks(_Part):
    """The most that the cage had at once; null where that was not measured."""

    processes: Count | None
    memory_bytes: Count | None
    disk_bytes: Count | None


class LimitsSet(_Part):
    """What the cage would have been ended at."""

    timeout_seconds: Seconds
    stall_seconds: Seconds
    grace_seconds: Seconds
    output_bytes: Count
    processes: Count
    memory_bytes: Count
    file_bytes: Count
    scratch_bytes: Count
    disk_bytes: Count
    free_bytes: Count


class Tokens(_Part):
    """Tokens of this turn, in the agent's own count."""

    input_tokens: Count
    output_tokens: Count
    cache_read_tokens: Count
    cache_write_tokens: Count


class ExitFile(_Part):
    """How a turn of an agent ended, why, and what it took. What is unknown is null, never 0."""

    run_id: str
    turn: Annotated[int, Field(ge=1, description="The second one is the turn to repair an outcome.")]
    agent: str
    model: str | None
    cage: Annotated[
        str | None, Field(description="The sandbox: bubblewrap, unshare, ...; none: no protection.")
    ]
    ended: Ended
    verdict: Annotated[Verdict, Field(description="What the agent itself says of its end.")]
    because: Annotated[str, Field(description="A full sentence.")]
    denied: Annotated[tuple[DeniedPlace, ...], Field(max_length=DENIED_MAX)]
    denied_more: Annotated[Count, Field(description="How many more places there were.")]
    peak: Peaks
    limits: LimitsSet | None
    usage: Tokens | None
    cost_usd: Annotated[str | None, Field(description="Dollars as a decimal number, by list prices.")]
    session_id: str | None


def exit_file(
    *,
    run_id: str,
    agent: str,
    end: Exit,
    report: AgentReport,
    cage: str | None,
    limits: Limits | None,
    turn: int,
) -> ExitFile:
    """Return what is kept of an end; not yet redacted."""
    denied = [_part(DeniedPlace, each) for each in end.denied[:DENIED_MAX]]
    return ExitFile(
        run_id=run_id,
        turn=turn,
        agent=agent,
        model=report.model,
        cage=cage,
        ended=Ended(how=end.how, code=end.code, seconds=round(end.seconds, 3), output_bytes=end.output_bytes),
        verdict=report.verdict,
        because=report.because,
        denied=tuple(denied),
        denied_more=len(end.denied) - len(denied),
        peak=_part(Peaks, end.peak),
        limits=_part(LimitsSet, limits) if limits else None,
        usage=_part(Tokens, report.usage) if report.usage else None,
        cost_usd=None if report.cost_usd is None else str(report.cost_usd),
        session_id=report.session_id,
    )


def _part(kind: type[P], value: object) -> P:
    """Return those fields of a value that the file has."""
    return kind(**{name: getattr(value, name) for name in kind.model_fields})


def exit_schema_text() -> str:
    """Return the JSON schema of `exit.json` as it is published, ending in a newline."""
    schema: dict[str, Any] = {"$schema": DIALECT, **ExitFile.model_json_schema(mode="serialization")}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
