import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.github.signature import verify

BODY = b'{"zen": "Design for failure."}'


def signed(body=BODY, secret=b"current"):
    return "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()


def test_githubs_documented_example_verifies():
    header = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert verify(b"Hello, World!", header, ["It's a Secret to Everybody"])


def test_the_current_and_the_previous_secret_are_both_accepted():
    assert verify(BODY, signed(secret=b"current"), [b"current", "previous"])
    assert verify(BODY, signed(secret=b"previous"), [b"current", "previous"])
    assert verify(BODY, signed().encode(), ["current"])


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        b"",
        "sha256=",
        "sha256=" + "0" * 64,
        "sha1=" + hmac.new(b"current", BODY, hashlib.sha1).hexdigest(),
        hmac.new(b"current", BODY, hashlib.sha256).hexdigest(),
        signed() + "0",
        signed() + "\n",
        " " + signed(),
        "sha256=" + "é" * 64,
        b"sha256=" + b"\xff" * 64,
        "sha256=" + "٣" * 64,
    ],
)
def test_a_signature_that_is_missing_malformed_or_sha1_is_refused(header):
    assert not verify(BODY, header, ["current"])


def test_without_a_secret_nothing_verifies():
    assert not verify(BODY, signed(secret=b""), [])
    assert not verify(BODY, signed(secret=b""), ["", b""])


def test_a_changed_body_does_not_verify():
    assert not verify(BODY + b" ", signed(), ["current"])


@given(header=st.one_of(st.text(), st.binary()), body=st.binary())
def test_no_header_makes_it_raise(header, body):
    assert verify(body, header, ["current"]) is False
