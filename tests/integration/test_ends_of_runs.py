"""Runs that end without a sale at a stage, through the real handlers."""

from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.application.configuration_ports import SETTINGS_SECRETS, SecretChange
from leadflow.domain.exchanges import TreatUnknownAs
from leadflow.domain.leads import LeadStatus
from leadflow.domain.signing_secrets import first_secret
from leadflow.domain.starts import NamedStart
from leadflow.runtime import container
from tests.builders import TENANT_ID, configuration, flow, lead, partner, run
from tests.fakes.clock import FixedClock
from tests.fakes.direct_post import SECRET, posting
from tests.integration.conftest import forget_process
from tests.integration.http import invoked
from tests.integration.seeds import store_configuration, store_lead, store_secrets
from tests.integration.test_partner_sales import RESERVATION
from tests.unit.domain.bidding_examples import NOW
from tools.stub_partner import Act, Behaviour, StubPartner

PASSED = replace(run(), stage_id=None, method="none", step=2)


@pytest.mark.usefixtures("loopback", "tables")
def test_a_receiver_that_is_gone_gets_no_second_lead(stub: StubPartner) -> None:
    url = stub.script("/gone", Behaviour(act=Act.STATUS, status=410))
    on = posting(url=url)
    store_configuration(on)
    secrets = first_secret(SECRET)
    store_secrets(SecretChange(SETTINGS_SECRETS, on.settings.version, secrets, tuple(secrets)))
    for number in range(2):
        store_lead(lead(number), number, flow(number, start=NamedStart.DIRECT_POST))
        ids = {"lead_id": lead(number).id, "flow_id": flow(number).id}
        ended = invoked("close_flow", asdict(PASSED) | ids)
        assert isinstance(ended, dict)
        assert ended["status"] == LeadStatus.UNASSIGNED
    assert len(stub.calls) == 1
    off = container.configuration().current(TENANT_ID).settings.direct_post
    assert (off.enabled, off.disabled_reason) == (False, "gone")


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize(
    ("function", "event"),
    [
        ("record_distribution_error", asdict(run()) | {"fault": {"Error": "CorruptState"}}),
        ("reconcile", {"idle_seconds": 0}),
    ],
    ids=["error", "reconcile"],
)
def test_a_post_that_stayed_open_counts_as_sold_where_the_partners_rule_says_so(
    monkeypatch: pytest.MonkeyPatch, function: str, event: dict[str, object]
) -> None:
    later = FixedClock(NOW + timedelta(minutes=11))
    monkeypatch.setattr(container, "clock", lambda: later)
    store_configuration(configuration(partners=(partner(1),)))
    store_lead(lead())
    kept = RESERVATION.model_copy(update={"treat_unknown_as": TreatUnknownAs.SOLD})
    DynamoLeads().reserve(TENANT_ID, lead().changed(NOW, reservation=kept))
    forget_process()
    assert invoked(function, event)
    sold = DynamoLeads().get(TENANT_ID, lead().id)
    assert sold
    assert sold.assignment
    assert (sold.status, sold.assignment.partner_id) == (LeadStatus.POSTED, partner(1).id)
