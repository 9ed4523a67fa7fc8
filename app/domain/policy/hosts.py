"""Which hosts a file may name, as `network.allow` has them: names, not addresses, and never half of the world. Pure."""

import re
from ipaddress import ip_address

LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_NUMBER = r"(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3})"
FORM = rf"(\*\.({LABEL}\.)+{LABEL}|({LABEL}\.)*{LABEL})(:{_NUMBER})?"
HOST_CHARACTERS = 253
_TLD_LIKE_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)")


def wrong_with_host(text: str) -> str | None:
    """Return what is wrong with one entry of the list of hosts, as the rest of a sentence; None when nothing is."""
    host = text.rpartition(":")[0] if re.search(r"[^:]:[0-9]*$", text) else text
    match host:
        case _ if "://" in text or "/" in text:
            return f"is `{text}`, an address with a scheme or a path. Write the host alone, like `{_host_of(text)}`"
        case _ if _is_address(host):
            return (
                f"is `{text}`, a number instead of a name. Write the host's name, like `packages.example.com`"
            )
        case "*" | "*.*":
            return f"is `{text}`, which would be every host there is. Name the hosts that are needed"
        case _ if re.fullmatch(rf"\*\.{LABEL}\.?", host):
            return (
                f"is `{text}`, which would be half of the world. Name at least two parts after the star, "
                "like `*.example.com`"
            )
        case _ if host == "localhost" or host.endswith(".localhost"):
            return (
                f"is `{text}`; inside, that is the cage itself and needs no leave, and this machine gets none"
            )
        case _ if len(host) > HOST_CHARACTERS or not re.fullmatch(FORM, text):
            return (
                f"is `{text[:80]}`, which is no host. Write a name in small ASCII letters, like `packages.example.com`, "
                "`*.example.com` for all below it, or either with a port, like `packages.example.com:8443`"
            )
        case _:
            return None


def _is_address(host: str) -> bool:
    """Tell a number from a name; a name whose last part is a number is one to some resolvers, so it is one here."""
    bare = host.strip("[]")
    try:
        ip_address(bare)
    except ValueError:
        return bool(_TLD_LIKE_NUMBER.fullmatch(bare.rstrip(".").rpartition(".")[2]))
    return True


def _host_of(text: str) -> str:
    found = re.search(rf"(?:{LABEL}\.)+{LABEL}", text)
    return found[0] if found else "packages.example.com"
