"""Who is at the keyboard."""

import getpass
import os


def user() -> str:
    """Return their name on this machine; a container may run us as a user without one."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"
