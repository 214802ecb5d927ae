"""The stack that benchmarks over HTTP share: fresh for a run, stopped at its end."""

import atexit
from functools import cache

import httpx

from tests.e2e.shop import Shop
from tools.local_stack import StackInfo, create_tenant, reset_stack, start_stack, stop_stack
from tools.local_stack.layout import ROOT
from tools.local_stack.progress import Progress

DIRECTORY = ROOT / ".local/bench"
TIMEOUT_SECONDS = 60.0


@cache
def running_stack() -> StackInfo:
    """A stack with no state of before; whoever asks first waits until it runs."""
    reset_stack(DIRECTORY)
    atexit.register(stop_stack, DIRECTORY)
    return start_stack(DIRECTORY, progress=Progress())


def opened_shop(name: str) -> Shop:
    """The shop of a tenant of its own."""
    stack = running_stack()
    token = create_tenant(DIRECTORY, name).admin_token
    client = httpx.Client(
        base_url=stack.api_url,
        headers={"Authorization": f"Bearer {token}"},
        timeout=TIMEOUT_SECONDS,
    )
    return Shop(client, stack.api_url)
