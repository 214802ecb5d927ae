"""What every function stands on: time, ids, formats, the tables, and who and what is configured."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from leadflow.adapters.system import SystemClock, Ulids
from leadflow.runtime.settings import Settings, settings

if TYPE_CHECKING:
    from leadflow.adapters.dynamodb.configuration import DynamoConfiguration
    from leadflow.adapters.dynamodb.credentials import DynamoCredentials
    from leadflow.adapters.dynamodb.customer_webhooks import DynamoCustomerWebhooks
    from leadflow.adapters.dynamodb.secrets import DynamoSecrets
    from leadflow.adapters.dynamodb.users import DynamoUsers
    from leadflow.adapters.faults import Hit
    from leadflow.adapters.formats import LibraryFormats


def known_settings() -> Settings:
    """The settings. Whoever makes a client asks for them here, so that planned faults reach it."""
    known = settings()
    if known.fault_plan:
        _armed(known.fault_plan, f"{known.aws_lambda_log_stream_name}/{os.getpid()}")
    return known


@cache
def _armed(plan: str, process: str) -> None:
    """Do the planned faults to every client that is made from now on, and log each of them."""
    from dataclasses import asdict

    from leadflow.adapters.faults import FaultInjector, arm, planned
    from leadflow.runtime.observability import logger

    def tell(hit: Hit) -> None:
        logger().warning("planned fault", **asdict(hit))

    arm(FaultInjector(planned(plan), process, tell=tell))


@cache
def clock() -> SystemClock:
    """The time."""
    return SystemClock()


@cache
def ids() -> Ulids:
    """New identifiers."""
    return Ulids()


@cache
def tables_named() -> None:
    """Bind items to this stack's tables, and secrets to its keys; who reads or writes calls it."""
    from leadflow.adapters.dynamodb.secret_keys import Purpose, name_keys
    from leadflow.adapters.dynamodb.tables import name_tables

    known = known_settings()
    names = {
        "leads": known.leads_table,
        "wallets": known.wallets_table,
        "configuration": known.configuration_table,
        "flows": known.flows_table,
        "marketplace": known.marketplace_table,
        "deliveries": known.deliveries_table,
        "idempotency": known.idempotency_table,
    }
    name_tables(names, known.aws_region)
    keys = {
        Purpose.EXCHANGES: known.exchange_secrets_key,
        Purpose.WEBHOOKS: known.webhook_secrets_key,
    }
    name_keys(keys, known.aws_region)


@cache
def formats() -> LibraryFormats:
    """Formats that libraries know."""
    from leadflow.adapters.formats import LibraryFormats

    return LibraryFormats()


@cache
def configuration() -> DynamoConfiguration:
    """Configuration, read and written."""
    from leadflow.adapters.dynamodb.configuration import DynamoConfiguration

    tables_named()
    return DynamoConfiguration()


@cache
def credentials() -> DynamoCredentials:
    """Credentials."""
    from leadflow.adapters.dynamodb.credentials import DynamoCredentials

    tables_named()
    return DynamoCredentials()


@cache
def users() -> DynamoUsers:
    """Users."""
    from leadflow.adapters.dynamodb.users import DynamoUsers

    tables_named()
    return DynamoUsers()


@cache
def secrets() -> DynamoSecrets:
    """Secrets that are shown to others."""
    from leadflow.adapters.dynamodb.secrets import DynamoSecrets

    tables_named()
    return DynamoSecrets()


@cache
def customer_webhooks() -> DynamoCustomerWebhooks:
    """Webhooks of customers."""
    from leadflow.adapters.dynamodb.customer_webhooks import DynamoCustomerWebhooks

    tables_named()
    return DynamoCustomerWebhooks()
