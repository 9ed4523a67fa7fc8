"""What an agent makes of the end of its program. Values only; what is unknown stays None, never 0."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from workers.cage.spec import Exit, How


class Verdict(StrEnum):
    """What the agent's own stream says of the end; the outcome file and the changed tree still have to agree."""

    OK = "ok"
    FAILED = "failed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one invocation, in the agent's own count."""

    input_tokens: int
    output_tokens: int
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentReport:
    """How the agent says it ended. What is unknown stays None, never 0.

    `because` is a full sentence. `FAILED` may go better next time; `REFUSED` needs a person first, such as
    a rejected key or a missing permission. `said` is its closing prose, not yet redacted.
    """

    verdict: Verdict
    because: str
    usage: Usage | None = None
    cost_usd: Decimal | None = None
    session_id: str | None = None
    model: str | None = None
    said: str | None = None


def report_of_end(end: Exit, *, said: str | None = None) -> AgentReport:
    """Return what can be said of any program from its end alone."""
    if end.how is not How.EXITED:
        verdict = Verdict.REFUSED if end.how is How.NOT_STARTED else Verdict.FAILED
        return AgentReport(verdict=verdict, because=_CUT_SHORT[end.how], said=said)
    match end.code:
        case 0:
            return AgentReport(verdict=Verdict.OK, because="The program ended with exit code 0.", said=said)
        case 126 | 127 as code:  # POSIX: found but not executable, not found
            because = (
                f"The program ended with exit code {code}: something it needs is not to be found in the cage."
            )
            return AgentReport(verdict=Verdict.REFUSED, because=because, said=said)
        case None:
            because = "The program ended and nobody saw its exit code."
        case code if code > 128:
            because = f"The program was ended by signal {code - 128}."
        case code:
            because = f"The program ended with exit code {code}."
    return AgentReport(verdict=Verdict.FAILED, because=because, said=said)


_CUT_SHORT = {
    How.TIMED_OUT: "The program used up its time and was ended.",
    How.STALLED: "The program said nothing for too long and was ended.",
    How.FLOODED: "The program wrote more output than it may and was ended.",
    How.OUT_OF_MEMORY: "The program and what it started used up their memory and were ended.",
    How.DISK_FULL: "The program filled the disk that it may use and was ended.",
    How.CANCELLED: "The program was stopped on request.",
    How.HALTED: "The program was ended because everything on this machine was stopped.",
    How.UNATTENDED: "The program was ended because no worker came back for it.",
    How.LOST: "The program was lost with what supervised it, so nobody knows how it ended.",
    How.NOT_STARTED: "The program could not be started.",
}
