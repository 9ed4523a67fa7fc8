"""Who acts, where, in which hub: the three values every operation needs."""

from dataclasses import dataclass

from localhub.hub import Hub
from localhub.world.people import User
from localhub.world.repositories import Repository


@dataclass(frozen=True, slots=True)
class Scene:
    """Someone (`by`) at a repository (`home`)."""

    hub: Hub
    home: Repository
    by: User
