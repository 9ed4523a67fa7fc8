"""What git says when the other side does not want to, sorted into errors by who must act. Pure.

The texts are GitHub's and git's own; git runs in the C locale so that they are the ones below.
"""

import re

from app.domain.errors import Conflict, HandoffError, NotFound, RateLimited, Refused, TryAgain, Unreachable
from workers.workspace.git import GitFailed

_WORKFLOWS = Refused(
    "GitHub refused the push because it changes files in .github/workflows and the App may not. "
    "Grant the App the workflows permission and accept it for the installation, or make that change yourself."
)
_PROTECTED = Refused(
    "GitHub refused the push because a branch protection or a rule of the repository forbids it. "
    "Allow the App to create branches with its prefix, or change the rule."
)
_SECRET = Refused(
    "GitHub's push protection found what looks like a secret in the commit and refused the push. "
    "Remove it, or allow it in the repository's settings if it is none."
)
_MOVED = Conflict(
    "Somebody pushed to the branch in the meantime, so I stopped rather than overwrite their work."
)
_NO_ACCESS = Refused(
    "GitHub did not accept the App's access to the repository. "
    "Check that the App is installed on it and may read and write its contents."
)
_MISSING = NotFound(
    "The repository was not found; it was deleted or moved, or the App is not installed on it."
)
_NO_REF = NotFound("The pull request has no branch on GitHub any more.")
_LIMITED = RateLimited("GitHub limits how fast we may use git.")
_SILENT = Unreachable("The git server could not be reached or did not finish its answer.")
_BUSY = TryAgain("Another git process holds a lock in the mirror of this repository.")
_ROWS: tuple[tuple[str, HandoffError], ...] = (
    (r"without [`'\"]workflows?[`'\"] (permission|scope)", _WORKFLOWS),
    (r"push protection|GH009|GH013: .*secret", _SECRET),
    (r"protected branch|GH006|GH013|repository rule violation|pre-receive hook declined", _PROTECTED),
    (r"\(stale info\)|\(fetch first\)|\(non-fast-forward\)", _MOVED),
    (r"\[remote rejected\][^\n]*(already exists|cannot lock ref|failed to update ref)", _MOVED),
    (r"unable to create '[^\n]*\.lock'|cannot lock ref", _BUSY),
    (r"error: 429|too many requests|rate limit", _LIMITED),
    (
        r"repository [^\n]* (not found|does not exist)|error: 404|does not appear to be a git repository",
        _MISSING,
    ),
    (r"unable to update url base from redirection", _MISSING),
    (r"couldn't find remote ref", _NO_REF),
    (r"authentication failed|could not read (username|password)|error: 40[13]", _NO_ACCESS),
    (r"permission [^\n]* denied", _NO_ACCESS),
    (r"could not resolve host|failed to connect|couldn't connect|empty reply", _SILENT),
    (r"connection (was )?(refused|reset|timed out)|operation (timed out|too slow)", _SILENT),
    (
        r"error: 5\d\d|early eof|rpc failed|hung up unexpectedly|ssl (connect|handshake)|SSL_ERROR|gnutls",
        _SILENT,
    ),
)
_REASON = re.compile(r"\[remote rejected\][^\n]*\((.+)\)")


def sorted_failure(error: GitFailed) -> HandoffError:
    """Return the error that a failure of git means; one without a row is returned as it is."""
    said = error.stderr + error.output
    for pattern, meaning in _ROWS:
        if re.search(pattern, said, re.IGNORECASE | re.DOTALL):
            return type(meaning)(str(meaning))
    if rejected := _REASON.search(said):
        return Refused(f"GitHub refused the push: {rejected[1][:300]}.")
    return error
