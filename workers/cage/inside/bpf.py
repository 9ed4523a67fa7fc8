"""The words that a filter for system calls is written in: classic BPF, as seccomp(2) reads it.

A step is (code, steps to skip if true, steps to skip if false, value); a filter ends with the first answer.
"""

from __future__ import annotations

import errno

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Step = tuple[int, int, int, int]

LOAD, EQUAL, ABOVE, ANY_BIT, AND, ANSWER = 0x20, 0x15, 0x25, 0x45, 0x54, 0x06
NUMBER_AT, MACHINE_AT, ARGUMENTS_AT = 0, 4, 16
ALLOW, ERRNO = 0x7FFF0000, 0x00050000


def allowing(position: int, values: Iterable[int], otherwise: int) -> list[Step]:
    """Allow a call for some values of an argument, and answer any other with an error."""
    return [*argument(position), *each(values, answer(ALLOW)), fail(otherwise)]


def refusing(position: int, values: Iterable[int], with_error: int) -> list[Step]:
    """Answer a call for some values of an argument with an error, and allow any other."""
    return [*argument(position), *each(values, fail(with_error)), answer(ALLOW)]


def without(position: int, bits: int) -> list[Step]:
    """Allow a call if none of some bits is set in an argument."""
    return [*argument(position), (ANY_BIT, 0, 1, bits), fail(errno.EPERM), answer(ALLOW)]


def each(values: Iterable[int], then: Step) -> Iterator[Step]:
    """Give the answer for each of some values of what was loaded."""
    for value in values:
        yield from ((EQUAL, 0, 1, value), then)


def argument(position: int) -> list[Step]:
    """Load the lower half of an argument: all that the kernel reads of a flag, a family or a request."""
    return [load(ARGUMENTS_AT + 8 * position)]


def load(offset: int) -> Step:
    """Load 32 bits of what the kernel tells of a call (struct seccomp_data)."""
    return (LOAD, 0, 0, offset)


def answer(value: int) -> Step:
    """End the filter with an answer."""
    return (ANSWER, 0, 0, value)


def fail(number: int) -> Step:
    """End the filter: the call is not made, and this is its error."""
    return answer(ERRNO | number)
