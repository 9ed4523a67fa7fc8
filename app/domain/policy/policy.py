"""What a repository asks of us, as values, and the three presets it may begin with. Not how it is written down."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

PATH = ".github/handoff.yml"

MIB = 1024 * 1024
KNOWN_SERVICES = ("postgres", "redis")
"""What a file may ask for by its name alone."""

ALWAYS_PROTECTED = (".github/workflows/**", PATH, ".github/CODEOWNERS")
"""What no file and no preset unprotects: it decides what runs with secrets, what we may do, and who reviews it."""

PROTECTED_WITH_CAUTION = (
    # What runs elsewhere, with somebody's secrets.
    ".github/actions/**",
    ".gitlab-ci.yml",
    ".circleci/**",
    ".travis.yml",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    "**/Jenkinsfile",
    ".buildkite/**",
    # What is shipped, and where to.
    "**/Dockerfile",
    "**/*.tf",
    # What changes data that cannot be brought back.
    "**/migrations/**",
    "**/alembic/versions/**",
    # What other people's code is fetched: a new dependency is a person's decision.
    "**/package-lock.json",
    "**/npm-shrinkwrap.json",
    "**/yarn.lock",
    "**/pnpm-lock.yaml",
    "**/bun.lock",
    "**/uv.lock",
    "**/poetry.lock",
    "**/Pipfile.lock",
    "**/Cargo.lock",
    "**/go.sum",
    "**/Gemfile.lock",
    "**/composer.lock",
    "**/gradle.lockfile",
    # What people's machines and agents obey.
    "**/AGENTS.md",
    "**/CLAUDE.md",
    ".claude/**",
    "**/.mcp.json",
    ".pre-commit-config.yaml",
    ".husky/**",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One command of the repository's own that says whether a change is good. Run by a shell, from the root."""

    name: str
    run: str
    timeout_seconds: int = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A program that a check talks to, started beside it in the check's own cage.

    `run` starts it by a shell and does not return while it serves; None stands for what is known of `name`, one of
    `KNOWN_SERVICES`. It is ready when the command `ready` exits 0, and when somebody listens on `port` of
    127.0.0.1; whichever is None is not asked. `env` are names and texts for the service itself.
    """

    name: str
    run: str | None = None
    ready: str | None = None
    port: int | None = None
    env: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the repository asks of us. The defaults are what an absent file means.

    `checks_named` says that the file has the last word on checks, even if that word is *none*; without it they are
    looked for. `from_file` says that there is a file at all.

    `env` are names and texts, for set-up, checks and agents; `secrets` are only names, whose values check cages
    alone get. `network_allow` are hosts as `CageSpec.network` takes them, without those that `registries` adds.
    """

    checks: tuple[Check, ...] = ()
    setup: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    secrets: tuple[str, ...] = ()
    services: tuple[Service, ...] = ()
    image: str | None = None
    network_allow: tuple[str, ...] = ()
    registries: bool = True
    leave_out_submodules: bool = False
    leave_out_lfs: bool = False
    protected_paths: tuple[str, ...] = ALWAYS_PROTECTED
    changed_files_limit: int = 100
    diff_bytes_limit: int = 4_000_000
    inline_comments_limit: int = 5
    run_timeout_seconds: int = 45 * 60
    stall_seconds: int = 8 * 60
    output_bytes_limit: int = 50_000_000
    memory_bytes_limit: int = 4096 * MIB
    disk_bytes_limit: int = 10240 * MIB
    processes_limit: int = 512
    from_file: bool = False
    checks_named: bool = False


PRESETS: Mapping[str, Policy] = MappingProxyType(
    {
        # Much may change at once, and few remarks are wanted on what will be thrown away.
        "prototype": Policy(
            changed_files_limit=300,
            diff_bytes_limit=10_000_000,
            inline_comments_limit=2,
        ),
        "standard": Policy(),
        # What a person can review in one sitting; what is costly to undo stays with people.
        "cautious": Policy(
            protected_paths=ALWAYS_PROTECTED + PROTECTED_WITH_CAUTION,
            changed_files_limit=30,
            diff_bytes_limit=500_000,
            inline_comments_limit=10,
            run_timeout_seconds=30 * 60,
        ),
    }
)
"""What a file begins with before its own keys are read, by the name it has there."""
