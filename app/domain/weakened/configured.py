"""Configuration that leaves tests out, or makes their command green when they fail."""

import re
from collections.abc import Iterator, Sequence

from app.domain.critique import Finding, Severity
from app.domain.weakened import told
from app.domain.weakened.code import normalised
from app.domain.weakened.patch import FileChange

_FILES = re.compile(
    r"pyproject\.toml|pytest\.ini|setup\.cfg|tox\.ini|noxfile\.py|package\.json|(?:jest|vitest|playwright|karma)\.config\.\w+"
    r"|\.mocharc\.\w+|\.rspec|Rakefile|pom\.xml|build\.gradle(?:\.kts)?|(?:GNU)?[Mm]akefile|.*\.mk"
)
_RUNNERS = r"(?:pytest|unittest|jest|vitest|mocha|go test|cargo test|npm (?:run )?test|yarn test|rspec|rake test|mvnw?|gradlew?|tox)"
_PATTERNS = (
    (rf"\b{_RUNNERS}\b[^|&;\n]{{0,300}}\|\|\s*(?:true|:|exit 0)\b", Severity.HIGH),
    (rf"^\t-\s*(?:\S{{1,100}}/)?{_RUNNERS}\b", Severity.HIGH),
    (r"--deselect[= ]|--ignore(?:-glob)?[= ]\S{0,200}test|-k[ =]?[\"']?not ", Severity.HIGH),
    (r"\b(?:skipTests|maven\.test\.skip)\s*[>=]\s*true|-DskipTests\b", Severity.HIGH),
    (r"\btestFailureIgnore>\s*true|\bignoreFailures\s*=\s*true", Severity.HIGH),
    (r"passWithNoTests|\btestPathIgnorePatterns\b", Severity.MEDIUM),
)


def loosened_configuration(changes: Sequence[FileChange]) -> Iterator[Finding]:
    """Yield a finding for each added line of configuration that does so, unless the same line was there before."""
    for change in changes:
        if change.new is None or _FILES.fullmatch(change.new.rsplit("/", 1)[-1]) is None:
            continue
        lines = [line for hunk in change.hunks for line in hunk.lines]
        before = {normalised(line.text) for line in lines if line.sign == "-"}
        for line in (line for line in lines if line.sign == "+" and normalised(line.text) not in before):
            severity = next((s for pattern, s in _COMPILED if pattern.search(line.text)), None)
            if severity is not None:
                title, body = told.configured(line.text)
                yield told.finding(title, body, path=change.new, line=line.new, severity=severity)


_COMPILED = tuple((re.compile(pattern), severity) for pattern, severity in _PATTERNS)
