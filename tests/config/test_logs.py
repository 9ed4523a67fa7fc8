"""Log lines: one a record, with what they are about, and without secrets."""

import json
import logging
import subprocess
import sys

import pytest

from app.domain.redaction import Redactor
from app.logs import Redacting

SECRET = "correct horse battery staple"


def line(form: str, record: logging.LogRecord) -> str:
    redactor = Redactor()
    redactor.register(SECRET)
    return Redacting(form, redactor.redact).format(record)


def record(message: str, *values: object, **about: object) -> logging.LogRecord:
    made = logging.LogRecord("app.web", logging.INFO, __file__, 1, message, values, None)
    made.__dict__.update(about)
    return made


def test_a_line_says_what_it_is_about():
    said = line("text", record("Stored %s.", "it", delivery="72d3", action="webhook", job="j1"))
    assert said.split("Z ", 1)[1] == "info    Stored it. action=webhook job=j1 delivery=72d3 logger=app.web"


def test_json_lines_hold_the_same():
    said = json.loads(line("json", record("Stored.", run="j1.2", status=202)))
    del said["time"]
    assert said == {
        "level": "info",
        "logger": "app.web",
        "run": "j1.2",
        "status": "202",
        "message": "Stored.",
    }


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_secret_is_taken_out_wherever_it_stands(form: str):
    try:
        {}[SECRET]
    except KeyError:
        made = record("it was %s", SECRET, job=f"j-{SECRET}")
        made.exc_info = sys.exc_info()
    said = line(form, made)
    assert SECRET not in said
    assert said.count("[redacted]") >= 3
    assert "KeyError" in said


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_is_shaped_like_a_token_is_taken_out_too(form: str):
    assert "ghs_" not in line(form, record("got ghs_" + "a" * 40))


@pytest.mark.parametrize("form", ["text", "json"])
def test_nobody_forges_a_line_or_steers_a_terminal(form: str):
    said = line(form, record("title: %s", "x\n2026 error  All is lost\x1b[2J", job="j1\nrun=fake"))
    assert "\n" not in said
    assert "\x1b" not in said


def test_arguments_that_do_not_fit_are_no_new_trouble():
    assert "with arguments that do not fit" in line("text", record("%d runs", "many"))


def test_a_line_has_an_end():
    assert len(line("text", record("x" * 100_000))) < 17_000


def test_a_whole_process_logs_through_the_redactor():
    code = (
        "import logging, warnings\n"
        "from app.logs import configure\n"
        "logging.basicConfig()\n"  # a handler of somebody else's, which must go
        "configure('text', lambda text: text.replace('hush', '[redacted]'))\n"
        "logging.getLogger('some.library').warning('it is hush')\n"
        "warnings.warn('hush')\n"
        "try: raise KeyError('hush')\n"
        "except KeyError: logging.exception('oh')\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "hush" not in ended.stderr
    assert ended.stderr.count("[redacted]") == 3
    assert ended.stdout == ""
