"""Paths on which others are told what happened: facts on the bus, and webhooks."""

import json
from collections import Counter

from tests.builders import configuration
from tests.integration.faults.account import Queued
from tests.integration.faults.campaign import Path
from tests.integration.faults.money import sold
from tests.integration.faults.tenant import ADMIN
from tests.integration.faults.world import DELIVERIES, World
from tests.integration.http import Client
from tests.integration.seeds import store_configuration
from tests.integration.test_publish_facts import TOLD, from_adapters
from tests.integration.webhook_calls import event
from tools.stub_partner import Behaviour

STREAMS = ("leads", "wallets")
BATCHES_MAX = 10


def _tenant(world: World) -> None:
    store_configuration(configuration())


def _published(world: World) -> None:
    """A batch of each stream comes until it is taken; it begins where the last one broke off."""
    for stream in STREAMS:
        records = from_adapters(stream)["Records"]
        for _ in range(BATCHES_MAX):
            if not records:
                break
            records = _left(world, records)
        assert not records


def _left(world: World, records: list[dict[str, object]]) -> list[dict[str, object]]:
    try:
        answer = world.invoke("publish_facts", {"Records": records})
    except Exception:  # whatever it was, the batch comes again
        return records
    assert isinstance(answer, dict)
    failed = [one["itemIdentifier"] for one in answer["batchItemFailures"]]
    places = [one["dynamodb"]["SequenceNumber"] for one in records]  # type: ignore[index] # a record
    return records[places.index(failed[0]) :] if failed else []


def _told_under_one_id(world: World) -> None:
    """Each fact is told, whatever it takes under the same id."""
    told = {(one["DetailType"], json.loads(one["Detail"])["id"]) for one in world.account.told}
    assert Counter(name for name, _ in told) == Counter(TOLD["leads"] + TOLD["wallets"])


def _listening(world: World) -> None:
    sold(world)
    body = {"name": "A", "event": "lead.assigned", "timeout_seconds": 1}
    route, url = "/webhooks", f"{world.stub.url}/hook"
    made = Client("manage_configuration", ADMIN).call("POST", route, {**body, "url": url})
    assert made.status == 201, made.text
    world.note["webhook"] = made.body["id"]


def _answering(world: World) -> None:
    world.stub.script("/hook", Behaviour())


def _delivered(world: World) -> None:
    [record, *_] = event("plan_deliveries/facts")["Records"]
    fact, lead = json.loads(record["body"]), world.note["lead"]
    fact["detail"] |= {"id": f"{lead}#2", "lead_id": lead}
    world.account.queues[DELIVERIES].append(Queued("fact-1", json.dumps(fact), ""))
    world.drain()


def _received_under_one_id(world: World) -> None:
    """The receiver has the message, at least once and under one id, and the history says so."""
    route = f"/webhooks/{world.note['webhook']}/deliveries"
    [delivery] = Client("track_deliveries", ADMIN).call("GET", route).body["data"]
    assert delivery["status"] == "succeeded"
    assert {call.headers["webhook-id"] for call in world.stub.calls} == {delivery["id"]}
    assert not any(world.account.queues.values())


PATHS = (
    Path("facts of the streams", ("C6",), _tenant, act=_published, goal=_told_under_one_id),
    Path(
        "a webhook",
        ("C6",),
        arrange=_listening,
        ready=_answering,
        act=_delivered,
        goal=_received_under_one_id,
    ),
)
