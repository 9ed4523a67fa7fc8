import base64
import json
import time
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.redaction import REDACTED, VALUE_CHARACTERS_MIN, Redactor, redact_shapes

SECRET = "hunter2/with+odd chars&more"
STATELESS = "ghs_123456_eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9." + "aB3-_" * 90 + "." + "z" * 20


@pytest.fixture
def redactor():
    redactor = Redactor()
    redactor.register(SECRET)
    return redactor


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET, safe=""),
        json.dumps(SECRET),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
        base64.b64encode(f"x-access-token:{SECRET}".encode()).decode(),
    ],
)
def test_a_known_value_goes_in_every_form(redactor, form):
    assert form.strip('"').rstrip("=") not in redactor.redact(f"before {form} after")
    assert redactor.redact(f"before {form} after").startswith("before ")


def test_the_text_around_a_secret_stays(redactor):
    assert redactor.redact(f"the key is {SECRET}, keep it") == f"the key is {REDACTED}, keep it"


@pytest.mark.parametrize(
    "secret",
    [
        "ghp_" + "a1B2" * 9,
        "ghs_" + "a1B2" * 9,
        STATELESS,
        "github_pat_" + "11ABCDEFG0" * 4,
        "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJJdjEifQaa.c2lnbmF0dXJl",
        "sk-ant-api03-" + "Ab1_" * 20,
        "sk-proj-" + "Ab1" * 12,
        "AKIA" + "IOSFODNN7EXAMPLE",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nMIIE cut off",
    ],
)
def test_an_unknown_secret_goes_by_its_shape(secret):
    assert redact_shapes(f"before {secret}") == f"before {REDACTED}"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (
            "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            f"aws_secret_access_key = {REDACTED}",
        ),
        ("Authorization: Bearer abcdefghijkl", f"Authorization: Bearer {REDACTED}"),
        ('"authorization": "token abcdefghijkl"', f'"authorization": "token {REDACTED}"'),
        ("https://ada:pass@hub.test/x", f"https://ada:{REDACTED}@hub.test/x"),
        ("https://x-access-token:pass@hub.test/x", f"https://x-access-token:{REDACTED}@hub.test/x"),
    ],
)
def test_what_names_a_secret_stays_and_the_secret_goes(text, clean):
    assert redact_shapes(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "a task-oriented-programming-language-for-2026 is fine",
        "sk-learn-compatible-estimators-and-more",
        "commit 0123456789abcdef0123456789abcdef01234567",
        "https://hub.test:8443/ada/dates?x=1 and mail ada@hub.test",
        "the ghs_ prefix and github_pat_ are words",
        "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
    ],
)
def test_ordinary_text_stays(text):
    assert redact_shapes(text) == text


def test_a_short_value_is_not_registered():
    redactor = Redactor()
    redactor.register("main")
    assert redactor.redact("push to main") == "push to main"


def test_many_passing_values_leave_the_lasting_ones_known(redactor):
    for number in range(2000):
        redactor.register(f"passing-value-{number}", passing=True)
    assert redactor.redact("passing-value-1999 passing-value-0") == f"{REDACTED} passing-value-0"
    assert SECRET not in redactor.redact(SECRET)


@given(
    value=st.text(st.characters(exclude_characters="[]redact"), min_size=VALUE_CHARACTERS_MIN).map(str.strip),
    before=st.text(),
    after=st.text(),
)
def test_a_registered_value_never_comes_through(value, before, after):
    redactor = Redactor()
    redactor.register(value)
    if len(value) >= VALUE_CHARACTERS_MIN:
        assert value not in redactor.redact(before + value + after)


@given(text=st.text())
def test_redacting_twice_is_redacting_once(text):
    assert redact_shapes(redact_shapes(text)) == redact_shapes(text)


@pytest.mark.parametrize(
    "unit", ["eyJ", "sk-", "eyJaaaaaaaaaaa.", "-----BEGIN ", "://a:", "gh", "handoff_", "AKIA"]
)
def test_no_line_of_an_agent_keeps_us_busy_for_long(unit):
    """Where it took the square of its length, a million characters took minutes, and the whole worker stood still."""
    line = unit * (1_000_000 // len(unit))
    began = time.process_time()
    redact_shapes(line)
    assert time.process_time() - began < 20


def test_a_token_goes_with_what_is_glued_to_it():
    token = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJJdjEifQaa.c2lnbmF0dXJl"
    assert redact_shapes(f"id=tokeneyJ{token} x") == f"id={REDACTED} x"
