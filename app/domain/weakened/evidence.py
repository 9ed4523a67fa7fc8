"""What a change adds and takes away in words: by it a replaced or moved check is told from one that is gone."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.domain.weakened.assertion import words
from app.domain.weakened.patch import FileChange
from app.domain.weakened.paths import is_test_path
from app.domain.weakened.tested import Tested
from app.domain.weakened.view import View

_ONLY_PRINTS = re.compile(
    r"\bt\.Logf?\(|\bconsole\.\w+\(|\bprint(?:ln!?|f)?\s*\(|\bfmt\.Print|\bSystem\.(?:out|err)\.|^\s*(?:puts|pp?) |\blog(?:ger|ging)?\.\w+\("
)
_DEFINED = re.compile(
    r"\b(?:def|class|func|function|fn|fun|struct|enum|trait|interface|const|let|var|val|type|module|object)\s+(?:\([^)\n]{0,200}\)\s*)?(?P<name>\w+)"
    r"|\bself\.(?P<field>\w+)\s*[:=]|^\s*[\"']?(?P<key>\w+)[\"']?\s*:|^\s*(?:public|private|protected)[\w<>\[\], ]{1,100}?\b(?P<member>\w+)\s*[(;=]"
)
_FUNCTION = re.compile(r"\b(?:def|func|function|fn|fun|const|let)\s+(?:\([^)\n]{0,200}\)\s*)?(?P<name>\w+)")
_CALL = re.compile(r"\b(\w+)!?\s*\(")
_CHECKS = re.compile(r"_?(?:assert|check|verify|expect|ensure|must|should)")
_LONG_CHARACTERS = 10
_TABLE = re.compile(
    r"\bparametri[sz]e\b|\.each\b|@(?:Parameterized|Csv|Value|Method|Enum)\w+|\[\]struct\b|#\[(?:case|test_case|rstest)\b|\bsubTest\("
)
_COMMON = {
    "self", "cls", "this", "t", "it", "test", "tests", "def", "func", "fn", "fun", "void", "public", "private", "async",
    "await", "const", "let", "var", "val", "return", "with", "as", "assert", "expect", "do", "end", "new", "if", "for",
    "in", "is", "not", "and", "or", "True", "False", "None", "true", "false", "nil", "null", "function", "pytest", "raises",
    "testing", "T", "Test", "mut", "use", "import", "from", "got", "want", "result", "expected", "actual", "assertEqual",
    "assert_eq", "assertEquals", "assert_equal", "assertThat", "isEqualTo", "toBe", "toEqual", "to", "eq", "Errorf", "Fatalf",
    "Error", "Fatal", "require", "Equal", "self.assertEqual", "_",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Covered:
    """How much of some code is found again: the share of its names, and of its values (None: it has none)."""

    names: float
    values: float | None


def meaningful(text: str) -> frozenset[str]:
    """Return the names and values of code that say what it is about."""
    return words(text) - _COMMON


def added_words(view: View) -> set[str]:
    """Return the words of the lines that a side adds; comments and mere printing do not count.

    A table may be written in one string (`"2h, 120"`), so the parts of strings count as values too.
    """
    lines = zip(view.lines, view.text_of(), strict=True)
    added = set().union(
        *(words(text) for line, text in lines if line.sign == "+" and not _ONLY_PRINTS.search(text))
    )
    parts = {part for word in added if word[0] == '"' for part in re.split(r"[,;|\s]+", word[1:-1]) if part}
    return added | parts | {f'"{part}"' for part in parts}


def adds_table(view: View) -> bool:
    """Whether a side adds a table of cases: parameters, rows or a loop over them."""
    return any(line.sign == "+" and _TABLE.search(line.text) for line in view.lines)


def quotes(text: str, added: str) -> bool:
    """Whether a longer string in some code is found again in added code."""
    said = (word[1:-1] for word in words(text) if word[0] == '"' and len(word) > _LONG_CHARACTERS)
    return any(string in added for string in said)


def added_text(views: Iterable[View]) -> str:
    """Return the lines that some sides add."""
    return "\n".join(line.text for view in views for line in view.lines if line.sign == "+")


def covered(text: str, names: set[str], values: set[str]) -> Covered:
    """Return how much of a piece of code these names and values contain."""
    wanted = meaningful(text)
    its_values = {word for word in wanted if word[0] == '"' or word[0].isdecimal()}
    its_names = wanted - its_values
    # Prose is mostly the message of a failure, which is free to change.
    its_values = {value for value in its_values if " " not in value} or its_values
    share = len(its_names & names) / len(its_names) if its_names else 1.0
    return Covered(share, len(its_values & values) / len(its_values) if its_values else None)


def added_in(files: Iterable[Tested]) -> set[str]:
    """Return the words that these files add."""
    return set().union(*(added_words(right) for file in files for _, right in file.hunks))


def new_functions(files: Iterable[Tested]) -> set[str]:
    """Return the names of the functions that these files add."""
    lines = (line for file in files for _, right in file.hunks for line in right.lines if line.sign == "+")
    return {match["name"] for line in lines for match in _FUNCTION.finditer(line.text)}


def helper_calls(view: View, functions: set[str]) -> int:
    """Return how many added lines call a function that checks: by its name, or because the change adds it."""
    claimed = {id(statement.line) for statement in view.statements}
    lines = zip(view.lines, view.code_of(), strict=True)
    added = [code for line, code in lines if line.sign == "+" and id(line) not in claimed]
    return sum(1 for code in added if not _FUNCTION.search(code) and _calls(code, functions))


def _calls(code: str, functions: set[str]) -> bool:
    return any(_CHECKS.match(name) or name in functions for name in _CALL.findall(code))


def vanished(changes: Sequence[FileChange]) -> frozenset[str]:
    """Return the names that the code outside of tests no longer defines, and does not use in what it adds."""
    gone: set[str] = set()
    stays: set[str] = set()
    for change in changes:
        if any(is_test_path(path) for path in (change.old, change.new) if path):
            continue
        for line in (line for hunk in change.hunks for line in hunk.lines):
            if line.sign == "-":
                gone |= {match[match.lastgroup or 0] for match in _DEFINED.finditer(line.text)}
            else:
                stays |= words(line.text)
    return frozenset(name for name in gone - stays - _COMMON if len(name) > 2)


def names_vanished(text: str, gone: frozenset[str]) -> str | None:
    """Return the first name in some code that the change deletes elsewhere."""
    return next(iter(sorted(words(text) & gone)), None)
