"""One stack for the whole tier: the real template, in a directory of its own.

The developer's stack in `.local` is neither used nor disturbed. The state is new for each run, and
whatever happens the stack is stopped at the end.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tools.local_stack import StackInfo, reset_stack, start_stack, stop_stack
from tools.local_stack.layout import ROOT
from tools.local_stack.progress import Progress

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
    headers = {"Authorization": f"Bearer {stack.admin_token}"}
    timeout = CLIENT_TIMEOUT_SECONDS
    with httpx.Client(base_url=stack.api_url, headers=headers, timeout=timeout) as client:
        yield client
