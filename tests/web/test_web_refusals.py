"""What becomes of requests that are not as they should be: a plain answer, a line in the log, nothing stored."""

import asyncio
import logging
import resource
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message

from app.web.envelope import GITHUB_BODY_BYTES, Envelope, open_envelope
from app.web.webhook import Webhook
from tests.web.serving import PATH, SECRET, StartWeb, Web, headers_for, served, settings, sign

BODY = b'{"action": "labeled"}'
SHA1 = "sha1=126f2c800419c60137ce748d7672e77b65cf16d6"
UNSIGNED = {
    "none": None,
    "empty": "",
    "of another secret": sign(BODY, "another secret entirely"),
    "of another body": sign(b"{}"),
    "sha-1": SHA1,
    "not ascii": b"sha256=\xc3\xa9\xff" + b"0" * 60,
    "not hexadecimal": "sha256=" + "z" * 64,
    "cut short": sign(BODY)[:-1],
    "without its name": sign(BODY).removeprefix("sha256="),
}


@pytest.mark.parametrize("signature", UNSIGNED.values(), ids=UNSIGNED.keys())
async def test_what_is_not_signed_by_us_is_401_and_forgotten(web: Web, signature: str | bytes | None):
    answer = await web.deliver(BODY, x_hub_signature_256=signature)
    assert (answer.status_code, answer.text) == (401, "The signature does not match.")
    assert web.stored() == []


async def test_a_sha_1_signature_helps_nobody(web: Web):
    answer = await web.deliver(BODY, x_hub_signature_256=None, x_hub_signature=SHA1)
    assert answer.status_code == 401


REFUSED = {
    "a form": (415, {"content_type": "application/x-www-form-urlencoded"}),
    "no content type": (415, {"content_type": None}),
    "no guid": (400, {"x_github_delivery": None}),
    "a guid that is none": (400, {"x_github_delivery": "../../etc/passwd"}),
    "an endless guid": (400, {"x_github_delivery": "a" * 65}),
    "a guid not ascii": (400, {"x_github_delivery": b"\xe9" * 36}),
    "no event": (400, {"x_github_event": None}),
    "an event that is none": (400, {"x_github_event": "Issues; DROP TABLE"}),
    "an endless event": (400, {"x_github_event": "a" * 65}),
}


@pytest.mark.parametrize(("status", "changed"), REFUSED.values(), ids=REFUSED.keys())
async def test_a_head_that_github_would_not_send_is_refused(web: Web, status: int, changed: dict[str, str]):
    answer = await web.deliver(BODY, **changed)
    assert answer.status_code == status
    assert web.stored() == []


async def test_a_content_type_may_name_its_charset(web: Web):
    assert (await web.deliver(BODY, content_type="Application/JSON; charset=utf-8")).status_code == 202


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
async def test_only_post_delivers(web: Web, method: str):
    answer = await web.client.request(method, PATH)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_a_body_over_the_limit_is_413_and_counted(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    async with served(settings(tmp_path, webhook_body_bytes=2048)) as web:
        answer = await web.deliver(b" " * 2049)
        assert (answer.status_code, answer.text) == (413, "Deliveries may have 2048 bytes.")
        assert web.stored() == []
        assert web.app is not None
        assert web.app.state.answered[413] == 1
        assert "refused with 413" in caplog.text


async def test_a_body_over_the_limit_that_hides_its_size_is_413(tmp_path: Path):
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 1000

    async with served(settings(tmp_path, webhook_body_bytes=2048)) as web:
        answer = await web.client.post(PATH, content=chunks(), headers=headers_for(b""))
        assert answer.status_code == 413
        assert web.stored() == []


async def test_more_than_github_ever_sends_is_not_even_read(web: Web):
    head = b"".join(name + b": " + value + b"\r\n" for name, value in headers_for(b""))
    declared = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: {GITHUB_BODY_BYTES + 1}\r\n".encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", web.port)
    writer.write(declared + head + b"\r\n")
    answer = await asyncio.wait_for(reader.read(), 10)  # to its end: the connection is closed
    writer.close()
    assert answer.startswith(b"HTTP/1.1 413 ")


async def test_a_sender_that_leaves_in_mid_body_leaves_no_trace(web: Web, caplog: pytest.LogCaptureFixture):
    head = b"".join(name + b": " + value + b"\r\n" for name, value in headers_for(BODY))
    with socket.create_connection(("127.0.0.1", web.port)) as sender:
        sender.sendall(
            f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 21\r\n".encode() + head + b"\r\n{"
        )
    assert (await web.deliver(BODY)).status_code == 202
    assert len(web.stored()) == 1
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_a_sender_that_is_too_slow_is_408():
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError("it never comes to that")

    async def send(message: Message) -> None:
        sent.append(message)

    async def accept(*_: object) -> bool:
        raise AssertionError("nothing arrived")

    webhook = Webhook(accept, list, secrets=[SECRET], body_bytes_max=1000, body_seconds=0.01)
    await webhook({"type": "http", "method": "POST", "headers": headers_for(BODY)}, receive, send)
    assert sent[0]["status"] == 408


async def test_a_full_disk_is_503_and_later_202(start_web: StartWeb):
    web = start_web()
    assert web.process is not None
    _, most = resource.prlimit(web.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(web.process.pid, resource.RLIMIT_FSIZE, (4096, most))  # no file may grow: a full disk
    refused = await asyncio.gather(*(web.deliver({"pad": "x" * 20_000}) for _ in range(3)))
    unready = await web.client.get("/readyz")
    resource.prlimit(web.process.pid, resource.RLIMIT_FSIZE, (most, most))
    taken = await web.deliver({"after": 1})

    assert [answer.status_code for answer in refused] == [503] * 3
    assert {answer.text for answer in refused} == {"It could not be stored just now."}
    assert int(refused[0].headers["retry-after"]) > 0
    assert (unready.status_code, unready.json()["ledger"]) == (503, "failing")
    assert taken.status_code == 202
    assert [row["body"] for row in web.stored()] == [b'{"after": 1}']
    assert web.log is not None
    assert "could not be stored" in web.log.read_text()
    assert "Traceback" not in web.log.read_text()


async def test_a_receiver_without_a_secret_cannot_be_made():
    async def accept(*_: object) -> bool:
        raise AssertionError("it is never asked")

    with pytest.raises(ValueError, match="believe everybody"):
        Webhook(accept, list, secrets=["", ""], body_bytes_max=1000)


async def test_no_secret_shows_in_the_log(start_web: StartWeb):
    web = start_web()
    await web.deliver(BODY, x_hub_signature_256=f"sha256={SECRET}", x_github_delivery="0" * 36)
    assert web.log is not None
    assert "refused with 401" in web.log.read_text()
    assert SECRET not in web.log.read_text()


async def test_floods_of_refusals_fill_no_log(web: Web, caplog: pytest.LogCaptureFixture):
    for _ in range(40):
        await web.deliver(BODY, x_hub_signature_256="x")
    assert caplog.text.count("refused with 401") == 6  # the 1st, 2nd, 4th, 8th, 16th and 32nd


@given(
    st.sampled_from(["POST", "GET"]),
    st.dictionaries(
        st.sampled_from([name for name, _ in headers_for(b"")] + [b"content-length"]), st.binary(max_size=80)
    ),
)
def test_no_head_of_a_request_is_a_surprise(method: str, headers: dict[bytes, bytes]):
    opened = open_envelope(method, headers.items(), body_bytes_max=1000)
    assert isinstance(opened, Envelope) or 400 <= opened.status < 500
