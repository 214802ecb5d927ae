"""What crashes leave is finished on real tables, whoever else is at it at the same moment."""

from datetime import UTC, datetime, timedelta

import pytest

from leadflow.adapters.dynamodb.leads import DynamoLeads, lead_item
from leadflow.domain.identifiers import FlowId, LeadId
from leadflow.domain.leads import LeadStatus
from leadflow.runtime import container
from tests.builders import TENANT_ID, configuration, flow, lead, numbered
from tests.contract_run import held
from tests.integration.http import invoked
from tests.integration.in_process import InProcess
from tests.integration.races import at_once
from tests.integration.seeds import (
    entries_of,
    store_bid,
    store_configuration,
    store_customer,
    store_lead,
)
from tests.unit.domain.bidding_examples import bid, customer

STRAYS = 6


@pytest.fixture(autouse=True)
def _market(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A bidder, and runs that end before they are waited for."""
    made = InProcess()
    monkeypatch.setattr(container, "distribution", lambda: made)
    store_configuration(configuration())
    store_customer(customer(1))
    store_bid(bid(100))


def stray(number: int, minutes: int = 6) -> LeadId:
    """A lead that has been processing for so long."""
    received = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=minutes)
    flow_id = FlowId(numbered("flow", number))
    left = lead(id=LeadId(numbered("lead", number)), received_at=received, flow_ids=(flow_id,))
    store_lead(left, number, head=flow(id=flow_id, started_at=received))
    return left.id


def status(lead_id: LeadId) -> LeadStatus:
    found = DynamoLeads().get(TENANT_ID, lead_id)
    assert found
    return found.status


def test_three_calls_at_once_finish_every_lead_once() -> None:
    left = [stray(number) for number in range(1, STRAYS + 1)]
    at_once([lambda: invoked("reconcile", {}) for _ in range(3)])
    assert {status(one) for one in left} == {LeadStatus.ASSIGNED}
    charged = [one.related["lead_id"] for one in entries_of(customer(1).id)]
    assert sorted(charged) == sorted(left)
    assert invoked("reconcile", {}) == {}
    held("three recoveries of one crash at once", ["C1", "C5"], operations=3 * STRAYS)


def test_a_lead_without_a_flow_is_told_and_holds_up_no_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    received = datetime.now(UTC) - timedelta(hours=1)
    poisoned = lead(
        id=LeadId(numbered("lead", 9)),
        received_at=received,
        flow_ids=(FlowId(numbered("flow", 9)),),
    )
    lead_item(TENANT_ID, poisoned).save()
    stored = stray(1, minutes=11)
    assert invoked("reconcile", {}) == {"given_up": 1, "left": 1}
    assert status(stored) is LeadStatus.DISTRIBUTION_ERROR
    assert '"stage":"local","StraysUnfinished":[2.0]' in capsys.readouterr().out
