"""The sentences of findings about weakened tests: what was seen, why it matters, what to do. And their shape."""

from collections.abc import Sequence

from app.domain.critique import EvidenceClass, Finding, Severity, Side
from app.domain.weakened.language import Skip

CATEGORY = "weakened test"
_NAMES_MAX = 10

_SKIPS = {
    Skip.OFF: (
        "A test is skipped",
        "This makes a test that is no longer run, so it cannot tell any more whether the code still works.",
        "Please mend the code or the test and run it again; if it has to stay off, say here why, so that a person can agree.",
    ),
    Skip.UNDER_CONDITION: (
        "A test that used to run everywhere is now skipped under a condition",
        "Where the condition holds, this test does not run any more.",
        "Please check that it still runs in the repository's checks, or take the condition out.",
    ),
    Skip.EXPECTED_TO_FAIL: (
        "A test is marked as expected to fail",
        "Marked like this, a failing test is counted as fine, so the failure is no longer seen.",
        "Please mend what makes it fail; if the failure is known and accepted, say here which issue it belongs to.",
    ),
    Skip.ONLY: (
        "Only this test runs, and all the others are left out",
        "With this mark the runner leaves out every other test in reach, and the check is green without them.",
        "Please take the mark out again.",
    ),
    Skip.TODO: (
        "A test is only a plan",
        "A test that is marked as still to be written checks nothing.",
        "Please write it, or leave it out of this change.",
    ),
}


def finding(
    title: str,
    body: str,
    *,
    path: str,
    line: int | None,
    side: Side = Side.RIGHT,
    severity: Severity = Severity.HIGH,
) -> Finding:
    """Return a finding of this category, on the evidence of a tool."""
    return Finding(
        title=title,
        body=body,
        severity=severity,
        evidence=EvidenceClass.TOOL,
        category=CATEGORY,
        path=path,
        line=line,
        side=side,
    )


def deleted(names: Sequence[str], *, whole_file: str | None, gone: str | None) -> tuple[str, str]:
    """Return title and body for deleted tests; `gone` is the code that was deleted with them, if any was."""
    one = len(names) == 1
    title = f"The test {_list(names)} was deleted" if one else f"{len(names)} tests were deleted"
    where = f"`{whole_file}` was deleted, and with it " if whole_file else "This change deletes "
    what = f"the test {_list(names)}" if one else f"the tests {_list(names)}"
    seen = f"{where}{what}, and nothing in the change takes {'its' if one else 'their'} place."
    if gone is not None:
        return title, (
            f"{seen} The code that {'it tests' if one else 'they test'}, `{gone}`, is deleted as well, so this may be "
            "as it should. Please confirm that this behaviour is meant to go."
        )
    return title, (
        f"{seen} What {'it' if one else 'they'} protected can now break without anybody noticing. Please bring "
        f"{'it' if one else 'them'} back and adjust {'it' if one else 'them'}, or say which requirement no longer holds."
    )


def renamed_away(old: str, new: str) -> tuple[str, str]:
    """Return title and body for a test file whose new name no usual runner looks for."""
    return f"`{old}` no longer has the name of a test", (
        f"It is now `{new}`, and by that name the usual test runner does not collect it. If it holds tests, they do not "
        "run any more: please give it a name that is collected. If it only holds helpers, nothing needs to be done."
    )


def skipped(skip: Skip, name: str | None) -> tuple[str, str]:
    """Return title and body for a mark that keeps a test from counting."""
    title, seen, ask = _SKIPS[skip]
    return title, f"{f'This is about the test `{name}`. ' if name else ''}{seen} {ask}"


def removed_assertions(texts: Sequence[str], *, gone: str | None) -> tuple[str, str]:
    """Return title and body for assertions of one test that went without a replacement."""
    one = len(texts) == 1
    title = "An assertion was removed" if one else f"{len(texts)} assertions were removed"
    seen = f"{_list(texts)} {'was' if one else 'were'} taken out, and nothing in this test checks the same any more."
    if gone is not None:
        return f"{title} together with the code that it checked", (
            f"{seen} `{gone}`, which is looked at there, is deleted in the code as well, so this may be as it should. "
            "Please confirm that this behaviour is meant to go."
        )
    return f"{title} without a replacement", (
        f"{seen} Please put {'it' if one else 'them'} back, with a new expected value if the behaviour is meant to change."
    )


def loosened(before: str, after: str, why: str) -> tuple[str, str]:
    """Return title and body for an assertion that now says less."""
    return f"An assertion was loosened: {why}", (
        f"Before it was `{_short(before)}`, and now it is `{_short(after)}`, which also holds when the result is wrong. "
        "Please assert the exact result again, with a new expected value if the behaviour is meant to change."
    )


def tautology(text: str) -> tuple[str, str]:
    """Return title and body for an assertion that cannot fail."""
    return "An assertion cannot fail", (
        f"`{_short(text)}` holds whatever the code does, so the test is green even when the code is broken. "
        "Please assert something about the result of the code."
    )


def swallowed() -> tuple[str, str]:
    """Return title and body for an assertion whose failure is caught and dropped."""
    return "The failure of an assertion is caught and dropped", (
        "The assertion stands in a block whose failures are caught and ignored here, so the test stays green when it "
        "does not hold. Please let the failure through, or catch only the exception that the code is meant to raise."
    )


def configured(text: str) -> tuple[str, str]:
    """Return title and body for a configuration that leaves tests out or lets them fail."""
    return "The configuration leaves tests out, or lets them fail", (
        f"`{_short(text)}` makes the test command green although tests are left out or fail. Please take it out again, "
        "or say here why these tests should not count."
    )


def _list(names: Sequence[str]) -> str:
    shown = ", ".join(f"`{_short(name)}`" for name in names[:_NAMES_MAX])
    more = len(names) - _NAMES_MAX
    return f"{shown} and {more} more" if more > 0 else shown


def _short(text: str) -> str:
    plain = " ".join(text.split()).replace("`", "'")
    return plain if len(plain) <= 120 else f"{plain[:119]}…"
