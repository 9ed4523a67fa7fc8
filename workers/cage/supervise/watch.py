"""When a cage has to end, and why: pure bookkeeping over time that was really lived through.

Time is added in steps, and a step counts for little however long it was: a laptop that slept, a machine that was
paused and a supervisor that got no processor all night use up nobody's limit.
"""

STEP_SECONDS = 0.25
"""How often the watch is advanced, at least."""
STEP_COUNTED_SECONDS = 1.0
"""The most that one step counts for."""

TIMED_OUT, STALLED, FLOODED = "timed_out", "stalled", "flooded"
CANCELLED, HALTED, UNATTENDED = "cancelled", "halted", "unattended"
ASKED_FIRST = frozenset({TIMED_OUT, STALLED, CANCELLED, UNATTENDED})
"""The reasons for which a command may save its work; for any other it is killed at once."""


class Watch:
    """The time of one cage, in seconds: how long it `lived`, was `silent`, and went on `alone`, without a worker."""

    def __init__(
        self,
        *,
        timeout_seconds: float,
        stall_seconds: float,
        unattended_seconds: float,
        attended: bool = True,
    ) -> None:
        """Begin at nothing; `unattended_seconds` is how long a cage goes on without a worker."""
        self.timeout_seconds = timeout_seconds
        self.stall_seconds = stall_seconds
        self.unattended_seconds = unattended_seconds
        self.attended = attended
        self.lived = self.silent = self.alone = 0.0
        self._last: float | None = None

    def advance(self, now: float) -> None:
        """Count the time since the last step."""
        step = 0.0 if self._last is None else min(max(now - self._last, 0.0), STEP_COUNTED_SECONDS)
        self._last = now
        self.lived += step
        self.silent += step
        self.alone = 0 if self.attended else self.alone + step

    def heard(self) -> None:
        """Note that the command said something."""
        self.silent = 0

    def verdict(self) -> str | None:
        """Return why it has to end, None while it need not."""
        if not self.attended and self.alone >= self.unattended_seconds:
            return UNATTENDED
        if self.lived >= self.timeout_seconds:
            return TIMED_OUT
        if self.silent >= self.stall_seconds:
            return STALLED
        return None
