"""Who is being handled, who waits for a place, who is handled once more. Rules only: no task, no clock."""

from collections import Counter, OrderedDict

WAITING_LIMIT = 10_000


class Roster:
    """The places of one worker.

    Each kind of subject (the word before its first colon) has `capacity` places of its own, so that a house
    full of hour-long runs never keeps an intake waiting. A subject waits or runs at most once at a time.
    """

    def __init__(self, capacity: int, waiting_limit: int = WAITING_LIMIT) -> None:
        self._capacity, self._waiting_limit = capacity, waiting_limit
        self._running: set[str] = set()
        self._again: set[str] = set()
        self._used: Counter[str] = Counter()
        self._waiting: dict[str, OrderedDict[str, None]] = {}  # by kind, in order of arrival

    def arrive(self, subject: str) -> bool:
        """Note a wake; False if it is refused because too many wait already.

        One for a subject that waits says nothing new: it will see all there is when its turn comes. One for
        a subject that runs may be about something it has already looked past, so it runs once more.
        """
        if subject in self._running:
            self._again.add(subject)
        elif subject not in self._waiting.get(kind(subject), ()):
            if sum(map(len, self._waiting.values())) >= self._waiting_limit:
                return False
            self._queue(subject)
        return True

    def leave(self, subject: str) -> None:
        """Note that a handling ended; a subject woken meanwhile goes to the end of the line."""
        self._running.remove(subject)
        self._used -= Counter([kind(subject)])
        if subject in self._again:
            self._again.remove(subject)
            self._queue(subject)

    def start(self) -> list[str]:
        """Give the free places away, and return who got one."""
        started = []
        for name, line in self._waiting.items():
            while line and self._used[name] < self._capacity:
                subject, _ = line.popitem(last=False)
                self._used[name] += 1
                started.append(subject)
        self._running.update(started)
        self._waiting = {name: line for name, line in self._waiting.items() if line}
        return started

    def _queue(self, subject: str) -> None:
        self._waiting.setdefault(kind(subject), OrderedDict())[subject] = None


def kind(subject: str) -> str:
    """Return the kind of a subject: `run` of `run:01H…`."""
    return subject.partition(":")[0]
