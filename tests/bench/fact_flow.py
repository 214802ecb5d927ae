"""What changes set off behind a request: streams, the bus, and the queue of deliveries.

Streams are read as Lambda reads them: what the mapping's filters let pass, in batches.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from tests.bench.images import drawn_tables
from tests.bench.market import context
from tests.bench.metering import Metering
from tests.bench.sold_lead import handler_of
from tests.infrastructure.patterns import filters_of, matches
from tests.infrastructure.template import resources
from tools.cost.recorded import Call, Change, Delivery, Sent

QUEUE = "deliveries"
PUBLISHER, PLANNER = TELLERS = ("publish_facts", "plan_deliveries")
STREAMED = ("LeadsTable", "WalletsTable", "ConfigurationTable")
RECORDS_MAX, MESSAGES_MAX = 100, 10
"""What the template lets one invocation take."""

Json = Mapping[str, Any]
Part = TypeVar("Part")


def told(metering: Metering, batch: int) -> tuple[tuple[Delivery, ...], tuple[Sent, ...]]:
    """Publish the facts of all changes so far, and plan their deliveries, so many at once."""
    for records in _batches(list(metering.recorder.calls), min(batch, RECORDS_MAX)):
        handled(metering, PUBLISHER, records)
    bodies = [_body(entry) for entry in _entries(metering.recorder.calls)]
    deliveries: list[Delivery] = []
    for together in _cut(bodies, min(batch, MESSAGES_MAX)):
        handled(metering, PLANNER, [_message(body) for body in together])
        deliveries.append(Delivery(QUEUE, sum(map(len, together))))
    return tuple(deliveries), tuple(Sent(QUEUE, len(body)) for body in bodies)


def handled(metering: Metering, function: str, records: Sequence[Json]) -> None:
    """Let a function handle a batch. It must handle all of it: nothing is to come again."""
    event = {"Records": list(records)}
    answer = metering.invoke(function, lambda: handler_of(function)(event, context()))
    if answer["batchItemFailures"]:
        message = f"{function} did not handle a batch: {answer}"
        raise AssertionError(message)


def _batches(calls: Iterable[Call], size: int) -> Iterator[Sequence[Json]]:
    """Each table has a stream of its own."""
    changes = [change for call in calls for change in call.changes]
    for table in STREAMED:
        filters = filters_of(f"{table.removesuffix('Table')}StreamMapping")
        here = (one for one in changes if one.table == table and one.before != one.after)
        records = [_record(change, place) for place, change in enumerate(here)]
        passed = [one for one in records if any(matches(pattern, one) for pattern in filters)]
        yield from _cut(passed, size)


def _record(change: Change, place: int) -> Json:
    images = {"OldImage": change.before, "NewImage": change.after}
    there = {name: image for name, image in images.items() if image is not None}
    keys = next(iter(there.values()))
    name = "INSERT" if change.before is None else "MODIFY" if change.after else "REMOVE"
    return {
        "eventName": name,
        "eventSourceARN": f"arn:aws:dynamodb:us-east-1:1:table/{change.table}/stream/1",
        "dynamodb": {
            "Keys": {key: keys[key] for key in drawn_tables()[change.table].keys},
            "SequenceNumber": f"{place:021d}",
            **there,
        },
    }


def _entries(calls: Iterable[Call]) -> Iterator[Json]:
    """The facts on the bus that its rule sends to the queue."""
    pattern = resources("AWS::Events::Rule")["DeliveriesRule"]["Properties"]["EventPattern"]
    for call in calls:
        for entry in call.sent["Entries"] if call.operation == "PutEvents" else ():
            event = {"source": entry["Source"], "detail-type": entry["DetailType"]}
            if matches(pattern, event):
                yield event | {"detail": json.loads(entry["Detail"])}


def _body(event: Json) -> str:
    """An event as the bus writes it."""
    around = {
        "version": "0",
        "id": "11111111-2222-3333-4444-666666666666",
        "account": "123456789012",
        "time": "2026-03-11T12:00:00Z",
        "region": "us-east-1",
        "resources": [],
    }
    return json.dumps({**around, **event})


def _message(body: str) -> Json:
    attributes = {"ApproximateReceiveCount": "1", "SentTimestamp": "1790000000000"}
    return {
        "messageId": "message-1",
        "body": body,
        "attributes": attributes,
        "eventSource": "aws:sqs",
    }


def _cut(whole: Sequence[Part], size: int) -> Iterator[Sequence[Part]]:
    for start in range(0, len(whole), size):
        yield whole[start : start + size]
