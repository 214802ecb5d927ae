"""The account of a campaign: moto with the tables, and every client made under the switch."""

from collections.abc import Callable, Iterator

import boto3
import pytest
from botocore.session import Session

from leadflow.adapters.dynamodb import tables as bound
from leadflow.adapters.dynamodb import transactions
from leadflow.adapters.faults import arm
from leadflow.application import contention
from leadflow.runtime import container
from leadflow.runtime.settings import settings
from tests.integration.conftest import forget_process
from tests.integration.faults.machines import BUCKET
from tests.integration.faults.world import OUTBOX, SLOW, WITHHELD, World
from tools.stub_partner import StubPartner

ARN = "arn:aws:states:us-east-1:123456789012:stateMachine"
SETTINGS = {
    "STAGE": "local",
    "FILES_BUCKET": BUCKET,
    "EVENT_BUS_NAME": "bus",
    "WITHHELD_QUEUE_URL": WITHHELD,
    "WITHHELD_DEAD_LETTERS_URL": "https://sqs.test/dead",
    "FAILED_FACTS_URL": "https://sqs.test/failed",
    "OUTBOX_QUEUE_URL": OUTBOX,
    "SLOW_OUTBOX_QUEUE_URL": SLOW,
    "DISTRIBUTION_STATE_MACHINE_ARN": f"{ARN}:distribution",
    "REPROCESS_STATE_MACHINE_ARN": f"{ARN}:reprocess",
    "IMPORT_STATE_MACHINE_ARN": f"{ARN}:import",
    "EXPORT_STATE_MACHINE_ARN": f"{ARN}:export",
    "RECALCULATION_STATE_MACHINE_ARN": f"{ARN}:recalculation",
}


@pytest.fixture
def world(
    tables: dict[str, str], loopback: None, stub: StubPartner, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """An account without a tenant yet."""
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    made = World(stub)
    monkeypatch.setattr(container, "clock", lambda: made.clock)
    # The clock stands still while somebody waits.
    monkeypatch.setattr(contention, "_WAIT_SECONDS", 0)
    monkeypatch.setattr(Session, "create_client", _once_each(Session.create_client))
    disarm = [arm(made.switch), arm(made.account)]
    _forget_clients()
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    yield made
    for undo in disarm:
        undo()
    _forget_clients()
    forget_process()


def _once_each(create: Callable[..., object]) -> Callable[..., object]:
    """Clients outlive the processes that a campaign starts by the hundred: each takes a while."""
    made: dict[str, object] = {}

    def create_client(session: Session, service: str, *args: object, **options: object) -> object:
        config = getattr(options.get("config"), "_user_provided_options", None)
        key = f"{service} {config}"
        if key not in made:
            made[key] = create(session, service, *args, **options)
        return made[key]

    return create_client


def _forget_clients() -> None:
    """Whatever is kept was made before the switch was there, or will outlive it."""
    boto3.DEFAULT_SESSION = None
    transactions._connection.cache_clear()
    for items in bound.TABLES.values():
        for item in items:
            item._connection = None
