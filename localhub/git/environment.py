"""The surroundings every git process of the hub runs in: nobody's configuration but ours."""

import os
from collections.abc import Mapping


def clean_environment(configuration: Mapping[str, str] | None = None) -> dict[str, str]:
    """Variables for a git process, with `configuration` as command-scope settings."""
    settings = {"safe.directory": "*", "gc.auto": "0", **(configuration or {})}
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": "/nonexistent",
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_COUNT": str(len(settings)),
    }
    for index, (key, value) in enumerate(settings.items()):
        environment[f"GIT_CONFIG_KEY_{index}"] = key
        environment[f"GIT_CONFIG_VALUE_{index}"] = value
    return environment
