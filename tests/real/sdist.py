"""A real project's source: its sdist from the package index, by pip, pinned to the byte; nothing of it is installed."""

import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

NAME, VERSION = "pathspec", "0.12.1"
SHA256 = "a482d51503a1ab33b1c67a6c3813a26953dbdc71c31dacaef9a838c4e29f5712"
FROM_PACKAGING = ("PKG-INFO",)
UNREACHABLE = (
    "No matching distribution found",
    "Could not fetch URL",
    "Max retries exceeded",
    "No module named pip",
)


def download(folder: Path) -> Path:
    """Return the path of the sdist; skips when the index cannot be reached, and fails when it has other bytes."""
    wanted = folder / "requirements.txt"
    wanted.write_text(f"{NAME}=={VERSION} --hash=sha256:{SHA256}\n")
    ended = subprocess.run(
        [
            *(
                sys.executable,
                "-m",
                "pip",
                "download",
                "--quiet",
                "--disable-pip-version-check",
                "--retries=1",
            ),
            *(
                "--no-deps",
                f"--no-binary={NAME}",
                "--require-hashes",
                f"--requirement={wanted}",
                f"--dest={folder}",
            ),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    if ended.returncode and any(sign in ended.stderr for sign in UNREACHABLE):
        pytest.skip(f"{NAME} {VERSION} cannot be had from the package index: {ended.stderr.splitlines()[-1]}")
    assert ended.returncode == 0, ended.stderr
    return folder / f"{NAME}-{VERSION}.tar.gz"


def source_files(sdist: Path) -> dict[str, str]:
    """Return the text of every file by its path in the project, without what packaging put beside them."""
    with tarfile.open(sdist) as archive:
        texts = {
            member.name.partition("/")[2]: file.read().decode()
            for member in archive
            if (file := archive.extractfile(member)) is not None
        }
    return {name: text for name, text in texts.items() if name not in FROM_PACKAGING}
