"""The relay: asks what is due and wakes a worker for it, over and over. This is what makes Redis disposable.

It owns no database and no queue, it is handed one question (`due`) and one verb (`wake`); it decides only
when to ask and whom not to wake again so soon. Losing its memory costs a few superfluous wakes.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence

Due = Callable[[], Awaitable[Sequence[str]]]
Wake = Callable[[str], Awaitable[bool]]

# A burst of nudges (a batch of labels, a replayed delivery log) becomes one question, not hundreds.
GATHER_SECONDS = 0.02

logger = logging.getLogger(__name__)


def to_wake(
    due: Sequence[str], woken_at: Mapping[str, float], now: float, redispatch_seconds: float
) -> list[str]:
    """Return the subjects of `due`, each once, that were not woken within the last `redispatch_seconds`."""
    fresh = now - redispatch_seconds
    return [subject for subject in dict.fromkeys(due) if woken_at.get(subject, fresh) <= fresh]


async def relay(
    due: Due,
    wake: Wake,
    *,
    nudged: asyncio.Event,
    stopping: asyncio.Event,
    interval_seconds: float = 1.0,
    redispatch_seconds: float = 2.0,
) -> None:
    """Wake what is due at once when `nudged`, else every `interval_seconds`, until `stopping`.

    A subject that stays due is woken again every `redispatch_seconds`; one that was handled in between and is
    due anew is new. Errors of `due` and `wake` are logged when they begin and tried again, never raised.
    """
    rounds = _Rounds(due, wake, redispatch_seconds)
    while not stopping.is_set():
        nudged.clear()  # before asking: a nudge that comes while we ask means to ask again
        await rounds.once(stopping)
        if await _pause(nudged, stopping, interval_seconds):
            await asyncio.sleep(GATHER_SECONDS)


class _Rounds:
    """One round after the other, with the memory of what was woken and whether things work."""

    def __init__(self, due: Due, wake: Wake, redispatch_seconds: float) -> None:
        self._due, self._wake, self._redispatch_seconds = due, wake, redispatch_seconds
        self._woken_at: dict[str, float] = {}
        self._failing = False

    async def once(self, stopping: asyncio.Event) -> None:
        try:
            due = await self._due()
            # Forgetting whatever is no longer due keeps the memory as small as the answer.
            self._woken_at = {
                subject: self._woken_at[subject] for subject in due if subject in self._woken_at
            }
            await self._wake_all(due, stopping)
        except Exception:
            # Whatever it was, dying would stop all work for good, while asking again may succeed.
            if not self._failing:
                logger.exception("The relay could not wake what is due; it keeps trying.")
            self._failing = True
        else:
            if self._failing:
                logger.info("The relay works again.")
            self._failing = False

    async def _wake_all(self, due: Sequence[str], stopping: asyncio.Event) -> None:
        now = asyncio.get_running_loop().time()
        failure: Exception | None = None
        for subject in to_wake(due, self._woken_at, now, self._redispatch_seconds):
            if stopping.is_set():
                return
            try:
                taken = await self._wake(subject)
            except Exception as error:  # noqa: BLE001 - one bad subject must not keep the others asleep
                failure = error
                continue
            if not taken:
                return  # Redis is away for every subject alike
            self._woken_at[subject] = now
        if failure is not None:
            raise failure


async def _pause(nudged: asyncio.Event, stopping: asyncio.Event, seconds: float) -> bool:
    """Wait for a nudge, the stop or the time; say whether it was a nudge."""
    waits = {asyncio.create_task(nudged.wait()), asyncio.create_task(stopping.wait())}
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
    return nudged.is_set() and not stopping.is_set()
