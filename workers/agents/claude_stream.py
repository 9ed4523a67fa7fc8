"""What Claude Code's stream says of its end: the `result` line, read as the foreign input it is.

Facts measured with 2.1.329: an API failure is `subtype: success` with `is_error: true`, so both are read;
a denied permission ends with exit code 0, so denials are told.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from workers.agents.report import AgentReport, Usage, Verdict

COST_DOLLARS_MAX = 100_000
"""What no session costs. Beyond what a float holds there is a number that no database takes for one."""
Tokens = Annotated[int, Field(ge=0)]


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Usage(_Line):
    input_tokens: Tokens
    output_tokens: Tokens
    cache_read_input_tokens: Tokens | None = None
    cache_creation_input_tokens: Tokens | None = None


class _ModelUsage(_Line):
    outputTokens: Tokens = 0  # noqa: N815 - as the stream spells it


class _Denial(_Line):
    tool_name: str


class _Result(_Line):
    type: Literal["result"]
    subtype: str
    is_error: bool = False
    result: str | None = None
    session_id: str | None = None
    total_cost_usd: Annotated[Decimal, Field(ge=0, le=COST_DOLLARS_MAX, allow_inf_nan=False)] | None = None
    usage: _Usage | None = None
    modelUsage: Mapping[str, _ModelUsage] = {}  # noqa: N815 - as the stream spells it
    permission_denials: tuple[_Denial, ...] = ()
    api_error_status: int | None = None
    terminal_reason: str | None = None


class _Other(_Line):
    type: str
    session_id: str | None = None


_line: TypeAdapter[_Result | _Other] = TypeAdapter(_Result | _Other)


def read_stream(output_tail: str) -> AgentReport | None:
    """Return what the last result line says, None when there is none."""
    result = next((line for line in _backwards(output_tail) if isinstance(line, _Result)), None)
    if result is None:
        return None
    verdict, because = _verdict(result)
    return AgentReport(
        verdict=verdict,
        because=because,
        usage=_usage(result.usage),
        cost_usd=result.total_cost_usd,
        session_id=result.session_id,
        model=_model(result.modelUsage),
        said=result.result,
    )


def session_in(output_tail: str) -> str | None:
    """Return the session the last lines belong to, None when they do not say."""
    return next((line.session_id for line in _backwards(output_tail) if line.session_id), None)


def _backwards(output: str) -> Iterator[_Result | _Other]:
    for text in reversed(output.splitlines()):
        try:
            yield _line.validate_json(text)
        except ValidationError:
            continue


def _verdict(result: _Result) -> tuple[Verdict, str]:
    status = result.api_error_status
    if status in {401, 403}:
        return Verdict.REFUSED, f"The model provider refused Claude Code's key ({status})."
    if result.is_error or result.subtype != "success":
        told = f"status {status}" if status else result.terminal_reason or result.subtype
        return Verdict.FAILED, f"Claude Code gave up: {told.replace('_', ' ')}."
    denied = sorted({denial.tool_name for denial in result.permission_denials})
    return (
        Verdict.OK,
        f"Claude Code finished; it was denied {', '.join(denied)}." if denied else "Claude Code finished.",
    )


def _model(usage: Mapping[str, _ModelUsage]) -> str | None:
    """Return the model that wrote most; small ones help with titles and summaries."""
    return max(usage, key=lambda name: usage[name].outputTokens, default=None)


def _usage(told: _Usage | None) -> Usage | None:
    if told is None:
        return None
    return Usage(
        input_tokens=told.input_tokens,
        output_tokens=told.output_tokens,
        cache_read_tokens=told.cache_read_input_tokens or 0,
        cache_write_tokens=told.cache_creation_input_tokens or 0,
    )
