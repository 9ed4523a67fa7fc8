"""Rebuild GitHub's contract as committed fixtures: an OpenAPI slice and a corpus of real webhooks.

Downloads two npm packages into a temporary directory with `npm pack`, which runs no install scripts,
cuts them down and writes reproducible gzip files. It refuses to guess: an operation that the package
no longer has ends the run with its name.

    python scripts/build_contract.py            # download, rebuild both
    python scripts/build_contract.py --check    # say whether the committed files are what we would build
"""

import argparse
import gzip
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OPENAPI = "@octokit/openapi@23.0.2"
EXAMPLES = "@octokit/webhooks-examples@7.6.1"
OPERATIONS_FILE = ROOT / "localhub/contract/operations.txt"
SLICE_FILE = ROOT / "localhub/contract/github-openapi-slice.json.gz"
CORPUS_FILE = ROOT / "tests/contract/webhook-examples.json.gz"

# Keywords that explain or illustrate but never decide whether a document is valid.
PROSE = frozenset(
    {
        "description",
        "summary",
        "title",
        "example",
        "examples",
        "externalDocs",
        "tags",
        "x-github",
        "x-octokit",
    }
)

# Answers that any operation may give although its description does not list them.
ERROR_SCHEMAS = ("basic-error", "validation-error", "validation-error-simple")

SLICE_NOTICE = (
    f"Cut from the npm package {OPENAPI} (MIT, licence beside this file) by scripts/build_contract.py."
)


def main() -> int:
    """Build both files, print what was done; with `--check` compare instead of writing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--check", action="store_true", help="compare with the committed files, write nothing"
    )
    check = parser.parse_args().check
    with tempfile.TemporaryDirectory() as scratch:
        packages = Path(scratch)
        outputs = {
            SLICE_FILE: build_slice(read_package(OPENAPI, "generated/api.github.com.json", packages)),
            CORPUS_FILE: build_corpus(read_package(EXAMPLES, "api.github.com/index.json", packages)),
        }
    return max(settle(path, document, check=check) for path, document in outputs.items())


def read_package(package: str, member: str, into: Path) -> Any:
    """Download one npm package and parse one JSON file of it; nothing else is unpacked."""
    packed = subprocess.run(
        ["npm", "pack", "--silent", package],
        cwd=into,
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    )
    with tarfile.open(into / packed.stdout.strip()) as archive:
        file = archive.extractfile(f"package/{member}")
        if file is None:
            sys.exit(f"{package} has no file {member}")
        return json.load(file)


def operations() -> dict[str, list[str]]:
    """Return the methods we keep of each path, from lines such as `GET POST /repos/{owner}/{repo}/labels`."""
    lines = (line.split() for line in OPERATIONS_FILE.read_text().splitlines() if not line.startswith("#"))
    return {template: [method.lower() for method in methods] for *methods, template in filter(None, lines)}


def build_slice(document: dict[str, Any]) -> dict[str, Any]:
    """Keep the operations we use and what they reach, without prose."""
    paths = {
        template: {
            method: without_prose(
                document["paths"].get(template, {}).get(method) or missing(method, template)
            )
            for method in methods
        }
        for template, methods in operations().items()
    }
    seeds = [paths, *({"$ref": f"#/components/schemas/{name}"} for name in ERROR_SCHEMAS)]
    info = {
        "title": "A slice of GitHub's OpenAPI",
        "version": document["info"]["version"],
        "x-notice": SLICE_NOTICE,
    }
    components = reachable(document, seeds)
    correct(paths, components)
    return {"openapi": document["openapi"], "info": info, "paths": paths, "components": components}


def correct(paths: dict[str, Any], components: dict[str, dict[str, Any]]) -> None:
    """Mend what is known to differ from GitHub's real answers; each entry says why."""
    # The package spells a list item out with an `allOf` of a user and an enterprise, which nobody can be.
    installations = paths["/app/installations"]["get"]["responses"]["200"]["content"]["application/json"]
    installations["schema"]["items"] = {"$ref": "#/components/schemas/installation"}
    # A comment has no line once it is outdated, nor has a comment on a whole file; GitHub then sends null.
    # Only one of its two schemas of a comment admits it, and for one field.
    for schema in ("review-comment", "pull-request-review-comment"):
        for name in ("position", "line", "original_line"):
            components["schemas"][schema]["properties"][name]["nullable"] = True


def missing(method: str, template: str) -> Any:
    """End the run: GitHub's description lost an operation we rely on."""
    sys.exit(f"{OPENAPI} does not describe {method.upper()} {template}")


def without_prose(node: Any, *, names: bool = False) -> Any:
    """Copy a node without explanations; under `properties` the keys are field names and all stay."""
    if isinstance(node, list):
        return [without_prose(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: value
        if key in {"enum", "default"} and not names
        else without_prose(value, names=names_follow(key, names))
        for key, value in node.items()
        if names or key not in PROSE
    }


def names_follow(key: str, names: bool) -> bool:
    """Whether the keys below `key` are names chosen by GitHub rather than keywords of OpenAPI."""
    return not names and key in {"properties", "responses", "headers"}


def reachable(document: dict[str, Any], seeds: list[Any]) -> dict[str, dict[str, Any]]:
    """Return every component that the seeds refer to, directly or not, by kind and name in order."""
    found: dict[tuple[str, str], Any] = {}
    waiting = [reference for seed in seeds for reference in references(seed)]
    while waiting:
        _, _, kind, name = waiting.pop().split("/")
        if (kind, name) not in found:
            found[kind, name] = without_prose(document["components"][kind][name])
            waiting += references(found[kind, name])
    components: dict[str, dict[str, Any]] = {}
    for kind, name in sorted(found):
        components.setdefault(kind, {})[name] = found[kind, name]
    return components


def references(node: Any) -> Iterator[str]:
    """Yield every `$ref` in a node."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def build_corpus(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Flatten the examples to one `{"event", "payload"}` each."""
    return [{"event": event["name"], "payload": payload} for event in events for payload in event["examples"]]


def settle(path: Path, document: Any, *, check: bool) -> int:
    """Write or compare one file; the contents decide, as gzip streams differ between zlib versions."""
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
    same = path.exists() and gzip.decompress(path.read_bytes()) == text
    if not same and not check:
        path.write_bytes(gzip.compress(text, compresslevel=9, mtime=0))
    verdict = "unchanged" if same else "DIFFERS" if check else "written"
    size = path.stat().st_size if path.exists() else 0
    print(f"{path.relative_to(ROOT)}: {verdict}, {len(text):,} bytes of JSON, {size:,} compressed")  # noqa: T201, the report
    return int(check and not same)


if __name__ == "__main__":
    sys.exit(main())
