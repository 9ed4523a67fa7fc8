"""Who descends from a process, as /proc tells it at this moment. It signals nobody."""

import os


def descendants(pid: int) -> list[int]:
    """Return the pids of all that descend from a process, parents first; what vanishes meanwhile is left out."""
    found: list[int] = []
    seen = {pid}
    waiting = [pid]
    while waiting:
        for child in _children(waiting.pop()):
            if child not in seen:
                seen.add(child)
                found.append(child)
                waiting.append(child)
    return found


def parent(pid: int) -> int | None:
    """Return the pid of a living process's parent; None for one that is gone or only waits to be buried."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return None
    return None if fields[0] in {b"Z", b"X"} else int(fields[1])


def _children(pid: int) -> list[int]:
    """Return the children of all threads of a process (Linux with CONFIG_PROC_CHILDREN)."""
    found: list[int] = []
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return found
    for thread in threads:
        try:
            with open(f"/proc/{pid}/task/{thread}/children", "rb") as file:
                found += map(int, file.read().split())
        except OSError:
            continue
    return found
