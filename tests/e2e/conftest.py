"""One stack for the whole tier: the real template, in a directory of its own.

The developer's stack in `.local` is neither used nor disturbed. The state is new for each run, and
whatever happens the stack is stopped at the end.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.e2e.shop import Shop
from tests.e2e.trade import Trade
from tools.local_stack import StackInfo, create_tenant, reset_stack, start_stack, stop_stack
from tools.local_stack.layout import ROOT
from tools.local_stack.progress import Progress
from tools.stub_partner import stub_partner

# LEADFLOW_E2E_DIR: another directory, for two runs at the same time.
DIRECTORY = Path(os.environ.get("LEADFLOW_E2E_DIR", ROOT / ".local/e2e"))
# A first burst of cold starts on two cores takes seconds.
CLIENT_TIMEOUT_SECONDS = 60.0


@pytest.fixture(scope="session")
def stack() -> Iterator[StackInfo]:
    """The running stack: its API, a tenant, the token of that tenant's first admin."""
    reset_stack(DIRECTORY)
    try:
        yield start_stack(DIRECTORY, progress=Progress())
    finally:
        stop_stack(DIRECTORY)


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


def client_of(stack: StackInfo, token: str) -> httpx.Client:
    """A client of the API with a user's token."""
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=stack.api_url, headers=headers, timeout=CLIENT_TIMEOUT_SECONDS)
