import subprocess
import sys
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from leadflow.application.authorize_request import AuthorizeRequest
from leadflow.domain.credentials import Credential, digest
from leadflow.domain.principals import SourcePrincipal
from tests.builders import SOURCE_ID, TENANT_ID
from tests.fakes.clock import FixedClock
from tests.unit.domain.bidding_examples import NOW

SENDER = SourcePrincipal(tenant_id=TENANT_ID, source_id=SOURCE_ID)
PAIR = Credential(digest("key"), SENDER, digest("pass:word"))
TOKEN = Credential(digest("token"), SENDER)
ENDING = Credential(digest("ending"), SENDER, expires_at=NOW + timedelta(hours=1))


@dataclass
class MemoryCredentials:
    """Implements `Credentials`."""

    known: dict[str, Credential] = field(
        default_factory=lambda: {one.lookup_hash: one for one in (PAIR, TOKEN, ENDING)}
    )

    def find(self, lookup_hash: str) -> Credential | None:
        return self.known.get(lookup_hash)


def caller(header: str | None, clock: FixedClock | None = None) -> object:
    action = AuthorizeRequest(credentials=MemoryCredentials(), clock=clock or FixedClock())
    return action(header)


def basic(text: str) -> str:
    return f"Basic {b64encode(text.encode()).decode()}"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER "])
def test_a_token_lets_its_owner_in(scheme: str) -> None:
    assert caller(f"{scheme} token") == SENDER


def test_a_key_with_its_secret_lets_its_owner_in() -> None:
    assert caller(basic("key:pass:word")) == SENDER


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer unknown",
        "token",
        "Digest token",
        "Basic",
        "Basic !!!",
        "Basic /////w==",
        basic("key"),
        basic("key:"),
        basic("key:wrong"),
        basic("unknown:pass:word"),
        basic(":"),
        "Bearer key",
        basic("token:"),
        basic("token:token"),
        "Bearer \ud800",
    ],
)
def test_everything_else_lets_nobody_in(header: str | None) -> None:
    assert caller(header) is None


def test_a_token_that_ends_is_good_until_then() -> None:
    clock = FixedClock(NOW + timedelta(minutes=59))
    assert caller("Bearer ending", clock) == SENDER
    clock.at = NOW + timedelta(hours=1)
    assert caller("Bearer ending", clock) is None


def test_the_action_loads_nothing_that_it_does_not_need() -> None:
    program = (
        "import sys, leadflow.application.authorize_request\n"
        "print(*[name for name in sys.modules if name.startswith('leadflow.')])"
    )
    loaded = subprocess.run(  # noqa: S603 # our own interpreter and program
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    ).stdout.split()
    assert set(loaded) <= {
        "leadflow.application",
        "leadflow.application.authorize_request",
        "leadflow.domain",
        "leadflow.domain.credentials",
        "leadflow.domain.identifiers",
        "leadflow.domain.model",
        "leadflow.domain.principals",
    }
