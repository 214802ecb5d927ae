"""Trial calls of webhooks."""

import json

import pytest

from leadflow.application.caller_scope import CallerScope
from leadflow.application.exchange_ports import Failure, Reply
from leadflow.application.track_deliveries import WebhookPath
from leadflow.application.try_partner_exchange import TRIAL_SECONDS_MAX
from leadflow.application.try_webhook import WebhookTrial, WebhookTrialForm
from leadflow.domain.deliveries import DeliveryStatus
from leadflow.domain.errors import NotFound, ValidationFailed
from leadflow.domain.exchanges import MappingRow
from leadflow.domain.principals import Role
from leadflow.domain.told_facts import FactName
from leadflow.domain.webhooks import Webhook
from tests.builders import TENANT_ID, lead, numbered
from tests.fakes.outbound import answer, no_answer
from tests.unit.application.webhook_world import (
    CUSTOMER_URL,
    URL,
    World,
    customer_webhook,
    sold,
    webhook,
)
from tests.unit.domain.bidding_examples import customer

TENANT = CallerScope(TENANT_ID, "user_1", Role.ADMIN)


def tried(world: World, one: Webhook, lead_id: str | None = None) -> WebhookTrial:
    path = WebhookPath(one.id, one.customer_id)
    return world.try_webhook(TENANT, path, WebhookTrialForm(lead_id=lead_id))


@pytest.mark.parametrize("event", FactName)
def test_every_event_can_be_tried_with_made_up_data(event: FactName) -> None:
    one = webhook(event=event, active=False)
    world = World.of(one)
    trial = tried(world, one)
    assert trial.outcome is DeliveryStatus.SUCCEEDED
    assert json.loads(trial.request.body or "")["type"] == event
    assert world.outbound.sent[0].headers["webhook-signature"]
    assert world.made(one) == []


def test_a_customer_tries_with_made_up_data_or_one_of_its_leads() -> None:
    one = customer_webhook(active=False)
    world = World.of(one)
    made_up = json.loads(tried(world, one).request.body or "")
    assert (made_up["charged_amount"], made_up["first_name"]) == ("45.00", "Ada")
    own = json.loads(tried(world, one, lead(3).id).request.body or "")
    assert own["last_name"] == "Byron"


@pytest.mark.parametrize("lead_id", [lead(0).id, lead(1).id, numbered("lead", 999), "lead_x"])
def test_a_lead_that_is_not_the_customers_is_not_found(lead_id: str) -> None:
    one = customer_webhook()
    world = World.of(one)
    rival = customer(9)
    assignment = sold().assignment
    assert assignment
    theirs = sold(1, assignment=assignment.model_copy(update={"customer_id": rival.id}))
    world.customers.stored[TENANT_ID, rival.id] = rival
    world.leads.stored |= {lead(0).id: lead(0), theirs.id: theirs}
    with pytest.raises(NotFound):
        tried(world, one, lead_id)
    assert world.outbound.sent == []


def test_a_lead_of_an_unknown_customer_is_not_told_of() -> None:
    one = webhook()
    world = World.of(one)
    buyer = sold().assignment
    assert buyer
    strange = buyer.model_copy(update={"customer_id": numbered("cus", 9)})
    world.leads.stored[lead(0).id] = sold(assignment=strange)
    with pytest.raises(NotFound):
        tried(world, one, lead(0).id)


def test_the_tenant_tries_with_any_lead() -> None:
    one = webhook()
    world = World.of(one)
    world.leads.stored[lead(0).id] = lead(0)
    body = json.loads(tried(world, one, lead(0).id).request.body or "")
    assert (body["status"], body["lead_public_id"]) == ("processing", lead(0).id)
    assert "charged_amount_cents" not in body


def test_an_event_without_a_lead_takes_none() -> None:
    one = webhook(event=FactName.CUSTOMER_CREATED)
    with pytest.raises(ValidationFailed) as refused:
        tried(World.of(one), one, lead(0).id)
    assert set(refused.value.errors) == {"lead_id"}


@pytest.mark.parametrize(
    ("reply", "error"),
    [(answer(status=500), None), (no_answer(Failure.TIMEOUT), "timeout")],
)
def test_a_failure_is_shown_and_not_repeated(reply: Reply, error: str | None) -> None:
    one = webhook(timeout_seconds=30)
    world = World.of(one)
    world.outbound.replies = {URL: reply, CUSTOMER_URL: reply}
    trial = tried(world, one)
    assert (trial.outcome, trial.error) == (DeliveryStatus.FAILED, error)
    assert (trial.response is None) is (reply.status is None)
    [request] = world.outbound.sent
    assert request.timeout_seconds == TRIAL_SECONDS_MAX


@pytest.mark.parametrize("member", ["template", "mapping"])
def test_what_makes_too_much_of_a_lead_is_told_of(member: str) -> None:
    long = {"email": "a" * 10_000}
    often = "{{ email }}" * 300
    made = {
        "template": customer_webhook(template=f'{{"a": "{often}"}}'),
        "mapping": webhook(mapping=(MappingRow(key="a", value=often),)),
    }[member]
    world = World.of(made)
    world.leads.stored[lead(0).id] = sold(0, values=long)
    with pytest.raises(ValidationFailed) as refused:
        tried(world, made, lead(0).id)
    assert list(refused.value.errors) == [member]
