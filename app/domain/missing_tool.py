"""Reads from a red command whether it lacked a program, or a package that set-up should have brought. Pure.

It reads only what shells, `env`, make and Python say themselves, at the end of the output. Whether the program was
truly not there, and whether the base lacks it too, is for the caller to find out.
"""

import re
from dataclasses import dataclass

NOT_FOUND = 127
"""The exit code by which a shell says that there is no such program (POSIX, 2.8.2)."""
LINES_READ = 40
LINE_CHARACTERS = 500

_WORD = r"(?P<name>[A-Za-z0-9_][A-Za-z0-9_.+-]{0,60})"
_QUOTES = "'\"\u2018\u2019"
"""What coreutils put around a name, by language."""
_SHELL = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^(?:[\w./-]{{1,80}}: )(?:line )?\d{{1,6}}: {_WORD}: (?:command )?not found$",  # dash, bash
        rf"^(?:[\w./-]{{1,80}}: ){_WORD}: (?:command )?not found$",  # busybox, ksh, bash without a line
        rf"^(?:[\w./-]{{1,80}}:(?:\d{{1,6}}:)? )?command not found: {_WORD}$",  # zsh
    )
)
_ALONE = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^(?:/\S{{1,80}}/)?env: [{_QUOTES}]?{_WORD}[{_QUOTES}]?: No such file or directory$",
        rf"^g?make(?:\[\d{{1,3}}\])?: {_WORD}: (?:No such file or directory|Command not found)$",
    )
)
_MODULE = re.compile(
    r"^\S{0,200}python[\d.]{0,6}(?:\.exe)?: No module named '?(?P<name>[A-Za-z_][\w.-]{0,60})'?$"
)
_PASSED_ON = re.compile(rf"(?:Error|exit code|status|code:?) {NOT_FOUND}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What a command lacked: a program by its name, or, with `module`, a package of Python."""

    name: str
    module: bool = False


def missing_in(exit_code: int | None, output: str) -> Missing | None:
    """Return what a command lacked that ended with this code after this output; None where it lacked nothing.

    A path (`./gradlew`) is a file of the repository's own, and never missing here.
    """
    if exit_code in {0, None}:
        return None
    lines = [line[:LINE_CHARACTERS].strip() for line in output.splitlines()[-LINES_READ:]]
    shell = exit_code == NOT_FOUND or any(_PASSED_ON.search(line) for line in lines)
    patterns = (*_ALONE, *(_SHELL if shell else ()))
    for line in reversed(lines):
        if found := _MODULE.match(line):
            return Missing(name=found["name"].partition(".")[0], module=True)
        if found := next((match for each in patterns if (match := each.match(line))), None):
            return Missing(name=found["name"])
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """How a program comes to a machine: packages of Debian and Ubuntu, and an image that has it."""

    packages: str = ""
    image: str = ""


_NODE = Tool(packages="nodejs npm", image="node:22")
_PYTHON = Tool(packages="python3 python3-venv python3-pip", image="python:3.13")
_GO = Tool(packages="golang", image="golang:1.25")
_RUST = Tool(packages="cargo", image="rust:1")
_JAVA = Tool(packages="default-jdk", image="eclipse-temurin:21")
_RUBY = Tool(packages="ruby-full", image="ruby:3.4")
_C = Tool(packages="build-essential", image="gcc:14")

TOOLS: dict[str, Tool] = {
    **dict.fromkeys(("node", "nodejs", "npm", "npx"), _NODE),
    **dict.fromkeys(("yarn", "yarnpkg"), Tool(packages="yarnpkg", image="node:22")),
    "bun": Tool(image="oven/bun:1"),
    "deno": Tool(image="denoland/deno:2"),
    **dict.fromkeys(("python3", "pip", "pip3"), _PYTHON),
    "python": Tool(packages="python-is-python3", image="python:3.13"),
    **dict.fromkeys(("uv", "uvx"), Tool(image="ghcr.io/astral-sh/uv:python3.13-bookworm")),
    **dict.fromkeys(("go", "gofmt"), _GO),
    **dict.fromkeys(("cargo", "rustc", "rustup", "rustfmt"), _RUST),
    **dict.fromkeys(("java", "javac"), _JAVA),
    "mvn": Tool(packages="maven", image="maven:3"),
    "gradle": Tool(packages="gradle", image="gradle:8"),
    **dict.fromkeys(("ruby", "gem", "bundle", "bundler", "rake"), _RUBY),
    "php": Tool(packages="php-cli", image="php:8.4-cli"),
    "composer": Tool(packages="composer", image="composer:2"),
    "dotnet": Tool(image="mcr.microsoft.com/dotnet/sdk:9.0"),
    **dict.fromkeys(("elixir", "mix"), Tool(packages="elixir", image="elixir:1.18")),
    "swift": Tool(image="swift:6.1"),
    **dict.fromkeys(("gcc", "g++", "cc", "c++", "make"), _C),
    "cmake": Tool(packages="cmake"),
    "ninja": Tool(packages="ninja-build"),
    "clang": Tool(packages="clang"),
    "git": Tool(packages="git"),
    "curl": Tool(packages="curl"),
    "jq": Tool(packages="jq"),
    "psql": Tool(packages="postgresql-client"),
    "redis-cli": Tool(packages="redis-tools"),
    "sqlite3": Tool(packages="sqlite3"),
    "protoc": Tool(packages="protobuf-compiler"),
    "shellcheck": Tool(packages="shellcheck"),
    "just": Tool(packages="just"),
    "xvfb-run": Tool(packages="xvfb"),
}
"""What is usually lacking. Which package has a program: https://packages.debian.org, trixie."""

_VENV = 'python3 -m venv "$HOME/venv"'
_OF_PYTHON = (
    "pytest",
    "ruff",
    "mypy",
    "tox",
    "nox",
    "black",
    "flake8",
    "pylint",
    "isort",
    "coverage",
    "poetry",
    "pipenv",
)
_OF_NODE = (
    "jest",
    "vitest",
    "mocha",
    "tsc",
    "eslint",
    "prettier",
    "vite",
    "webpack",
    "next",
    "ts-node",
    "cypress",
)
_OF_RUBY = ("rspec", "rubocop")

SETUP: dict[str, str] = {
    **{name: f'{_VENV} && "$HOME/venv/bin/pip" install {name}' for name in _OF_PYTHON},
    **dict.fromkeys(_OF_NODE, "npm ci"),
    **dict.fromkeys(_OF_RUBY, "bundle install"),
    "phpunit": "composer install",
}
"""What no machine has and set-up brings, with the usual line for it."""


def setup_for(missing: Missing) -> str | None:
    """Return the line of set-up that brings it; None for what is installed on a machine."""
    if missing.module:
        return SETUP.get(missing.name) or f'{_VENV} && "$HOME/venv/bin/pip" install {missing.name}'
    return SETUP.get(missing.name)
