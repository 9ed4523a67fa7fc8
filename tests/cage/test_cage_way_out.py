"""Which way out a cage gets: by the repository's file, the server's settings, and where the model server is."""

import pytest

from app.domain.policy import Policy
from app.domain.policy.registries import PACKAGE_REGISTRIES
from workers.cage.network import MODEL_PORT, ModelDoor, model_door, network_of
from workers.cage.spec import Forward


def test_a_repository_without_a_file_reaches_the_registries_and_nothing_else():
    network = network_of(Policy())

    assert network.allow == PACKAGE_REGISTRIES
    assert (network.private, network.forwards) == ((), ())


def test_without_registries_only_what_is_named_is_reached_and_the_server_adds_to_it():
    policy = Policy(registries=False, network_allow=("a.example.com", "b.example.com"))
    forward = Forward(port=1234, to_host="127.0.0.1", to_port=1234)

    network = network_of(
        policy, allow=("b.example.com", "*.corp.example.com"), private=("10.0.0.0/8",), forwards=(forward,)
    )

    assert network.allow == ("a.example.com", "b.example.com", "*.corp.example.com")
    assert (network.private, network.forwards) == (("10.0.0.0/8",), (forward,))


def forwarded(url: str, port: int, to_host: str, to_port: int) -> ModelDoor:
    return ModelDoor(url=url, forwards=(Forward(port=port, to_host=to_host, to_port=to_port),))


DOORS = {
    None: ModelDoor(),
    "http://127.0.0.1:11434": forwarded("http://127.0.0.1:11434", 11434, "127.0.0.1", 11434),
    "http://localhost:11434/v1": forwarded("http://127.0.0.1:11434/v1", 11434, "localhost", 11434),
    "http://[::1]:8000": forwarded("http://127.0.0.1:8000", 8000, "::1", 8000),
    "http://127.0.0.1": forwarded(f"http://127.0.0.1:{MODEL_PORT}", MODEL_PORT, "127.0.0.1", 80),
    "http://gpu.lan:8000/v1?x=1": forwarded(
        f"http://127.0.0.1:{MODEL_PORT}/v1?x=1", MODEL_PORT, "gpu.lan", 8000
    ),
    "http://me:key@10.0.0.7/v1": forwarded(
        f"http://me:key@127.0.0.1:{MODEL_PORT}/v1", MODEL_PORT, "10.0.0.7", 80
    ),
    "https://localhost:8443": forwarded("https://localhost:8443", 8443, "localhost", 8443),
    "https://models.example.com/v1": ModelDoor(
        url="https://models.example.com/v1", allow=("models.example.com:443",)
    ),
    "https://models.example.com:8443": ModelDoor(
        url="https://models.example.com:8443", allow=("models.example.com:8443",)
    ),
}


@pytest.mark.parametrize(("url", "door"), DOORS.items())
def test_a_model_server_has_one_door_and_the_address_that_leads_to_it(url: str | None, door: ModelDoor):
    assert model_door(url) == door
