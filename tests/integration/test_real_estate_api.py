"""The Real Estate API over real HTTP, against a server with the vendor's documented shapes."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from leadflow.adapters.dynamodb.flows import DynamoFlows
from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.adapters.outbound import HttpOutbound
from leadflow.adapters.real_estate_api import HttpRealEstateApi
from leadflow.application.configuration_ports import REAL_ESTATE_API_SECRETS, SecretChange
from leadflow.application.exchange_ports import Answer, Failure, NoAnswer, Reply
from leadflow.domain.configuration import RealEstateApi
from leadflow.domain.enrichment import EnrichedData
from leadflow.domain.flows import FlowStep
from leadflow.domain.identifiers import UserId
from leadflow.domain.leads import Lead
from leadflow.domain.plans import ApiField, FieldMapping, RealEstateApiSettings, RealEstateApiStage
from leadflow.domain.principals import Role, UserPrincipal
from leadflow.domain.real_estate_answers import (
    Endpoint,
    EndpointFailed,
    NothingFound,
    PropertyAddress,
    read_answer,
)
from leadflow.runtime.settings import settings
from tests.builders import (
    CATEGORY_ID,
    TENANT_ID,
    VALUES,
    configuration,
    flow,
    lead,
    numbered,
    plan,
    run,
    stage,
)
from tests.fakes.clock import FixedClock
from tests.fakes.outbound import ScriptedOutbound
from tests.fakes.secrets import MemorySecrets
from tests.integration.http import Client, invoked
from tests.integration.seeds import store_configuration, store_lead, store_secrets
from tests.unit.domain.bidding_examples import NOW
from tools.stub_real_estate import Property, Scripted, StubRealEstate, stub_real_estate
from tools.stub_real_estate.server import API_KEY, PROPERTY_DETAIL, SKIP_TRACE, SKIP_TRACE_KEY

KNOWN = Property()
ADDRESS = PropertyAddress(KNOWN.street, KNOWN.city, KNOWN.state, KNOWN.postal_code)
ELSEWHERE = PropertyAddress("14 Sample Ln", KNOWN.city, KNOWN.state, KNOWN.postal_code)
PLACE = {"city": KNOWN.city, "state": KNOWN.state, "zip": KNOWN.postal_code}
KEYS = {"api_key": API_KEY, "skip_trace_api_key": SKIP_TRACE_KEY}
BOTH = (Endpoint.PROPERTY_DETAIL, Endpoint.SKIP_TRACE)
HUNG_SECONDS_MAX = 0.3


@pytest.fixture
def stub() -> Iterator[StubRealEstate]:
    """The vendor."""
    with stub_real_estate() as running:
        yield running


def access(stub: StubRealEstate) -> RealEstateApi:
    return RealEstateApi(base_url=f"{stub.url}/", created_at=NOW, updated_at=NOW)


def ask(
    stub: StubRealEstate, address: PropertyAddress = ADDRESS, **keys: str
) -> dict[Endpoint, Reply | None]:
    api = HttpRealEstateApi(
        outbound=HttpOutbound(FixedClock(), allow_loopback=True),
        secrets=MemorySecrets({REAL_ESTATE_API_SECRETS: keys or KEYS}),
    )
    return dict(api.ask(TENANT_ID, access(stub), address, BOTH))


def answer(reply: Reply | None) -> Answer:
    assert isinstance(reply, Answer)
    return reply


def finding(endpoint: Endpoint, reply: Reply | None, asked: PropertyAddress = ADDRESS) -> object:
    found = answer(reply)
    return read_answer(endpoint, found.status, found.body, asked)


def test_both_endpoints_are_asked_as_the_vendor_describes(stub: StubRealEstate) -> None:
    replies = ask(stub)
    assert all(isinstance(finding(one, replies[one]), EnrichedData) for one in BOTH)
    calls = {call.path: call for call in stub.calls}
    assert calls[PROPERTY_DETAIL].body == {"address": KNOWN.line, "comps": False}
    assert calls[PROPERTY_DETAIL].headers["x-api-key"] == API_KEY
    assert calls[SKIP_TRACE].body == {
        "address": "12 Sample Ln",
        "city": "Austin",
        "state": "TX",
        "zip": "78701",
    }
    assert calls[SKIP_TRACE].headers["x-api-key"] == SKIP_TRACE_KEY
    assert calls[SKIP_TRACE].headers["content-type"] == "application/json"


def test_an_unknown_address_is_no_match(stub: StubRealEstate) -> None:
    replies = ask(stub, ELSEWHERE)
    assert [finding(one, replies[one], ELSEWHERE) for one in BOTH] == [NothingFound()] * 2


def test_a_wrong_key_is_a_failure(stub: StubRealEstate) -> None:
    replies = ask(stub, api_key="wrong", skip_trace_api_key=SKIP_TRACE_KEY)
    assert finding(BOTH[0], replies[BOTH[0]]) == EndpointFailed("status 401")
    assert isinstance(finding(BOTH[1], replies[BOTH[1]]), EnrichedData)


def test_an_endpoint_without_a_key_is_not_called(stub: StubRealEstate) -> None:
    replies = ask(stub, api_key=API_KEY)
    assert replies[Endpoint.SKIP_TRACE] is None
    assert [call.path for call in stub.calls] == [PROPERTY_DETAIL]


def test_without_any_key_nothing_is_called(stub: StubRealEstate) -> None:
    assert ask(stub, other="key") == dict.fromkeys(BOTH)
    assert not stub.calls


def test_an_endpoint_that_hangs_holds_nobody_up(
    stub: StubRealEstate, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = "leadflow.adapters.real_estate_api.ENDPOINT_SECONDS_MAX"
    monkeypatch.setattr(seconds, HUNG_SECONDS_MAX)
    stub.scripts[PROPERTY_DETAIL] = Scripted(hangs=True)
    began = time.monotonic()
    replies = ask(stub)
    assert time.monotonic() - began < 5 * HUNG_SECONDS_MAX
    late = replies[Endpoint.PROPERTY_DETAIL]
    assert isinstance(late, NoAnswer)
    assert late.failure is Failure.TIMEOUT
    assert isinstance(finding(BOTH[1], replies[BOTH[1]]), EnrichedData)


# The whole stage, through its handler


def enriching(*mappings: FieldMapping) -> RealEstateApiStage:
    wanted = RealEstateApiSettings(
        lead_category_id=CATEGORY_ID, property_detail=True, skip_trace=True, mappings=mappings
    )
    return RealEstateApiStage(id=stage(0).id, name="Look up", settings=wanted)


def given(stub: StubRealEstate, *mappings: FieldMapping) -> Lead:
    base = configuration(by_plan=plan(enriching(*mappings), stage(1)))
    store_configuration(replace(base, real_estate_api=access(stub)))
    store_secrets(SecretChange(REAL_ESTATE_API_SECRETS, 1, KEYS))
    waiting = lead(values={**VALUES, "address_1": KNOWN.street, "city": "Austin", "state": "TX"})
    store_lead(waiting)
    return waiting


def enriched(of_lead: Lead) -> Lead:
    assert invoked("enrich_with_real_estate_api", vars(run(method="real_estate_api")))
    after = DynamoLeads().get(TENANT_ID, of_lead.id)
    assert after
    return after


def step() -> FlowStep:
    return DynamoFlows().steps(TENANT_ID, flow().id)[-1]


@pytest.fixture
def _loopback(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOW_LOOPBACK_PARTNERS", "true")
    settings.cache_clear()


@pytest.mark.parametrize(
    ("endpoint", "path", "body"),
    [
        (Endpoint.PROPERTY_COMPS, "/v3/PropertyComps", {"address": ADDRESS.line}),
        (Endpoint.AVM, "/v2/PropertyAvm", {"address": ADDRESS.line}),
        (Endpoint.MLS_DETAIL, "/v2/MLSDetail", {"address": ADDRESS.line}),
        (Endpoint.MLS_SEARCH, "/v2/MLSSearch", {"address": ADDRESS.line}),
        (
            Endpoint.ADDRESS_VERIFICATION,
            "/v2/AddressVerification",
            {"addresses": [{"key": "1", "street": KNOWN.street, **PLACE}]},
        ),
    ],
)
def test_the_lesser_endpoints_are_asked_where_the_vendor_has_them(
    endpoint: Endpoint, path: str, body: object
) -> None:
    outbound = ScriptedOutbound()
    api = HttpRealEstateApi(outbound, MemorySecrets({REAL_ESTATE_API_SECRETS: KEYS}))
    vendor = RealEstateApi(base_url="https://vendor.test", created_at=NOW, updated_at=NOW)
    api.ask(TENANT_ID, vendor, ADDRESS, [endpoint])
    [sent] = outbound.sent
    assert (sent.url, json.loads(sent.body or b"")) == (f"https://vendor.test{path}", body)
    assert sent.headers["x-api-key"] == API_KEY


@pytest.mark.usefixtures("_loopback")
def test_a_lead_is_enriched_and_shown_with_what_was_found(stub: StubRealEstate) -> None:
    before = given(stub, FieldMapping(api_field=ApiField.OWNER_PHONE, field="phone"))
    after = enriched(before)
    assert (after.version, after.values["phone"]) == (before.version + 1, KNOWN.phone)
    assert after.search.phone == f"+1{KNOWN.phone}"
    assert "Property Detail succeeded" in step().timeline[-1].description
    user = UserPrincipal(tenant_id=TENANT_ID, user_id=UserId(numbered("user", 0)), role=Role.ADMIN)
    shown = Client("view_lead", user).call("GET", f"/leads/{after.id}").body
    assert shown["enriched_data"]["property"]["value_cents"] == 41_500_000
    assert shown["enriched_data"]["owner"]["phone"] == KNOWN.phone
    listed = Client("list_leads", user).call("GET", "/leads").body
    assert "enriched_data" not in listed["data"][0]


@pytest.mark.usefixtures("_loopback")
def test_a_repeated_task_asks_once(stub: StubRealEstate) -> None:
    before = given(stub)
    after = enriched(before)
    assert enriched(before) == after
    assert len(stub.calls) == 2


@pytest.mark.usefixtures("_loopback")
def test_what_the_vendor_says_of_people_beyond_is_kept_nowhere(stub: StubRealEstate) -> None:
    after = enriched(given(stub))
    assert "never to be kept" not in after.model_dump_json() + step().model_dump_json()
