"""The shape of `limits` in the file: what one change and one run may take."""

from typing import Annotated

from pydantic import Field

from app.domain.policy.policy import MIB, Policy
from app.domain.policy.shape import Strict

_USUAL = Policy()


class Limits(Strict):
    """What one change may take; reaching a limit is told on the issue or the pull request."""

    changed_files: Annotated[int, Field(ge=1, le=3000)] = Field(
        _USUAL.changed_files_limit,
        description="the number of files that one change may touch",
        examples=[40],
    )
    diff_bytes: Annotated[int, Field(ge=1, le=100_000_000)] = Field(
        _USUAL.diff_bytes_limit,
        description="the size of a change's diff, in bytes",
        examples=[1_000_000],
    )
    inline_comments: Annotated[int, Field(ge=0, le=25)] = Field(
        _USUAL.inline_comments_limit,
        description="the number of remarks that a review puts beside lines; the others go into its text",
        examples=[3],
    )
    run_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = Field(
        _USUAL.run_timeout_seconds // 60,
        description="the time that one run of an agent may take, in minutes; a local model may need more",
        examples=[240],
    )
    stall_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = Field(
        _USUAL.stall_seconds // 60,
        description="the time without any output after which a run is ended, in minutes",
        examples=[30],
    )
    output_megabytes: Annotated[int, Field(ge=1, le=1000)] = Field(
        _USUAL.output_bytes_limit // 1_000_000,
        description="the amount of output after which a run is ended, in megabytes",
        examples=[10],
    )
    memory_megabytes: Annotated[int, Field(ge=64, le=1024 * 1024)] = Field(
        _USUAL.memory_bytes_limit // MIB,
        description="the memory that one run may have, an agent's and a check's alike, in megabytes of 1,048,576 bytes",
        examples=[8192],
    )
    disk_megabytes: Annotated[int, Field(ge=64, le=1024 * 1024)] = Field(
        _USUAL.disk_bytes_limit // MIB,
        description="the amount that one run may write to disk, in megabytes of 1,048,576 bytes",
        examples=[20480],
    )
    processes: Annotated[int, Field(ge=16, le=32_768)] = Field(
        _USUAL.processes_limit,
        description="the number of processes and threads that one run may have at once",
        examples=[1024],
    )
