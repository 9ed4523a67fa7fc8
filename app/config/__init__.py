"""The settings of each process: the only reader of the environment. Nothing here starts or opens anything."""

from app.config.capacity import Capacity, how_many
from app.config.load import (
    ENV_FILE,
    environment_for,
    load,
    load_all,
    unknown_variables,
    unread_file_hint,
    variable,
    variables,
)
from app.config.settings import Settings, WebSettings, WorkerSettings

PROCESSES: tuple[type[Settings], ...] = (WebSettings, WorkerSettings)

__all__ = [
    "ENV_FILE",
    "PROCESSES",
    "Capacity",
    "Settings",
    "WebSettings",
    "WorkerSettings",
    "environment_for",
    "how_many",
    "load",
    "load_all",
    "unknown_variables",
    "unread_file_hint",
    "variable",
    "variables",
]
