"""A job's commits as bytes, so that any host with the mirror can take the job up where another left it."""

import tempfile
from pathlib import Path

from app.domain.errors import Refused
from workers.workspace.git import GitFailed, TooMuchOutput, git
from workers.workspace.mirror import Mirror, job_ref, require

BUNDLE_BYTES = 64 * 1024 * 1024
_HEAD = "refs/bundle"


async def bundle(mirror: Mirror, base_sha: str, head_sha: str, *, limit_bytes: int = BUNDLE_BYTES) -> bytes:
    """Return what leads from `base_sha` to `head_sha`; raises `Refused` if that is too much, `NotFound`."""
    await require(mirror, base_sha)
    await require(mirror, head_sha)
    ref = f"{_HEAD}/{head_sha}"
    await git("update-ref", ref, head_sha, git_dir=mirror.path)
    try:
        return await git(
            "bundle",
            "create",
            "--quiet",
            "-",
            ref,
            f"^{base_sha}",
            git_dir=mirror.path,
            output_bytes=limit_bytes,
        )
    except TooMuchOutput as error:
        raise Refused(f"What this job changed is more than {limit_bytes // 1024 // 1024} MB.") from error
    finally:
        await git("update-ref", "-d", ref, git_dir=mirror.path)


async def unbundle(mirror: Mirror, data: bytes, job_id: str) -> str:
    """Bring a bundle's commits into a mirror that has its base, keep them for the job, and return the head.

    Raises `Refused` if the base is not here (fetch first) or the data is no bundle.
    """
    with tempfile.NamedTemporaryFile(prefix="handoff-", suffix=".bundle") as file:
        path = Path(file.name)
        file.write(data)
        file.flush()
        try:
            await git(
                "fetch", "--quiet", "--no-tags", "--no-auto-gc", "--no-write-fetch-head",
                str(path), f"+{_HEAD}/*:{_HEAD}/*", git_dir=mirror.path,
            )  # fmt: skip
            listed = await git("bundle", "list-heads", str(path), git_dir=mirror.path)
        except GitFailed as error:
            raise Refused(
                "What another host kept of this job does not fit the repository as it is here."
            ) from error
    head, _, ref = listed.decode().partition("\n")[0].partition(" ")
    await git("update-ref", job_ref(job_id), head, git_dir=mirror.path)
    await git("update-ref", "-d", ref, git_dir=mirror.path)
    return head
