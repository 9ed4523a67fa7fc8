"""The first thing that runs of `handoff`: whoever wants everything stopped is not kept waiting for an import.

`handoff stop --all` puts the file `STOP` into the data folder before anything heavy is loaded, and before anything
can fail. All that is to be said, and everything else, is said and done by `main`.
"""

import os
import sys

from app import stop_file


def main() -> int:
    """Run `handoff`; return the exit code."""
    data = folder() if sys.argv[1:] == ["stop", "--all"] else None
    if data is None or not stop_at_once(data):
        return _do_it()
    try:
        code = _do_it()
    except Exception as trouble:  # noqa: BLE001 - whatever it was, what was asked for has happened
        sys.stderr.write(f"{type(trouble).__name__}: {trouble}\n")
        code = 1
    if code:
        path = stop_file.path_of(data)
        sys.stderr.write(f"{path} is written all the same: everything that uses this folder stops.\n")
    return 0


def _do_it() -> int:
    from app.cli.main import main as do_it  # noqa: PLC0415 - this takes longer than all that is done here

    return do_it()


def folder() -> str | None:
    """Return the data folder, as the settings find it; None where it is elsewhere, or a file that has a say is broken."""
    try:
        said = _said()
    except Exception:  # noqa: BLE001 - what is wrong with a file is said by whoever reads all of it
        return None
    if said.get("HANDOFF_URL"):
        return None
    data = said.get("HANDOFF_DATA", "data")
    return os.path.abspath(os.path.expanduser(data))  # noqa: PTH100, PTH111 - as in `stop_file`


def _said() -> dict[str, str]:
    """Return the environment, and what the files that it names say besides."""
    said = {name.upper(): value for name, value in os.environ.items() if value}
    if file := said.get("HANDOFF_ENV_FILE"):
        from dotenv import dotenv_values  # noqa: PLC0415 - most installations have no such file

        written = dotenv_values(os.path.expanduser(file))  # noqa: PTH111
        said = {name.upper(): value for name, value in written.items() if value} | said
    if "HANDOFF_DATA" not in said and (file := said.get("HANDOFF_CONFIG")):
        import tomllib  # noqa: PLC0415 - likewise

        with open(os.path.expanduser(file), "rb") as opened:  # noqa: PTH111, PTH123
            said["HANDOFF_DATA"] = str(tomllib.load(opened).get("data") or "data")
    return said


def stop_at_once(data: str) -> bool:
    """Put the file there, if a Handoff keeps its things there; False when that was not possible."""
    if not stop_file.is_ours(data):
        return False
    try:
        stop_file.stop(data, f"{_user()} stopped everything at the command line")
    except OSError:
        return False
    return True


def _user() -> str:
    """Return who is at the keyboard, as `app.config.keyboard` does, which takes longer to import."""
    try:
        import pwd  # noqa: PLC0415 - there is none everywhere

        return os.environ.get("LOGNAME") or os.environ.get("USER") or pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return f"user {os.getuid()}"
