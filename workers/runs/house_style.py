"""Looks up how a repository does things, on the base of a job. What an agent is told of it is said in `workers.agents`."""

from app.domain.left_out import told
from workers.agents.house_style import HouseStyle
from workers.workspace.git import git
from workers.workspace.left_out import left_out_at
from workers.workspace.mirror import Mirror
from workers.workspace.read import text_at

GUIDES = (
    "CONTRIBUTING.md",
    ".github/CONTRIBUTING.md",
    "docs/CONTRIBUTING.md",
    "CONTRIBUTING.rst",
    "CONTRIBUTING",
)
TEMPLATES = (
    ".github/pull_request_template.md",
    ".github/PULL_REQUEST_TEMPLATE.md",
    "docs/pull_request_template.md",
    "pull_request_template.md",
    "PULL_REQUEST_TEMPLATE.md",
)
"""Where GitHub looks for a guide and for a template (https://docs.github.com/communities), within one file."""

SUBJECTS_READ = 30
SUBJECT_CHARACTERS_MAX = 120


async def house_style_of(mirror: Mirror, base_sha: str) -> HouseStyle:
    """Return what the base says about style: its guide, its template, its newest commit subjects."""
    return HouseStyle(
        guide=await _first(mirror, base_sha, GUIDES),
        template=await template_of(mirror, base_sha),
        subjects=await subjects_of(mirror, base_sha),
        left_out=told(await left_out_at(mirror, base_sha)),
    )


async def template_of(mirror: Mirror, base_sha: str) -> tuple[str, str] | None:
    """Return the repository's own template for pull requests: its path and its text."""
    return await _first(mirror, base_sha, TEMPLATES)


async def subjects_of(mirror: Mirror, base_sha: str) -> tuple[str, ...]:
    """Return the newest commit subjects on the base, newest first."""
    said = await git(
        "log", f"-{SUBJECTS_READ}", "--no-merges", "--format=%s", base_sha, "--", git_dir=mirror.path
    )
    return tuple(line[:SUBJECT_CHARACTERS_MAX] for line in said.decode("utf-8", "replace").splitlines())


async def _first(mirror: Mirror, sha: str, paths: tuple[str, ...]) -> tuple[str, str] | None:
    for path in paths:
        text = await text_at(mirror, sha, path)
        if text is not None:
            return path, text
    return None
