"""What an owner does: with an installed App (`app` is its slug), and with the rules of branches."""

from localhub.control.deed import Deed
from localhub.control.verbs import verb
from localhub.operations import apps
from localhub.world.people import Role


@verb("suspend_installation", Role.ADMIN)
def _suspend(deed: Deed) -> None:
    apps.suspend(deed.hub, deed.installation, deed.by, suspended=True)


@verb("unsuspend_installation", Role.ADMIN)
def _unsuspend(deed: Deed) -> None:
    apps.suspend(deed.hub, deed.installation, deed.by, suspended=False)


@verb("uninstall", Role.ADMIN)
def _uninstall(deed: Deed) -> None:
    apps.uninstall(deed.hub, deed.installation, deed.by)


@verb("remove_from_installation", Role.ADMIN)
def _remove(deed: Deed) -> None:
    apps.remove_repository(deed.hub, deed.installation, deed.home)


@verb("accept_permissions", Role.ADMIN)
def _accept(deed: Deed) -> None:
    apps.accept_permissions(deed.hub, deed.installation, deed.by)


@verb("require_signatures", Role.ADMIN)
def _require_signatures(deed: Deed) -> None:
    """On branches like the pattern `branch`, on all without one."""
    deed.home.signed_branches.add(deed.act.branch or "*")


@verb("drop_signatures", Role.ADMIN)
def _drop_signatures(deed: Deed) -> None:
    deed.home.signed_branches.clear()
