"""A partner that keeps timing out is paused by the schedule, in the real tables."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from leadflow.adapters.dynamodb.call_counts import DynamoCallCounts
from leadflow.adapters.dynamodb.configuration import DynamoConfiguration
from leadflow.application.exchange_ports import Call
from leadflow.application.ports import Window
from leadflow.domain.partners import Partner
from tests.builders import TENANT_ID, configuration, partner, ping_exchange, post_exchange
from tests.infrastructure.template import ROOT
from tests.integration.http import invoked
from tests.integration.seeds import store_configuration

EVENT: dict[str, Any] = json.loads((ROOT / "events/watch_partners/schedule.json").read_text())


@pytest.fixture(autouse=True)
def _stored(tables: dict[str, str]) -> None:
    store_configuration(configuration(partners=(active(1), active(2))))


def active(number: int) -> Partner:
    """A partner whose exchanges have been active for long."""
    since = datetime(2020, 1, 1, tzinfo=UTC)
    ping, post = ping_exchange(active_since=since), post_exchange(active_since=since)
    return partner(number, ping=ping, post=post)


def called(number: int, *, late: int, timely: int) -> None:
    """A minute ago, so many calls of a partner's ping were late and so many were not."""
    outcomes = [True] * late + [False] * timely
    calls = [Call(partner(number).id, "ping", timed_out) for timed_out in outcomes]
    DynamoCallCounts().count(TENANT_ID, calls, datetime.now(UTC) - timedelta(minutes=1))


def stored(number: int) -> Partner:
    return DynamoConfiguration().current(TENANT_ID).partners[partner(number).id]


def test_the_schedule_pauses_whom_it_has_to_and_says_so(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    called(1, late=12, timely=12)
    called(2, late=11, timely=12)
    assert invoked("watch_partners", EVENT) == {"paused": 1}
    ping = stored(1).ping
    assert ping
    assert (ping.active, ping.paused_reason) == (False, "timeouts")
    assert ping.paused_at
    assert stored(1).post == active(1).post
    assert stored(2) == active(2)
    [line] = DynamoConfiguration().audit_log(TENANT_ID, Window(9)).items
    assert (line.actor, line.resource_id) == ("system", partner(1).id)
    [warning] = [record for record in caplog.records if record.message == "partner paused"]
    assert vars(warning)["partner_id"] == partner(1).id
    assert vars(warning)["exchange"] == "ping"
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["PartnersPaused"] for line in told if "PartnersPaused" in line] == [[1.0]]


def test_a_repeat_pauses_nobody_again() -> None:
    called(1, late=20, timely=0)
    invoked("watch_partners", EVENT)
    assert invoked("watch_partners", EVENT) == {"paused": 0}
    assert stored(1).version == 2
