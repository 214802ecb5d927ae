"""One stack for the whole tier: the real template, in a directory of its own.

The developer's stack in `.local` is neither used nor disturbed. The state is new for each run, and
whatever happens the stack is stopped at the end.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.e2e.answers import check_of
from tests.e2e.leaks import Places, leaks
from tests.e2e.shop import SECRETS, Shop, remembered
from tests.e2e.trade import HANGING_SECONDS, HANGS, Partner, Trade
from tools.grants.used import as_grants, note, physical_names
from tools.local_stack import StackInfo, create_tenant, reset_stack, start_stack, stop_stack
from tools.local_stack.aws import cloudformation
from tools.local_stack.layout import ROOT, Layout
from tools.local_stack.progress import Progress
from tools.stub_partner import stub_partner
from tools.verify.__main__ import observe_local, report
from tools.verify.promises import judged

# LEADFLOW_E2E_DIR: another directory, for two runs at the same time.
DIRECTORY = Path(os.environ.get("LEADFLOW_E2E_DIR", ROOT / ".local/e2e"))
SPARE_DIRECTORY = DIRECTORY.with_name(f"{DIRECTORY.name}-spare")
# A first burst of cold starts on two cores takes seconds.
CLIENT_TIMEOUT_SECONDS = 60.0
LEAKS_SHOWN = 20
WATCHED_CALLS = 5
"""Calls after which a partner that pauses itself is judged."""


@pytest.fixture(scope="session")
def stack() -> Iterator[StackInfo]:
    """The running stack: its API, a tenant, the token of that tenant's first admin.

    Whatever the tests did to it, in the end every promise of the contract is kept, and nobody's
    contact data and no secret is where it must not be.
    """
    reset_stack(DIRECTORY)
    try:
        info = start_stack(DIRECTORY, progress=Progress())
        SECRETS.add([info.admin_token])
        Places(info).listen()
        yield info
        seen = observe_local(info)
        found = judged(seen)
        leaked = leaks(info)
        assert not any(found.values()), report(seen, found)
        assert not leaked, "\n".join(map(str, leaked[:LEAKS_SHOWN]))
        _note_grants(info)
    finally:
        stop_stack(DIRECTORY)


def _note_grants(info: StackInfo) -> None:
    """Write down for `make grants` what roles were let do, in the template's words."""
    names = physical_names(cloudformation(info.aws_endpoint_url), info.stack_name)
    note(as_grants(Layout(DIRECTORY).grants.read_text().splitlines(), names))


@pytest.fixture(scope="session")
def spare_directory() -> Iterator[Path]:
    """Where the second stack is, with new state for each run."""
    reset_stack(SPARE_DIRECTORY)
    try:
        yield SPARE_DIRECTORY
    finally:
        stop_stack(SPARE_DIRECTORY)


@pytest.fixture
def spare(spare_directory: Path) -> StackInfo:
    """The second stack, which tests may stop; it runs when a test begins."""
    return start_stack(spare_directory, progress=Progress())


@pytest.fixture(scope="session")
def admin(stack: StackInfo) -> Iterator[httpx.Client]:
    """A client of the API with the admin's token."""
    with client_of(stack, stack.admin_token) as client:
        yield client


@pytest.fixture(scope="module")
def tenant(stack: StackInfo) -> Iterator[Trade]:
    """A tenant of the module's own, for its plan is nobody else's, and a stub for its partners."""
    token = create_tenant(DIRECTORY, "Trade").admin_token
    with client_of(stack, token) as client, stub_partner() as stub:
        yield Trade(Shop(client, stack.api_url), stub)


@pytest.fixture
def trade(tenant: Trade) -> Trade:
    """That tenant with a category in which nobody bids yet."""
    return tenant.anew()


@dataclass(frozen=True)
class Watched:
    """A partner that pauses itself. Calls count from the minute on that begins after it is made."""

    tenant: Trade
    partner: Partner
    counts_from: float

    @property
    def seconds_left(self) -> float:
        """How long its calls do not count yet."""
        return max(0.0, self.counts_from - time.time())


@pytest.fixture(scope="session")
def watched(stack: StackInfo) -> Iterator[Watched]:
    """Made for the first module, so that hardly anything is left to wait for where it is used."""
    token = create_tenant(DIRECTORY, "Watched").admin_token
    with client_of(stack, token) as client, stub_partner() as stub:
        tenant = Trade(Shop(client, stack.api_url), stub)
        rule = {"share_percentage": 50, "minimum_calls": WATCHED_CALLS, "window_minutes": 10}
        hanging = tenant.partner("50.00", auto_pause=rule, timeout_seconds=HANGING_SECONDS)
        hanging.behave("ping", HANGS)
        yield Watched(tenant, hanging, (time.time() // 60 + 1) * 60)


def client_of(stack: StackInfo, token: str) -> httpx.Client:
    """A client of the API with a user's token; what it is answered is what the document allows."""
    SECRETS.add([token])
    return httpx.Client(
        base_url=stack.api_url,
        headers={"Authorization": f"Bearer {token}"},
        timeout=CLIENT_TIMEOUT_SECONDS,
        event_hooks={"response": [remembered, check_of(stack.api_url)]},
    )
