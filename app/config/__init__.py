"""The settings of each process: the only reader of the environment. Nothing here starts or opens anything."""

from app.config.capacity import Capacity, how_many
from app.config.load import (
    environment_for,
    ignored_server_file,
    load,
    load_all,
    unknown_variables,
    unread_file_hint,
    variables,
)
from app.config.registration import Registration, register, registration_of
from app.config.server_file import write_server_file
from app.config.settings import PROCESSES, Settings, WebSettings, WorkerSettings, variable
from app.config.sources import CONFIG_FILE, ENV_FILE

__all__ = [
    "CONFIG_FILE",
    "ENV_FILE",
    "PROCESSES",
    "Capacity",
    "Registration",
    "Settings",
    "WebSettings",
    "WorkerSettings",
    "environment_for",
    "how_many",
    "ignored_server_file",
    "load",
    "load_all",
    "register",
    "registration_of",
    "unknown_variables",
    "unread_file_hint",
    "variable",
    "variables",
    "write_server_file",
]
