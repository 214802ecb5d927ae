"""Withheld leads in the real tables: their order, and the handlers that let them out."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.adapters.dynamodb.withheld_leads import DynamoWithheldLeads
from leadflow.application.run_ports import Run, RunResult
from leadflow.application.withheld_ports import WithheldLeads
from leadflow.domain.errors import TransientFault
from leadflow.domain.identifiers import TenantId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.subscriptions import Limits
from leadflow.runtime import container
from tests.builders import TENANT_ID, configuration, lead
from tests.fakes.leads import MemoryLeads
from tests.fakes.withheld import MemoryBus, MemoryQueue, MemoryWaiting
from tests.integration.http import invoked
from tests.integration.in_process import InProcess
from tests.integration.seeds import store_bid, store_configuration, store_customer, store_lead
from tests.unit.application.withheld_world import waiting
from tests.unit.domain.bidding_examples import NOW, bid, customer

EVENTS = Path(__file__).resolve().parents[2] / "events"
OTHER_TENANT = TenantId("tenant_" + "9" * 26)
PLACES, THREADS = 5, 8

Keeper = Callable[..., WithheldLeads]


def in_memory(*leads: Lead) -> WithheldLeads:
    return MemoryWaiting(MemoryLeads.of(*leads))


def in_dynamo(*leads: Lead) -> WithheldLeads:
    for number, one in enumerate(leads):
        store_lead(one, number)
    return DynamoWithheldLeads()


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize("keep", [in_memory, in_dynamo])
class TestWithheldLeads:
    """The contract of the port."""

    def test_the_oldest_come_first_however_many_months_they_wait(self, keep: Keeper) -> None:
        ages = [timedelta(days=days) for days in (1, 400, 40)]
        leads = [waiting(number).changed(NOW, version=1) for number in range(3)]
        old = [
            one.model_copy(update={"received_at": NOW - age})
            for one, age in zip(leads, ages, strict=True)
        ]
        order = keep(*old)
        assert order.oldest(TENANT_ID, limit=9) == [old[1].id, old[2].id, old[0].id]
        assert order.oldest(TENANT_ID, limit=1) == [old[1].id]

    def test_others_are_not_among_them(self, keep: Keeper) -> None:
        again = lead(1, run_began_at=NOW)
        assert keep(lead(0, status=LeadStatus.AUDIT), again).oldest(TENANT_ID, limit=9) == []


class Told:
    """What the handlers told the world."""

    def __init__(self) -> None:
        self.queue = MemoryQueue()
        self.bus = MemoryBus()


@pytest.fixture
def told(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Told:
    """A tenant with one buyer, and a queue and a bus that remember."""
    told = Told()
    monkeypatch.setattr(container, "distribution", InProcess)
    monkeypatch.setattr(container, "withheld_queue", lambda: told.queue)
    monkeypatch.setattr(container, "bus", lambda: told.bus)
    store_configuration(configuration())
    store_customer(customer(1))
    store_bid(bid(100, owner=1))
    return told


def event(case: str) -> dict[str, Any]:
    """An event of the release, as if its messages had been sent just now."""
    made: dict[str, Any] = json.loads((EVENTS / f"release_withheld_leads/{case}.json").read_text())
    sent_at = str(int(container.clock().now().timestamp() * 1000))
    for record in made["Records"]:
        record["attributes"]["SentTimestamp"] = sent_at
    return made


def release(case: str | dict[str, Any]) -> list[str]:
    """The messages that are kept."""
    answer = invoked("release_withheld_leads", event(case) if isinstance(case, str) else case)
    assert isinstance(answer, dict)
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def ids(case: str) -> list[str]:
    return [one["messageId"] for one in event(case)["Records"]]


def wait(number: int, room: int) -> list[Lead]:
    """So many leads wait, and there is room for some."""
    container.plan_usage().change_limits(TENANT_ID, Limits(leads=room))
    leads = [waiting(one) for one in range(number)]
    in_dynamo(*leads)
    return leads


def status(of: Lead) -> LeadStatus | None:
    found = DynamoLeads().get(TENANT_ID, of.id)
    return found.status if found else None


def redemptions(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [vars(one)["redemption"] for one in caplog.records if one.message == "token"]


@pytest.mark.usefixtures("told")
def test_who_is_first_is_sold_and_the_next_token_is_kept_when_the_room_is_used_up(
    caplog: pytest.LogCaptureFixture,
) -> None:
    first, second = wait(2, room=1)
    assert release("tokens") == ids("tokens")[1:]
    assert (status(first), status(second)) == (LeadStatus.ASSIGNED, LeadStatus.WITHHELD)
    assert redemptions(caplog) == ["released", "blocked"]
    assert container.plan_usage().standing(TENANT_ID).used.leads == 1


@pytest.mark.usefixtures("told")
def test_a_lead_that_was_counted_before_needs_room_and_takes_none() -> None:
    container.plan_usage().change_limits(TENANT_ID, Limits(leads=2))
    counted, new = waiting(0, is_counted=True), waiting(1)
    in_dynamo(counted, new)
    assert release("tokens") == []
    assert (status(counted), status(new)) == (LeadStatus.ASSIGNED, LeadStatus.ASSIGNED)
    assert container.plan_usage().standing(TENANT_ID).used.leads == 1


@pytest.mark.usefixtures("told")
def test_behind_a_kept_token_its_group_waits_unseen_and_other_groups_go_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    wait(1, room=0)
    batch = event("tokens")
    other = json.loads(json.dumps(batch["Records"][0]).replace(TENANT_ID, OTHER_TENANT))
    batch["Records"].append(other | {"messageId": "other"})
    assert release(batch) == ids("tokens")
    assert redemptions(caplog) == ["blocked", "none_waiting"]


def test_a_chain_token_is_followed_by_another(told: Told) -> None:
    wait(2, room=2)
    assert release("chain_token") == []
    assert [one.is_chain for one in told.queue.tokens] == [True]


def test_a_worn_out_token_is_replaced_and_ends(told: Told) -> None:
    wait(1, room=0)
    assert release("worn_out_token") == []
    assert [one.is_chain for one in told.queue.tokens] == [True]


def test_what_is_no_token_is_set_aside_and_closes_nothing(told: Told) -> None:
    [only] = wait(1, room=1)
    assert release("malformed") == []
    assert [one.id for one in told.queue.aside] == ids("malformed")[:1]
    assert status(only) is LeadStatus.ASSIGNED


def test_a_message_that_cannot_be_handled_now_is_kept_with_its_group_and_told(
    told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    told.queue.fault = TransientFault("down")
    assert release("malformed") == ids("malformed")
    [failure] = [one for one in caplog.records if one.message == "message failed"]
    assert vars(failure)["message_id"] == ids("malformed")[0]


@pytest.mark.usefixtures("told")
def test_of_many_releases_at_once_as_many_pass_as_there_are_places() -> None:
    leads = wait(PLACES + 3, room=PLACES)
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(release, ["tokens"] * THREADS))
    released = [status(one) is not LeadStatus.WITHHELD for one in leads]
    assert released == [True] * PLACES + [False] * 3
    assert container.plan_usage().standing(TENANT_ID).used.leads == PLACES


@pytest.mark.usefixtures("told")
def test_a_release_that_breaks_off_is_finished_by_reconcile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Killed(InProcess):
        def run(self, run: Run, *, patience_seconds: float) -> RunResult | None:
            raise MemoryError

    monkeypatch.setattr(container, "distribution", Killed)
    [only] = wait(1, room=1)
    assert release("tokens") == ids("tokens")
    assert status(only) is LeadStatus.PROCESSING
    monkeypatch.setattr(container, "distribution", InProcess)
    invoked("reconcile", {"idle_seconds": 0})
    assert status(only) is LeadStatus.ASSIGNED
    assert release("tokens") == []
    assert container.plan_usage().standing(TENANT_ID).used.leads == 1


def test_the_schedule_tells_levels_once_and_tops_tokens_up(
    told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    wait(3, room=1)
    release("tokens")
    schedule = json.loads((EVENTS / "watch_subscriptions/schedule.json").read_text())
    assert invoked("watch_subscriptions", schedule) == {"announced": 3, "topped_up": 0}
    assert len([one for one in caplog.records if one.message == "usage level reached"]) == 3
    container.plan_usage().change_limits(TENANT_ID, Limits(leads=9))
    assert invoked("watch_subscriptions", schedule) == {"announced": 0, "topped_up": 1}
    assert [one.is_chain for one in told.queue.tokens] == [True]
