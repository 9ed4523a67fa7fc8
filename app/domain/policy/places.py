"""Where in a YAML text something stands: lines by the path of keys that leads there, and keys that are said twice."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import yaml

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Twice:
    """A key that one mapping has more than once: YAML itself would silently take the last one."""

    path: Path
    line: int
    first_line: int


def lines_of(root: yaml.Node | None) -> Mapping[Path, int]:
    """Return the line, from 1, of every key and every entry of a list."""
    return dict(_walk(root, ())) if root is not None else {}


def line_at(lines: Mapping[Path, int], path: Sequence[str | int]) -> int | None:
    """Return the line of a key, or, when it is not there, of the nearest thing around it that is."""
    for length in range(len(path), 0, -1):
        around = tuple(path[:length])
        line = lines.get(around) or lines.get((*around[:-1], str(around[-1])))
        if line is not None:
            return line
    return None


def twice(root: yaml.Node | None, path: Path = ()) -> Iterator[Twice]:
    """Find the keys that are said more than once."""
    match root:
        case yaml.MappingNode():
            first: dict[str, int] = {}
            for key, value in root.value:
                name, line = str(key.value), key.start_mark.line + 1
                if name in first:
                    yield Twice((*path, name), line, first[name])
                first.setdefault(name, line)
                yield from twice(value, (*path, name))
        case yaml.SequenceNode():
            for index, value in enumerate(root.value):
                yield from twice(value, (*path, index))
        case _:
            pass


def _walk(node: yaml.Node, path: Path) -> Iterator[tuple[Path, int]]:
    match node:
        case yaml.MappingNode():
            for key, value in node.value:
                place = (*path, str(key.value))
                yield place, key.start_mark.line + 1
                yield from _walk(value, place)
        case yaml.SequenceNode():
            for index, value in enumerate(node.value):
                place = (*path, index)
                yield place, value.start_mark.line + 1
                yield from _walk(value, place)
        case _:
            pass
