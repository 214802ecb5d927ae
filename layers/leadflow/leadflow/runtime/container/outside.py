"""What lies outside of the tables: the state machine, queue and bus, partners, other services."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from leadflow.runtime.container.foundation import clock, known_settings, secrets, tables_named

if TYPE_CHECKING:
    from leadflow.adapters.dynamodb.call_counts import DynamoCallCounts
    from leadflow.adapters.dynamodb.deliveries import DynamoDeliveries
    from leadflow.adapters.dynamodb.outboxes import DynamoOutboxes
    from leadflow.adapters.dynamodb.stream_records import DynamoChanges
    from leadflow.adapters.event_bridge import EventBridgeBus
    from leadflow.adapters.outbound import HttpOutbound
    from leadflow.adapters.outbound_addresses import CheckedAddresses
    from leadflow.adapters.real_estate_api import HttpRealEstateApi
    from leadflow.adapters.sqs import SqsOutboxQueue, SqsUnreadRecords, SqsWithheldQueue
    from leadflow.adapters.step_functions import ExpressDistribution
    from leadflow.adapters.webhook_signatures import StandardSignatures


@cache
def distribution() -> ExpressDistribution:
    """The state machine."""
    from leadflow.adapters.step_functions import ExpressDistribution

    arn = known_settings().distribution_state_machine_arn
    return ExpressDistribution(arn, endpoint_url=known_settings().aws_endpoint_url)


@cache
def outbound() -> HttpOutbound:
    """HTTP to partners and other services."""
    from leadflow.adapters.outbound import HttpOutbound

    return HttpOutbound(clock(), allow_loopback=known_settings().allow_loopback_partners)


@cache
def addresses() -> CheckedAddresses:
    """Which URLs may be called."""
    from leadflow.adapters.outbound_addresses import CheckedAddresses

    return CheckedAddresses(allow_loopback=known_settings().allow_loopback_partners)


@cache
def call_counts() -> DynamoCallCounts:
    """How often partners' calls time out."""
    from leadflow.adapters.dynamodb.call_counts import DynamoCallCounts

    tables_named()
    return DynamoCallCounts()


@cache
def real_estate_api() -> HttpRealEstateApi:
    """The Real Estate API."""
    from leadflow.adapters.real_estate_api import HttpRealEstateApi

    return HttpRealEstateApi(outbound=outbound(), secrets=secrets())


@cache
def withheld_queue() -> SqsWithheldQueue:
    """The tokens of withheld leads."""
    from leadflow.adapters.sqs import SqsWithheldQueue

    known = known_settings()
    return SqsWithheldQueue(known.withheld_queue_url, known.withheld_dead_letters_url)


@cache
def bus() -> EventBridgeBus:
    """Where facts are told."""
    from leadflow.adapters.event_bridge import EventBridgeBus

    return EventBridgeBus(known_settings().event_bus_name)


@cache
def changes() -> DynamoChanges:
    """What the tables' streams say."""
    from leadflow.adapters.dynamodb.stream_records import DynamoChanges

    tables_named()
    return DynamoChanges()


@cache
def unread_records() -> SqsUnreadRecords:
    """Where records go that cannot be read."""
    from leadflow.adapters.sqs import SqsUnreadRecords

    return SqsUnreadRecords(known_settings().failed_facts_url)


@cache
def signatures() -> StandardSignatures:
    """Signatures of outgoing messages."""
    from leadflow.adapters.webhook_signatures import StandardSignatures

    return StandardSignatures()


@cache
def outbox_queue() -> SqsOutboxQueue:
    """Calls for deliveries of webhooks."""
    from leadflow.adapters.sqs import SqsOutboxQueue

    return SqsOutboxQueue(known_settings().outbox_queue_url, known_settings().slow_outbox_queue_url)


@cache
def deliveries() -> DynamoDeliveries:
    """What was and is to be sent to webhooks."""
    from leadflow.adapters.dynamodb.deliveries import DynamoDeliveries

    tables_named()
    return DynamoDeliveries()


@cache
def outboxes() -> DynamoOutboxes:
    """Who works on which webhook."""
    from leadflow.adapters.dynamodb.outboxes import DynamoOutboxes

    tables_named()
    return DynamoOutboxes()
