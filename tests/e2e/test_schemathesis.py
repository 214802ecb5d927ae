"""Whatever the API is sent, it answers as its document says, to whoever is asking.

`LEADFLOW_SCHEMATHESIS_CASES` asks for more than the 5,000 requests of every run, or for fewer.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from tests.adversary import CASES, SEED, Adversary, adversary
from tests.contract_run import held
from tests.e2e.conftest import DIRECTORY, client_of
from tests.schemathesis_run import tried, with_known
from tools.local_stack import StackInfo, create_tenant

WANTED = int(os.environ.get("LEADFLOW_SCHEMATHESIS_CASES", CASES))
SIDE_BY_SIDE = 2


@pytest.fixture
def caller(stack: StackInfo) -> Iterator[Adversary]:
    token = create_tenant(DIRECTORY, "Adversary").admin_token
    with client_of(stack, token) as client:
        yield adversary(client, stack.api_url, token)


def test_every_answer_is_in_the_document(caller: Adversary, tmp_path: Path) -> None:
    shown = with_known(caller.known)
    run = partial(tried, api_url=caller.api_url, shown=shown, directory=tmp_path)

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        made = sum(pool.map(run, caller.campaigns(WANTED / CASES)))

    assert made >= WANTED
    held("Schemathesis: requests made from the API's document", [], operations=made, seed=SEED)
