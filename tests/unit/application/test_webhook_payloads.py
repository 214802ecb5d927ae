"""What webhooks are sent."""

import json
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest

from leadflow.application.webhook_news import LeadNews
from leadflow.application.webhook_payloads import (
    Payload,
    customer_variables,
    default_payload,
    payload_of,
    request_of,
)
from leadflow.application.webhook_reading import Untellable, lead_data
from leadflow.application.webhook_samples import sample_news
from leadflow.domain.exchanges import BodyFormat, HttpMethod, MappingRow
from leadflow.domain.told_facts import FactName
from tests.builders import configuration, lead
from tests.unit.application.webhook_world import (
    BUYER,
    assigned,
    customer_webhook,
    sold,
    webhook,
)
from tests.unit.domain.bidding_examples import NOW

VALUES = {"first_name": "Ada", "zip": "78701", "beds": 3, "scope": "mine"}


def news(**changes: object) -> LeadNews:
    fact = assigned().model_copy(update=changes)
    return LeadNews(fact, lead_data(sold(values=VALUES), configuration()), BUYER)


def rows(*pairs: tuple[str, str | int]) -> tuple[MappingRow, ...]:
    return tuple(MappingRow(key=key, value=value) for key, value in pairs)


def test_a_lead_has_its_fields_flat_and_nested_beside_buyer_and_sale() -> None:
    assert default_payload(FactName.LEAD_ASSIGNED, news()) == {
        "type": "lead.assigned",
        "timestamp": "2026-03-11T12:00:00Z",
        "first_name": "Ada",
        "zip": "78701",
        "beds": 3,
        "lead_public_id": lead().id,
        "lead": {
            **VALUES,
            "leadType": {"name": "Any"},
            "details": {"beds": 3, "scope": "mine"},
        },
        "deliverable_fields": {"first_name": "Ada", "zip": "78701"},
        "status": "assigned",
        "scope": "county",
        "charged_amount_cents": 4500,
        "buyer": {
            "customer_public_id": BUYER.id,
            "name": "Buyer 1",
            "email": "buyer1@example.com",
            "phone": "+15125550142",
        },
    }


def test_members_without_a_value_are_left_out() -> None:
    blank = dict.fromkeys(("customer_id", "scope", "charged_cents"))
    unsold = LeadNews(assigned().model_copy(update=blank), news().lead)
    members = default_payload(FactName.LEAD_CREATED, unsold)
    assert not members.keys() & {"buyer", "charged_amount_cents", "partner_public_id"}


@pytest.mark.parametrize(
    ("event", "members"),
    [
        (FactName.CUSTOMER_CREATED, {"customer_public_id", "customer"}),
        (FactName.CUSTOMER_USER_ATTACHED, {"customer_public_id", "customer", "user"}),
        (
            FactName.TRANSACTION_UPDATED,
            {
                "customer_public_id",
                "transaction_id",
                "amount",
                "amount_cents",
                "event",
                "state",
                "lead_public_id",
                "created_at",
            },
        ),
        (FactName.STATE_LEAD_TYPE_STATS_UPDATED, {"since", "stats"}),
    ],
)
def test_every_kind_of_event_has_its_own_members(event: FactName, members: set[str]) -> None:
    payload = default_payload(event, sample_news(event, configuration(), NOW))
    assert payload.keys() == {"type", "timestamp"} | members
    json.dumps(payload)


def test_amounts_are_dollars_and_cents_with_their_sign() -> None:
    event = FactName.TRANSACTION_UPDATED
    payload = default_payload(event, sample_news(event, configuration(), NOW))
    assert (payload["amount"], payload["amount_cents"]) == (-45.0, -4500)


def test_statistics_name_the_lead_type_of_each_row() -> None:
    event = FactName.STATE_LEAD_TYPE_STATS_UPDATED
    payload = default_payload(event, sample_news(event, configuration(), NOW))
    [row] = json.loads(json.dumps(payload))["stats"]
    assert (row["state"], row["lead_type"], row["leads_assigned"]) == ("TX", "Sample", 1)


def test_mapping_rows_take_the_place_of_the_default_members() -> None:
    mapping = rows(
        ("lead.id", "{{ lead_public_id }}"),
        ("lead.beds", "{{ lead.details.beds }}"),
        ("who", "{{ buyer.customer_public_id }} of {{ source }}, {{ lead_category }}"),
        ("type", "{{ lead_type }}/{{ lead.leadType.name }}/{{ type }}"),
        ("nobody", "{{ partner_public_id }}"),
        ("fixed", 7),
    )
    payload = payload_of(webhook(mapping=mapping), FactName.LEAD_ASSIGNED, news())
    assert payload == {
        "lead": {"id": lead().id, "beds": 3},
        "who": f"{BUYER.id} of Web, Homes",
        "type": "Any/Any/lead.assigned",
        "nobody": "",
        "fixed": 7,
    }


def test_the_variables_of_a_template_are_those_of_the_product_and_deliverable_fields() -> None:
    variables = customer_variables(news())
    assert variables.keys() == {
        "charged_amount",
        "charged_amount_cents",
        "scope",
        "lead_type",
        "lead_category",
        "buyer.customer_public_id",
        "buyer.phone",
        "lead.public_id",
        "first_name",
        "zip",
        "lead.first_name",
        "lead.zip",
    }
    assert variables["scope"] == "county"


def test_a_deliverable_custom_field_is_a_detail_too() -> None:
    data = lead_data(sold(values=VALUES), configuration())
    theirs = LeadNews(assigned(), data.__class__(**{**vars(data), "delivered": VALUES}))
    variables = customer_variables(theirs)
    assert (variables["lead.details.beds"], variables["lead.scope"]) == (3, "mine")
    assert "buyer.phone" not in variables


def test_a_lead_that_cost_nothing_is_charged_nothing() -> None:
    assert customer_variables(news(charged_cents=None))["charged_amount_cents"] == 0


@pytest.mark.parametrize("template", [None, '{"a": "{{ charged_amount }}"}'])
def test_a_customer_gets_what_its_template_makes(template: str | None) -> None:
    payload = payload_of(customer_webhook(template=template), FactName.LEAD_ASSIGNED, news())
    assert isinstance(payload, dict)
    assert payload.get("a" if template else "charged_amount") == "45.00"


@pytest.mark.parametrize("spelled", BodyFormat)
def test_forms_have_flat_keys(spelled: BodyFormat) -> None:
    one = customer_webhook(format=spelled)
    payload: Payload = json.loads('{"a": {"b": [1, {"c": true}]}, "d": "x&y", "e": null}')
    request = request_of(one, payload, {})
    body = (request.body or b"").decode()
    if spelled is BodyFormat.JSON:
        assert json.loads(body) == payload
    else:
        assert parse_qsl(body) == [("a.b.0", "1"), ("a.b.1.c", "true"), ("d", "x&y")]
        assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"


def test_with_get_the_payload_is_the_query() -> None:
    one = webhook(method=HttpMethod.GET, url="https://erp.example.com/hook?a=1")
    request = request_of(one, ["x", "y"], {})
    assert request.body is None
    assert parse_qsl(urlsplit(request.url).query) == [("a", "1"), ("0", "x"), ("1", "y")]


NAMED_OFTEN = '{"a": "' + "{{zip}}" * 2_800 + '"}'
"""A template that is not too long, and names a value thousands of times."""
LONG = {"zip": "7" * 10_000}


def test_more_than_a_receiver_can_be_sent_is_never_made() -> None:
    data = lead_data(sold(values=LONG), configuration())
    theirs = LeadNews(assigned(), replace(data, delivered=LONG))
    mapping = rows(*((f"k{number}", "{{ zip }}" * 400) for number in range(3)))
    for one in (customer_webhook(template=NAMED_OFTEN), webhook(mapping=mapping)):
        with pytest.raises(Untellable, match="more than 1048576 characters"):
            payload_of(one, FactName.LEAD_ASSIGNED, theirs)
    default = payload_of(customer_webhook(), FactName.LEAD_ASSIGNED, theirs)
    assert isinstance(default, dict)
    assert default["zip"] == LONG["zip"]
