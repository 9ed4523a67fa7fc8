"""Which addresses are taken, whose password is understood, and whose certificate is not."""

import asyncio
import datetime as dt
import ssl
from urllib.parse import unquote, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from redis.asyncio import Redis

from app.domain.errors import BadConfiguration
from app.queue import Queue


@pytest.fixture
async def bridge(valkey):
    """Open a port of 127.0.0.1, with TLS if asked, that leads to the Valkey's unix socket."""
    socket = unquote(urlsplit(valkey.url).path)
    servers, pipes = [], set()

    async def pump(reader, writer):
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async def connected(reader, writer):
        inner_reader, inner_writer = await asyncio.open_unix_connection(socket)
        pipes.update(
            {asyncio.create_task(pump(reader, inner_writer)), asyncio.create_task(pump(inner_reader, writer))}
        )

    async def start(context=None):
        servers.append(await asyncio.start_server(connected, "127.0.0.1", 0, ssl=context))
        return servers[-1].sockets[0].getsockname()[1]

    yield start
    for server in servers:
        server.close()
    for pipe in pipes:
        pipe.cancel()
    await asyncio.gather(*pipes, return_exceptions=True)


def certificate_for_localhost(folder):
    """Write a self-signed certificate with its key, and return the file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "localhost.pem"
    file.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return file


@pytest.mark.parametrize("url", ["", "localhost", "http://u:hush@host/0", "redis://u:hush@host:hush/0"])
async def test_an_unreadable_address_is_named_and_not_repeated(url):
    with pytest.raises(BadConfiguration, match="REDIS_URL is not an address") as refusal:
        await Queue.connect(url)

    assert "hush" not in str(refusal.value)
    assert refusal.value.__suppress_context__


async def test_a_password_full_of_signs_is_understood_and_a_wrong_one_refused(valkey, bridge):
    port = await bridge()
    async with Redis.from_url(valkey.url) as redis:
        await redis.config_set("requirepass", "p@ss/w:rd#")

    right = await Queue.connect(f"redis://:p%40ss%2Fw%3Ard%23@127.0.0.1:{port}/0")
    wrong = await Queue.connect(f"redis://:guess@127.0.0.1:{port}/0")

    assert await right.wake("run:1")
    assert not await wrong.wake("run:1")
    await right.close()
    await wrong.close()


async def test_a_certificate_for_another_host_is_refused(bridge, tmp_path):
    pem = certificate_for_localhost(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    port = await bridge(context)

    named = await Queue.connect(f"rediss://localhost:{port}/0?ssl_ca_certs={pem}")
    other = await Queue.connect(f"rediss://127.0.0.1:{port}/0?ssl_ca_certs={pem}")

    assert await named.wake("run:1")
    assert not await other.wake("run:1")
    await named.close()
    await other.close()
