"""The reading functions from an API Gateway event to the answer, over DynamoDB."""

import copy
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from pynamodb.connection import Connection

from leadflow.adapters.dynamodb.flows import flow_item, step_item
from leadflow.adapters.dynamodb.lead_items import LeadItem
from leadflow.adapters.dynamodb.leads import lead_item
from leadflow.adapters.dynamodb.submissions import submission_item
from leadflow.domain.flows import EventName, FlowStep, TimelineEvent
from leadflow.domain.leads import Lead
from leadflow.domain.principals import Principal, Role
from leadflow.runtime import container
from tests.fakes.readings import FixedConfiguration, StillClock
from tests.integration.http import invoked
from tests.reading import (
    BUYER,
    NOON,
    OTHER_SOURCE,
    RIVAL,
    SOURCE,
    STRANGER,
    TENANT,
    buyer,
    flow,
    lead,
    sender,
    sold_lead,
    submission,
    user,
)

EVENTS = Path(__file__).parents[2] / "events"
Answer = dict[str, Any]


@pytest.fixture(autouse=True)
def stack(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables in moto, a configuration that is given, and a clock that stands still."""
    monkeypatch.setattr(container, "configuration", FixedConfiguration)
    monkeypatch.setattr(container, "clock", StillClock)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each operation of the store was called."""
    counted: Counter[str] = Counter()
    dispatch = Connection.dispatch

    def counting(self: Connection, operation: str, arguments: dict[str, object]) -> object:
        counted[operation] += 1
        return dispatch(self, operation, arguments)

    monkeypatch.setattr(Connection, "dispatch", counting)
    return counted


def keep(*leads: Lead) -> None:
    with LeadItem.batch_write() as batch:
        for one in leads:
            batch.save(lead_item(TENANT, one))


def keep_run(number: int) -> None:
    """A sold lead with its submission and its flow."""
    keep(sold_lead(number))
    submission_item(TENANT, submission(number)).save()
    flow_item(TENANT, flow(number)).save()
    initiated = TimelineEvent(at=NOON, event=EventName.INITIATED, description="It began.")
    step_item(TENANT, flow(number).id, FlowStep(number=0, timeline=(initiated,))).save()


def answer(
    function: str,
    case: str,
    *,
    principal: Principal | None = None,
    path: str | None = None,
    query: dict[str, str] | None = None,
) -> Answer:
    """What a function answers to an event, or to the same event of somebody or something else."""
    event = copy.deepcopy(json.loads((EVENTS / function / f"{case}.json").read_text()))
    if principal is not None:
        authorizer = {"principal": principal.model_dump_json(), "caller": principal.caller}
        event["requestContext"]["authorizer"] = authorizer
    if query is not None:
        event["queryStringParameters"] = query
        event["multiValueQueryStringParameters"] = {name: [query[name]] for name in query}
    event["path"] = path or event["path"]
    answered = cast("Answer", invoked(function, event))
    return {**answered, "body": json.loads(answered["body"])}


def leads_page(
    principal: Principal | None = None, wanted: Mapping[str, str] | None = None, **query: str
) -> Answer:
    body: Answer = answer(
        "list_leads",
        "own_leads_of_a_customer",
        principal=principal or user(),
        query={**(wanted or {}), **query},
    )["body"]
    return body


def numbers(objects: Sequence[Answer]) -> list[int]:
    return [int(one["id"][-9:]) for one in objects]


def test_a_list_of_leads_is_filtered_and_in_the_shape_of_the_contract() -> None:
    keep(sold_lead(1), lead(2), sold_lead(3, source_id=OTHER_SOURCE), sold_lead(4, RIVAL))
    body = answer("list_leads", "assigned_leads_of_a_source")["body"]
    assert numbers(body.pop("data")) == [4, 1]
    assert body == {"object": "list", "has_more": False, "next_cursor": None}


def test_wrong_filters_are_all_named() -> None:
    refused = answer("list_leads", "wrong_filters")
    assert refused["statusCode"] == 422
    assert set(refused["body"]["errors"]) == {"status", "customer_id", "received_to"}


@pytest.mark.parametrize(
    ("function", "case", "until"),
    [
        ("list_leads", "own_leads_of_a_customer", "received_to"),
        ("view_submissions", "list", "received_to"),
        ("view_flows", "list", "created_to"),
    ],
)
def test_a_list_that_ends_before_the_year_1000_is_empty(
    function: str, case: str, until: str
) -> None:
    """The years of keys had fewer digits, which made a 500 of it."""
    keep(sold_lead(1))
    ended = answer(function, case, principal=user(), query={until: "0048-04-15T12:10:43+15:10"})
    assert (ended["statusCode"], ended["body"]["data"]) == (200, [])


def test_a_walk_shows_every_lead_that_was_there_throughout_once() -> None:
    keep(*(lead(number) for number in range(100, 160)))
    seen, cursor = list[int](), ""
    for newcomer in range(200, 300):
        page = leads_page(wanted={"cursor": cursor} if cursor else {}, limit="7")
        seen += numbers(page["data"])
        keep(lead(newcomer), lead(newcomer - 200))
        if not page["has_more"]:
            break
        cursor = page["next_cursor"]
    assert [number for number in seen if 100 <= number < 160] == list(range(159, 99, -1))
    assert len(set(seen)) == len(seen)


def test_a_cursor_is_refused_with_other_filters_or_in_other_hands() -> None:
    keep(*(sold_lead(number) for number in (1, 2)))
    cursor = leads_page(limit="1")["next_cursor"]
    for refused in (
        leads_page(cursor=cursor, status="assigned"),
        leads_page(buyer(), cursor=cursor),
        leads_page(user(tenant_id=STRANGER), cursor=cursor),
        leads_page(cursor=cursor[:-1]),
    ):
        assert refused["code"] == "invalid_cursor"


def test_the_reads_of_a_page_do_not_grow_with_the_number_of_leads(reads: Counter[str]) -> None:
    queries: Sequence[Mapping[str, str]] = (
        {},
        {"customer_id": BUYER},
        {"q": "jane"},
        {"status": "assigned", "source_id": SOURCE},
    )
    counts: list[list[Counter[str]]] = []
    for size in (100, 2_000):
        keep(*(sold_lead(number) for number in range(size)))
        of_size: list[Counter[str]] = []
        for query in queries:
            reads.clear()
            assert len(leads_page(wanted=query)["data"]) == 50
            of_size.append(Counter(reads))
        counts.append(of_size)
    assert counts[0] == counts[1]
    assert counts[0] == [Counter({"Query": 1, "BatchGetItem": 1})] * len(queries)


def test_a_lead_is_shown_whole_to_the_tenant_with_its_entity_tag() -> None:
    keep(sold_lead(1, version=3))
    shown = answer("view_lead", "tenant_user")
    assert (shown["statusCode"], shown["body"]["id"]) == (200, lead(1).id)
    assert shown["multiValueHeaders"]["ETag"] == ['"3"']
    assert shown["body"]["details"] == {"roof": "flat", "credit_score": 700, "campaign": "spring"}


def test_a_customer_never_meets_a_field_that_is_not_delivered() -> None:
    keep_run(1)
    one = answer("view_lead", "customer")["body"]
    listed = answer("list_leads", "own_leads_of_a_customer")["body"]["data"]
    assert listed == [one]
    assert one["details"] == {"roof": "flat"}
    for word in ("credit_score", "700", "campaign", "spring", SOURCE, "payout"):
        assert word not in json.dumps(one)


@pytest.mark.parametrize(
    ("function", "case", "principal"),
    [
        ("view_lead", "customer", buyer(RIVAL)),
        ("view_lead", "tenant_user", user(tenant_id=STRANGER)),
        ("view_lead", "tenant_user", user(Role.PARTNER_USER)),
        ("view_flows", "one", user(tenant_id=STRANGER)),
        ("view_flows", "of_lead", user(tenant_id=STRANGER)),
        ("view_submissions", "one", sender(OTHER_SOURCE)),
        ("view_submissions", "one", user(tenant_id=STRANGER)),
    ],
)
def test_what_belongs_to_others_looks_like_nothing(
    function: str, case: str, principal: Principal
) -> None:
    keep_run(1)
    assert answer(function, case)["statusCode"] == 200
    refused = answer(function, case, principal=principal)
    assert (refused["statusCode"], refused["body"]["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("function", "case", "principal", "permission"),
    [
        ("list_leads", "wrong_filters", sender(), "leads.view"),
        ("view_lead", "tenant_user", sender(), "leads.view"),
        ("view_flows", "list", buyer(), "leads.view"),
        ("view_flows", "one", sender(), "leads.view"),
        ("view_submissions", "list", user(Role.DATA_VALIDATION), "submissions.view"),
        ("view_submissions", "one", buyer(), "submissions.view"),
    ],
)
def test_who_may_not_look_is_told_which_permission_is_missing(
    function: str, case: str, principal: Principal, permission: str
) -> None:
    refused = answer(function, case, principal=principal)
    assert refused["statusCode"] == 403
    assert permission in refused["body"]["detail"]


def test_flows_are_listed_and_shown() -> None:
    keep_run(1)
    one = answer("view_flows", "one")["body"]
    assert [event["event"] for event in one.pop("timeline")] == ["initiated"]
    assert one.pop("decisions") == []
    assert answer("view_flows", "list")["body"]["data"] == [one]
    assert answer("view_flows", "of_lead")["body"]["data"] == [one]


def test_a_list_of_flows_takes_a_bounded_number_of_reads(reads: Counter[str]) -> None:
    for number in range(60):
        keep_run(number)
    reads.clear()
    assert len(answer("view_flows", "list", query={})["body"]["data"]) == 50
    assert reads == Counter({"Query": 1, "BatchGetItem": 2})


def test_submissions_are_listed_and_shown_with_their_outcome() -> None:
    keep_run(1)
    one = answer("view_submissions", "one")["body"]
    assert one["outcome"] == {"status": "assigned", "price": 22.5}
    assert answer("view_submissions", "list")["body"]["data"] == [one]
    assert answer("view_submissions", "list", principal=sender(OTHER_SOURCE))["body"]["data"] == []


@pytest.mark.parametrize(
    ("function", "case", "path"),
    [
        ("view_lead", "tenant_user", "/leads/lead_1"),
        ("view_lead", "tenant_user", "/leads/" + "x" * 3_000),
        ("view_flows", "one", "/flows/STEP#000"),
        ("view_submissions", "one", f"/submissions/{lead(1).id}"),
    ],
)
def test_an_id_of_no_shape_is_not_found(function: str, case: str, path: str) -> None:
    assert answer(function, case, path=path)["statusCode"] == 404


def test_a_search_text_of_any_length_and_script_is_answered() -> None:
    keep(lead(1))
    for text in ("\u0390" * 254, "\U0001f600" * 254, "@" * 254, "5" * 254):
        assert leads_page(q=text)["data"] == []
    for text in ("x" * 255, "\x00"):
        assert "q" in leads_page(q=text)["errors"]
