"""Where settings come from: the environment, the file it names, `handoff.toml`, the registration; the first one counts.

A `.env` that merely lies in the working directory is read by nobody: that folder may be somebody else's
repository, and a setting here is a command that will be run.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dotenv import dotenv_values

from app.config.private import SERVER_FILE_NAME
from app.config.registration import registered_settings
from app.config.server_file import ServerFile, read_server_file, why_ignored
from app.config.settings import PROCESSES, Settings, secret_names, variable
from app.domain.errors import BadConfiguration

ENV_FILE = "HANDOFF_ENV_FILE"
"""The path of a file with more variables; no setting itself."""
CONFIG_FILE = "HANDOFF_CONFIG"
"""The path of a `handoff.toml` that is not in the data folder; no setting itself."""


@dataclass(frozen=True, slots=True)
class Given:
    """What is given besides the environment: values by setting, and the file that some of them are from."""

    values: Mapping[str, Any]
    file: ServerFile | None
    ignored: str | None = None


def spelled_out(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of the environment, and those of the file it names that it does not have itself.

    Raises:
        BadConfiguration: that file cannot be read.
    """
    file = env_file(environment)
    written = {name: value for name, value in (dotenv_values(file) if file else {}).items() if value}
    return written | {name: value for name, value in environment.items() if value or name not in written}


def env_file(environment: Mapping[str, str]) -> Path | None:
    """Return the file of variables that the environment names.

    Raises:
        BadConfiguration: it cannot be read.
    """
    return _named(environment, ENV_FILE)


def given_besides(kind: type[Settings], environment: Mapping[str, str]) -> Given:
    """Return what `handoff.toml` and the registration say about the settings that the environment is silent about.

    Raises:
        BadConfiguration: one of them cannot be read, or has what does not belong there.
    """
    spelled = {name.upper(): value for name, value in spelled_out(environment).items() if value}
    silent = frozenset(
        name for name, field in kind.model_fields.items() if variable(name, field) not in spelled
    )
    file, ignored = server_file(spelled)
    written = {} if file is None else {key: file.values[key] for key in silent & file.values.keys()}
    data = data_folder(spelled, file)
    return Given({**registered_settings(data, silent - written.keys()), **written}, file, ignored)


def server_file(spelled: Mapping[str, str]) -> tuple[ServerFile | None, str | None]:
    """Return the `handoff.toml` that counts, or the sentence about the one that does not.

    Raises:
        BadConfiguration: it cannot be read, or has what does not belong there.
    """
    known = {name for kind in PROCESSES for name in kind.model_fields}
    named = _named(spelled, CONFIG_FILE)
    if named is not None:
        return read_server_file(named, known, secret_names(PROCESSES)), None
    path = data_folder(spelled, None) / SERVER_FILE_NAME
    ignored = why_ignored(path)
    if ignored is not None or not path.exists():
        return None, ignored
    file = read_server_file(path, known, secret_names(PROCESSES))
    if "data" in file.values:
        raise BadConfiguration(
            f"{file.place('data')} cannot say where the data folder is, since it lies in it. Set HANDOFF_DATA instead."
        )
    return file, None


def data_folder(spelled: Mapping[str, str], file: ServerFile | None) -> Path:
    """Return the data folder, before any settings are read."""
    said = spelled.get("HANDOFF_DATA") or (file.values.get("data") if file else None)
    return Path(str(said or Settings.model_fields["data"].default)).expanduser().absolute()


def _named(environment: Mapping[str, str], name: str) -> Path | None:
    named = environment.get(name)
    if not named:
        return None
    path = Path(named).expanduser()
    if not os.access(path, os.R_OK):
        raise BadConfiguration(f"{name}: {path} cannot be read. Name a file that exists, or leave it out.")
    return path
