"""The campaigns of `tests/e2e/test_schemathesis.py`, small and in this process.

Here a failure has a traceback. `LEADFLOW_SCHEMATHESIS_HERE` scales them: 1 for 5,000 requests.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import boto3
import httpx
import pytest

from leadflow.adapters.files import S3Files
from leadflow.adapters.uploads import S3Uploads
from leadflow.runtime import container
from tests.adversary import Adversary, adversary
from tests.e2e.answers import check_of
from tests.fakes.deliveries import MemoryOutboxQueue
from tests.fakes.jobs import ScriptedRuns
from tests.integration.http import invoked
from tests.integration.in_process import InProcess
from tests.integration.served import served
from tests.schemathesis_run import tried, with_known

SCALE = float(os.environ.get("LEADFLOW_SCHEMATHESIS_HERE", "0.05"))
BUCKET = "files"
REQUEST_SECONDS = 60


@pytest.fixture
def caller(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Adversary]:
    """A furnished tenant; workflows of jobs and deliveries are only noted down."""
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    adapters = {
        "distribution": InProcess(),
        "job_runs": ScriptedRuns(),
        "files": S3Files(BUCKET),
        "uploads": S3Uploads(BUCKET),
        "outbox_queue": MemoryOutboxQueue(),
    }
    for name, adapter in adapters.items():
        monkeypatch.setattr(container, name, lambda adapter=adapter: adapter)
    made = cast("dict[str, str]", invoked("provision_tenant", {"name": "Adversary"}))
    token = made["admin_token"]
    with (
        served() as url,
        httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=REQUEST_SECONDS,
            event_hooks={"response": [check_of(url)]},
        ) as client,
    ):
        yield adversary(client, url, token)


def test_every_answer_is_in_the_document(caller: Adversary, tmp_path: Path) -> None:
    shown = with_known(caller.known)

    made = [
        tried(one, caller.api_url, shown, tmp_path)
        for one in caller.campaigns(SCALE)
        if one.name in {"admin", "admin-in-steps", "source"}
    ]

    assert min(made) > 0
