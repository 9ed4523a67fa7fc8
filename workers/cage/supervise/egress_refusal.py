"""What is refused to a cage: the answer that its program gets, and the list that the run's report gets."""

from __future__ import annotations

import threading

_STATUS = {
    400: "Bad Request",
    403: "Forbidden",
    405: "Method Not Allowed",
    411: "Length Required",
    431: "Request Header Fields Too Large",
    502: "Bad Gateway",
}
_DENIED_MAX = 100
_OTHERS = "(others)"


class RefusalError(Exception):
    """A request that is not passed on; `status` is HTTP's, `because` the end of a sentence, the host may be unknown."""

    def __init__(self, status: int, because: str, host: str = "", port: int = 0) -> None:
        super().__init__(because)
        self.status, self.because, self.host, self.port = status, because, host, port


def answer(refusal: RefusalError) -> bytes:
    """Return the whole HTTP answer to a request that is refused, with the next step in words."""
    where = f"{refusal.host}:{refusal.port}" if refusal.host else "anything by this request"
    words = f"This cage cannot reach {where}: {refusal.because}.\n"
    if refusal.status == 403:
        words += (
            "If the work needs it, ask for the host in `network.allow` of `.github/handoff.yml` on the default branch; "
            "until somebody has added it there, go on without it.\n"
        )
    body = words.encode()
    head = (
        f"HTTP/1.1 {refusal.status} {_STATUS[refusal.status]}\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body


class Denials:
    """Counts what was denied, by host, port and reason; after a hundred different ones the others are one more."""

    def __init__(self) -> None:
        self._times: dict[tuple[str, int, str], int] = {}
        self._lock = threading.Lock()

    def add(self, refusal: RefusalError) -> None:
        """Count one."""
        key = (refusal.host, refusal.port, refusal.because)
        with self._lock:
            if key not in self._times and len(self._times) >= _DENIED_MAX:
                key = (_OTHERS, 0, f"more than {_DENIED_MAX} different ones were denied")
            self._times[key] = self._times.get(key, 0) + 1

    def listed(self) -> list[dict[str, str | int]]:
        """Return `host`, `port`, `because` and `times` of each, in the order in which they were first denied."""
        with self._lock:
            return [
                {"host": host, "port": port, "because": because, "times": times}
                for (host, port, because), times in self._times.items()
            ]
