"""Comments on the issue and the pull request: the one status comment, *ready*, and *needs you*."""

import html
from collections.abc import Sequence

from app.domain.admit_conversation import BOX
from app.domain.agenda import STAGES, Stage
from app.domain.blockers import Tried
from app.domain.checkboxes import box
from app.domain.conversation import Question
from app.domain.effects import SayAnswerTaken, SayNeedsYou, SayWords
from app.domain.evidence import waits_for_answer
from app.domain.job import CheckResult, Close, Job, Phase
from app.domain.policy import PATH
from app.voice.commands_page import help_text
from app.voice.denied import denied_hosts
from app.voice.text import code, fenced, folded, one_line, prose, within

NO_CAGE = (
    "> [!WARNING]\n> The agent ran **without a cage** (`HANDOFF_CAGE=none`): it could read and change everything that "
    "its worker can. Ask whoever runs this Handoff to install bubblewrap."
)


PAUSED = (
    "**Waiting.** Handoff has paused itself, because more began here within ten minutes than whoever runs it allows. "
    "They can look at why, and let it go on with `handoff start --all`; nothing is lost."
)


def status(job: Job, *, label: str, paused: bool = False) -> str:
    """The status comment: where the job stands, what it has cost, what comes next. Edited, never repeated.

    `paused`: its next run waits for whoever runs this Handoff to let it go on.
    """
    parts = [
        PAUSED if paused else _headline(job),
        _steps(job),
        _facts(job),
        *_cage(job),
        f"_{_next_step(job, label)}_",
    ]
    return within("\n\n".join(part for part in parts if part))


def _headline(job: Job) -> str:
    who = f"@{job.snapshot.asked_by.login}"
    match job.phase:
        case Phase.QUEUED:
            return f"**Queued.** {who} handed this over to me, and I begin as soon as a place is free."
        case Phase.ACTIVE if job.holds:
            return f"**Waiting.** {_sentence(job.holds[0].because)}"
        case Phase.ACTIVE if job.stage is not None:
            return f"**Working.** I am {STAGES[job.stage].doing}."
        case Phase.ACTIVE | Phase.IN_REVIEW:
            return f"**Ready.** Pull request {_pull(job)} waits for your review."
        case Phase.ENDED:
            return _ended(job)


def _ended(job: Job) -> str:
    match job.close:
        case Close.MERGED:
            return f"**Merged.** {_sentence(job.because)} Thank you for reading it."
        case Close.CLOSED:
            return f"**Closed.** {_sentence(job.because)} I have stopped."
        case _:
            return f"**Stopped.** {_sentence(job.because)} Nothing runs any more."


def _steps(job: Job) -> str:
    return "\n".join(
        f"- [{'x' if place < job.cursor else ' '}] {_step(job, stage, place)}"
        for place, stage in enumerate(job.agenda)
    )


def _step(job: Job, stage: Stage, place: int) -> str:
    here = place == job.cursor and job.phase in {Phase.QUEUED, Phase.ACTIVE}
    again = f" (attempt {job.attempts})" if here and job.attempts > 1 else ""
    return f"**{STAGES[stage].doing}**{again}" if here else STAGES[stage].doing


def _facts(job: Job) -> str:
    rows = [f"Started {job.opened_at:%Y-%m-%d %H:%M} UTC", f"{job.runs} {'run' if job.runs == 1 else 'runs'}"]
    if job.snapshot.private:
        rows.append(_cost(job))
    if job.work.pull_request is not None:
        rows.append(f"pull request {_pull(job)}")
    return " · ".join(rows)


def _cost(job: Job) -> str:
    cost = job.work.cost_dollars
    return "cost not reported by this agent" if cost is None else f"${cost:.2f} so far"


def _pull(job: Job) -> str:
    return f"#{job.work.pull_request.number}" if job.work.pull_request else "(not opened yet)"


def _cage(job: Job) -> list[str]:
    return [NO_CAGE] if "none" in job.work.cages else []


def _next_step(job: Job, label: str) -> str:
    match job.phase:
        case Phase.QUEUED | Phase.ACTIVE if waits_for_answer(job):
            return f"Next: this waits for a person, at no cost. Answer here, or take the label `{label}` off to end it."
        case Phase.QUEUED | Phase.ACTIVE:
            return f"Next: I go on by myself and write to you when it is ready. To stop me, take the label `{label}` off."
        case Phase.IN_REVIEW:
            return "Next: please review the pull request, then merge it or close it."
        case Phase.ENDED if job.close is Close.MERGED:
            return "Next: nothing, this one is done."
        case Phase.ENDED:
            return f"Next: put the label `{label}` on again whenever you want a fresh start."


def ready(job: Job) -> str:
    """The one new comment that says the pull request is ready."""
    asked = job.snapshot.asked_by.login
    lines = [f"@{asked}, this is ready for you: {_what_was_done(job)}"]
    if job.work.review_because and job.work.findings is None:
        lines.append(f"It was **not reviewed** before you: {_sentence(job.work.review_because)}")
    lines.append("Please read it, then merge it or close it. I never merge by myself.")
    return within("\n\n".join([*lines, *_cage(job)]))


def _what_was_done(job: Job) -> str:
    checks = job.work.checks or ()
    count = len(checks)
    checked = (
        f"{count} {'check' if count == 1 else 'checks'} passed"
        if checks
        else "no checks are configured, so none were run"
    )
    found = len(job.work.findings or ())
    remarks = "no remarks" if not found else f"{found} {'remark' if found == 1 else 'remarks'}"
    return f"{checked}, and the review has {remarks}."


def needs_you(job: Job, effect: SayNeedsYou, *, label: str) -> str:
    """The new comment for a decision that is not ours: what happened, what was seen, what you can do."""
    parts = [f"@{job.snapshot.asked_by.login}, I need you here: {_sentence(effect.because)}"]
    if effect.question is not None:
        parts.append(_options(effect.question))
    if effect.tried:
        parts.append(_tried(effect.tried))
    parts += [
        folded(
            f"{code(check.command)}: {html.escape(one_line(check.summary, 200), quote=False)}",
            fenced(check.tail),
        )
        for check in effect.checks
    ]
    parts += [denied] if (denied := denied_hosts(_denied(job.work.checks or ()))) else []
    parts.append(_what_you_can_do(effect, label))
    return within("\n\n".join([*parts, *_cage(job)]))


def _denied(checks: Sequence[CheckResult]) -> list[str]:
    """The hosts that red checks wanted and may not reach, each once."""
    return list(dict.fromkeys(host for check in checks if not check.passed for host in check.denied))


def _options(question: Question) -> str:
    """The options as boxes: ticking one is as good an answer as words."""
    lines = [
        box(
            f"{BOX}{place}",
            f"{one_line(option, 300)}{' (recommended)' if option == question.recommended else ''}",
        )
        for place, option in enumerate(question.options, start=1)
    ]
    why = (
        [f"I recommend *{one_line(question.recommended, 300)}*: {prose(question.because, 600)}"]
        if question.recommended
        else []
    )
    deadline = (
        ["If nobody answers within three days I take what I recommend."] if question.recommended else []
    )
    return "\n\n".join(["\n".join(lines), *why, *deadline])


def _tried(tried: tuple[Tried, ...]) -> str:
    rows = [
        f"- {attempt.name}: the {attempt.tier} agent tried to mend it, and it came back" for attempt in tried
    ]
    return "\n".join(["What was tried:", *rows])


def _what_you_can_do(effect: SayNeedsYou, label: str) -> str:
    answer = (
        "tick a box, or answer in your own words here"
        if effect.question is not None
        else "tell me here what to do about it, in your own words: the agent gets them as they are"
    )
    return (
        "You can\n"
        f"1. {answer};\n"
        "2. write `/handoff retry`: I try the same step once more;\n"
        f"3. write `/handoff stop` or take the label `{label}` off: I stop.\n\n"
        "Until then this job waits and costs nothing."
    )


def answer_taken(effect: SayAnswerTaken) -> str:
    """The comment when a deadline answered a question."""
    return within(
        f"Nobody answered *{one_line(effect.question)}* in time, so I go on with what I recommended: "
        f"**{one_line(effect.answer)}**. If that is not right, write `/handoff stop`, or say so in the review."
    )


def words(job: Job, effect: SayWords, *, label: str) -> str:
    """The answer to somebody who asked us to explain something."""
    match effect.what:
        case "help":
            text = help_text()
        case "why":
            text = _why(job, label)
        case "by-hand":
            text = _by_hand(job, label)
        case _:
            text = effect.text
    return within(
        f"@{effect.login}, {text[:1].lower()}{text[1:]}"
        if effect.what == "why"
        else f"@{effect.login}: {text}"
    )


def _why(job: Job, label: str) -> str:
    waits = " ".join(_sentence(hold.because) for hold in job.holds)
    now = f"This waits. {waits}" if waits else f"This is {job.phase}. {_sentence(job.because)}"
    return f"{now}\n\n{_next_step(job, label)}"


def _by_hand(job: Job, label: str) -> str:
    """The answer to whoever asks for a change of this pull request: it is theirs to change."""
    return (
        f"this pull request is edited by hand. Please edit `{PATH}` here on GitHub, or push to `{job.work.branch}`; "
        f"then merge it, or close it if you do not want it. To hand work over to me, put the label `{label}` on an issue."
    )


def apology(reference: str) -> str:
    """What we say when a mistake of ours stops a run."""
    return f"I made a mistake here that is mine, not yours; whoever runs this Handoff finds it in the log under `{reference}`"


def told(sentence: str, login: str) -> str:
    """The comment for an act that came to nothing, when the person can mend that."""
    return within(f"@{login}, {sentence}")


def _sentence(because: str) -> str:
    """Return a reason as a sentence of its own."""
    text = because.strip()
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?')) else '.'}"
