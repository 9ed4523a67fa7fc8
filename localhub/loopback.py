"""HTTP clients for this machine: no proxies, and no certificates, as nothing here speaks TLS.

Reading the system's certificates takes longer than most of a story; with none loaded, TLS fails closed.
"""

import ssl

import httpx

_NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def loopback_client(timeout_seconds: float, base_url: str = "") -> httpx.AsyncClient:
    """A client whose every request ends after `timeout_seconds`."""
    return httpx.AsyncClient(
        base_url=base_url, timeout=timeout_seconds, trust_env=False, verify=_NO_CERTIFICATES
    )
