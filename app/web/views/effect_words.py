"""What we do on GitHub, as the beginning of a line on a page. Pure."""

from collections.abc import Mapping

from app.domain.effects import (
    Acknowledge,
    CompleteCheck,
    External,
    MarkReady,
    PostReview,
    RemoveLabel,
    ReplyInThread,
    RequestReview,
    SayAnswerTaken,
    SayNeedsYou,
    SayReady,
    SayRevised,
    SayWords,
    ShowStatus,
)

_WORDS: Mapping[type[External], str] = {
    Acknowledge: "The eyes on the issue",
    CompleteCheck: "The verdict of the check run",
    MarkReady: "Taking the pull request out of draft",
    PostReview: "The review",
    RemoveLabel: "Taking the label off",
    ReplyInThread: "A reply in a thread",
    RequestReview: "The request for a review",
    SayAnswerTaken: "The comment about the answer that was taken",
    SayNeedsYou: "The comment that a person is needed",
    SayReady: "The comment that it is ready",
    SayRevised: "The summary of the revision",
    SayWords: "The answer to a command",
    ShowStatus: "The status comment",
}


def what_is_done(effect: External) -> str:
    """Return what an effect puts on GitHub."""
    return _WORDS.get(type(effect), type(effect).__name__)
