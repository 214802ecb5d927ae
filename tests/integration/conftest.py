"""Tables as the template draws them, made in moto for each test."""

import functools
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import ModuleType
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws
from moto.dynamodb.responses import DynamoHandler

from leadflow.adapters.dynamodb import tables as bound
from leadflow.adapters.dynamodb.secret_keys import Purpose, name_keys
from leadflow.application import partner_posts, signed_messages
from leadflow.runtime import (
    actions,
    configuration_actions,
    container,
    demand_actions,
    erasure_actions,
    export_actions,
    fact_actions,
    idempotency,
    import_actions,
    job_actions,
    lead_actions,
    marketplace_actions,
    operation_actions,
    reprocess_actions,
    return_actions,
    stage_actions,
    tier_actions,
    webhook_actions,
    withheld_actions,
)
from leadflow.runtime import settings as settings_module
from leadflow.runtime.settings import settings
from tests.fakes.deliveries import MemoryOutboxQueue
from tests.infrastructure.template import resources
from tests.integration.webhook_calls import store_sold_lead
from tests.noting import noting_calls
from tools.stub_partner import StubPartner, stub_partner

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient

REGION = "us-east-1"
AGES = timedelta(days=36_500)
TABLES = resources("AWS::DynamoDB::Table")
MADE_OF = (
    "AttributeDefinitions",
    "KeySchema",
    "BillingMode",
    "GlobalSecondaryIndexes",
    "LocalSecondaryIndexes",
)
KEYS = {
    Purpose.EXCHANGES: "EXCHANGE_SECRETS_KEY",
    Purpose.WEBHOOKS: "WEBHOOK_SECRETS_KEY",
}
"""The variable that names the key of a purpose."""

_SERVING = threading.RLock()
_CALL_ACTION = DynamoHandler.call_action
CACHING_MODULES: tuple[ModuleType, ...] = (
    actions,
    configuration_actions,
    container,
    demand_actions,
    erasure_actions,
    export_actions,
    idempotency,
    fact_actions,
    import_actions,
    job_actions,
    lead_actions,
    marketplace_actions,
    operation_actions,
    reprocess_actions,
    return_actions,
    settings_module,
    stage_actions,
    tier_actions,
    webhook_actions,
    withheld_actions,
)
"""Whose caches are emptied. Connections are kept: each costs a tenth of a second to make."""


@pytest.fixture(scope="session", autouse=True)
def _noting() -> Iterator[None]:
    with noting_calls():
        yield


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty AWS account, which only this process can see."""
    with account(monkeypatch):
        yield


@pytest.fixture
def tables(aws: None, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The stack's tables, with items and settings bound to them: setting to table name."""
    return made_tables(monkeypatch)


@contextmanager
def account(patched: pytest.MonkeyPatch) -> Iterator[None]:
    """What `aws` is, for as long as somebody wants it."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        patched.setenv(name, "testing")
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        patched.setenv(name, REGION)
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL"):
        patched.delenv(name, raising=False)
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        forget_process()
        yield
    forget_process()


def made_tables(patched: pytest.MonkeyPatch) -> dict[str, str]:
    """What `tables` is, in an account that is there."""
    patched.setattr(DynamoHandler, "call_action", _one_by_one)
    # Built leads were received at a moment of long ago, and many tests go by the real clock.
    patched.setattr(partner_posts, "POSTED_WITHIN", AGES)
    client = _dynamodb()
    names: dict[str, str] = {}
    for logical_name, resource in TABLES.items():
        drawn = {name: resource["Properties"].get(name) for name in MADE_OF}
        made_of = {name: value for name, value in drawn.items() if value is not None}
        client.create_table(TableName=logical_name, **made_of)
        setting = re.sub(r"(?<!^)(?=[A-Z])", "_", logical_name).upper()
        names[setting.lower()] = logical_name
        patched.setenv(setting, logical_name)
    bound.name_tables({name: names[f"{name}_table"] for name in bound.TABLES}, REGION)
    for setting in KEYS.values():
        patched.setenv(setting, _kms().create_key()["KeyMetadata"]["Arn"])
    name_keys({purpose: os.environ[setting] for purpose, setting in KEYS.items()}, REGION)
    assert settings().leads_table == names["leads_table"]
    return names


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Partners and receivers may be on loopback; settings are read after this."""
    monkeypatch.setenv("ALLOW_LOOPBACK_PARTNERS", "true")


@pytest.fixture
def stub() -> Iterator[StubPartner]:
    """A partner, or a receiver, on loopback."""
    with stub_partner() as running:
        yield running


@pytest.fixture
def queue(
    loopback: None, tables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> MemoryOutboxQueue:
    """The small tenant with a sold lead; calls for deliveries are kept here."""
    monkeypatch.setattr(signed_messages, "RETRY_SECONDS", 0)
    queue = MemoryOutboxQueue()
    monkeypatch.setattr(container, "outbox_queue", lambda: queue)
    store_sold_lead()
    return queue


def _one_by_one(handler: DynamoHandler) -> object:
    """Serve a request as a whole, as DynamoDB does: moto's rollbacks undo other threads' writes."""
    with _SERVING:
        return _CALL_ACTION(handler)


@functools.cache
def _dynamodb() -> "DynamoDBClient":
    return boto3.client("dynamodb", region_name=REGION)


@functools.cache
def _kms() -> "KMSClient":
    return boto3.client("kms", region_name=REGION)


def forget_process() -> None:
    """Empty what a process keeps for its life, as if it had just started."""
    for module in CACHING_MODULES:
        for kept in vars(module).values():
            if isinstance(kept, functools._lru_cache_wrapper):
                kept.cache_clear()
