"""The table of verbs a person has."""

from collections.abc import Callable
from typing import Any

from localhub.control.deed import Deed
from localhub.world.people import Role

Perform = Callable[[Deed], Any]
VERBS: dict[str, Perform] = {}


def verb(name: str, role: Role) -> Callable[[Perform], Perform]:
    """Register a verb that asks for a role in the repository."""

    def register(perform: Perform) -> Perform:
        def checked(deed: Deed) -> Any:
            deed.need(role)
            return perform(deed)

        VERBS[name] = checked
        return perform

    return register
