"""Which variables a repository may name, for its `env` and its `secrets`: not those by which we run things. Pure."""

import re

NAME_CHARACTERS = 100
FORM = r"[A-Za-z_][A-Za-z0-9_]*"

OURS = frozenset(
    {
        "HOME",
        "PATH",
        "PWD",
        "OLDPWD",
        "SHELL",
        "USER",
        "LOGNAME",
        "TMPDIR",
        "IFS",
        "ENV",
        "BASH_ENV",
        "SHELLOPTS",
    }
)
"""Where a cage's own things are, and what a shell obeys before it has read a command."""

OUR_BEGINNINGS = ("HANDOFF", "LD_", "DYLD_", "GIT_", "XDG_")
"""What steers our own programs, the loader of programs, and git."""

OF_PROVIDERS = (
    "ANTHROPIC_",
    "CLAUDE",
    "OPENAI_",
    "CODEX_",
    "GEMINI_",
    "GOOGLE_",
    "AWS_BEARER",
    "OPENCODE",
    "OLLAMA_",
)
"""What tells an agent where its model is: with it a file could send the server's key to any host."""

_PROXY = re.compile(r"(?i)(https?|all|no|ftp)_proxy")


def wrong_with_name(name: str) -> str | None:
    """Return what is wrong with a variable's name, as the rest of a sentence; None when nothing is."""
    if not re.fullmatch(FORM, name, re.ASCII):
        return "is no name of a variable. Use letters, digits and `_`, and no digit at the beginning"
    if len(name) > NAME_CHARACTERS:
        return f"is longer than {NAME_CHARACTERS} characters. Choose a shorter name"
    if name in OURS or name.startswith(OUR_BEGINNINGS) or _PROXY.fullmatch(name):
        return "is a variable that Handoff itself sets or keeps away. Choose another name, or set it in a command"
    return None


def wrong_with_shared_name(name: str) -> str | None:
    """Return what is wrong with the name of a variable that agents get too."""
    if name.startswith(OF_PROVIDERS):
        return "is a variable by which agents find their model. Whoever runs Handoff sets it; choose another name"
    return wrong_with_name(name)
