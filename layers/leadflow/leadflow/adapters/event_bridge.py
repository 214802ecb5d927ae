"""The bus of facts, on EventBridge."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from leadflow.adapters.aws_calls import faults_translated, short_calls
from leadflow.domain.errors import TransientFault
from leadflow.domain.told_facts import Told

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

SOURCE = "leadflow"
FACTS_AT_ONCE = 10
"""Entries that one call to EventBridge may put."""


class EventBridgeBus:
    """Implements `Bus`: a fact's name is the detail type, its members are the detail."""

    def __init__(self, bus_name: str) -> None:
        self._bus_name = bus_name

    def tell(self, facts: Sequence[Told]) -> None:
        """One call for every ten facts."""
        for start in range(0, len(facts), FACTS_AT_ONCE):
            entries = [self._entry(one) for one in facts[start : start + FACTS_AT_ONCE]]
            with faults_translated("The bus"):
                answer = self._client.put_events(Entries=entries)
            if answer["FailedEntryCount"]:
                raise TransientFault("The bus did not take all facts.")

    def _entry(self, told: Told) -> "PutEventsRequestEntryTypeDef":
        return {
            "EventBusName": self._bus_name,
            "Source": SOURCE,
            "DetailType": told.name,
            "Detail": told.fact.model_dump_json(),
        }

    @cached_property
    def _client(self) -> "EventBridgeClient":
        import boto3  # noqa: PLC0415 # a second to import: only for what really tells facts

        return boto3.client("events", config=short_calls())
