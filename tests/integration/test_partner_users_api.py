"""Users of partners over HTTP: how they come to be, what they see, and what is owed to them."""

from dataclasses import replace

import pytest

from leadflow.domain.leads import LeadStatus
from leadflow.domain.principals import Role, UserPrincipal
from leadflow.runtime import container
from tests.builders import TENANT_ID, VALUES, configuration, lead, numbered, partner, source
from tests.fakes.clock import FixedClock
from tests.integration.configuration_calls import let_in, refused
from tests.integration.events import tried
from tests.integration.http import Client
from tests.integration.seeds import store_configuration, store_lead
from tests.unit.domain.return_examples import sold

SUPPLIER, RIVAL = partner(1).id, partner(2).id
USERS = f"/partners/{SUPPLIER}/users"
PAT = {"email": "pat@partner.example.com", "role": "partner_user"}


@pytest.fixture(autouse=True)
def _tenant(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A partner's source with a sold lead, a returned one, and one that nobody took."""
    monkeypatch.setattr(container, "clock", FixedClock)
    partners = (partner(1, show_returned_status=False), partner(2))
    base = configuration(partners=partners)
    store_configuration(
        replace(base, sources={source().id: source(partner_id=SUPPLIER)}),
    )
    store_lead(sold(1, payout_cents=700), 1)
    store_lead(sold(2, payout_cents=500, status=LeadStatus.RETURNED), 2)
    store_lead(lead(3, status=LeadStatus.UNASSIGNED, values=VALUES), 3)


def person(role: Role = Role.ADMIN, partner_id: str | None = None) -> UserPrincipal:
    members = {"tenant_id": TENANT_ID, "user_id": numbered("user", 1), "role": role}
    return UserPrincipal.model_validate({**members, "partner_id": partner_id})


def test_a_user_that_the_tenant_adds_signs_in_for_its_partner_until_it_is_removed() -> None:
    made = tried("manage_configuration", "create_partner_user")
    assert (made.status, made.body["partner_id"]) == (201, SUPPLIER)
    caller = let_in(f"Bearer {made.body['token']}")
    assert isinstance(caller, UserPrincipal)
    assert (caller.role, caller.partner_id) == (Role.PARTNER_USER, SUPPLIER)
    leads = Client("list_leads", caller).call("GET", "/leads").body["data"]
    assert [one["payout_cents"] for one in leads] == [500, 700]
    admin = Client("manage_configuration", person())
    assert [one["id"] for one in admin.call("GET", USERS).body["data"]] == [caller.user_id]
    assert admin.call("DELETE", f"/users/{caller.user_id}").status == 204
    assert admin.call("GET", USERS).body["data"] == []


def test_a_partners_admin_adds_users_and_a_partners_user_does_not() -> None:
    own = Client("manage_configuration", person(Role.PARTNER_ADMIN, SUPPLIER))
    assert own.call("POST", USERS, PAT).status == 201
    assert own.call("POST", f"/partners/{RIVAL}/users", PAT).status == 404
    user = Client("manage_configuration", person(Role.PARTNER_USER, SUPPLIER))
    refused(user.call("POST", USERS, PAT), 403, "forbidden")


def test_a_lead_shows_fields_status_and_payout_and_nothing_of_the_sale() -> None:
    answer = tried("list_leads", "own_leads_of_a_partner")
    assert answer.status == 200
    returned, kept = answer.body["data"]
    members = {"object", "id", "status", "source_id", "received_at", "contact", "payout_cents"}
    assert set(kept) == set(returned) == members
    assert (returned["status"], kept["status"]) == ("assigned", "assigned")
    assert kept["contact"] == VALUES
    one = Client("view_lead", person(Role.PARTNER_USER, SUPPLIER)).call(
        "GET", f"/leads/{kept['id']}"
    )
    assert (one.body, "ETag" in one.headers) == (kept, False)
    for hidden in ("charged", "customer", "cus_", "bid_"):
        assert hidden not in answer.text


def test_other_partners_see_no_such_lead() -> None:
    rival = person(Role.PARTNER_ADMIN, RIVAL)
    assert Client("list_leads", rival).call("GET", "/leads").body["data"] == []
    assert Client("view_lead", rival).call("GET", f"/leads/{sold(1).id}").status == 404
    hers = Client("view_lead", person(Role.PARTNER_USER, SUPPLIER))
    assert hers.call("GET", f"/leads/{lead(3).id}").status == 404


def test_partners_do_no_more_than_look() -> None:
    user = person(Role.PARTNER_ADMIN, SUPPLIER)
    path = f"/leads/{sold(1).id}"
    refused(Client("edit_lead", user).call("PATCH", path, {"contact": {}}), 403, "forbidden")
    refused(Client("return_lead", user).call("POST", f"{path}/return"), 403, "forbidden")
    refused(Client("view_flows", user).call("GET", "/flows"), 403, "forbidden")
    refused(Client("manage_customers", user).call("GET", "/customers"), 403, "forbidden")


@pytest.mark.parametrize("case", ["of_a_month", "by_partner"])
def test_payouts_of_a_month_are_reported(case: str) -> None:
    answer = tried("report_payouts", case)
    assert answer.status == 200
    assert answer.body == {
        "object": "payout_report",
        "partner_id": SUPPLIER,
        "from": "2026-03-01T00:00:00Z",
        "to": "2026-03-31T23:59:59.999999Z",
        "excludes_returned": False,
        "leads": 2,
        "payout_cents": 1_200,
        "by_source": [{"source_id": source().id, "leads": 2, "payout_cents": 1_200}],
    }


def test_a_wrong_period_is_named() -> None:
    assert set(refused(tried("report_payouts", "wrong_period"), 422, "validation_failed")) == {"to"}
    client = Client("report_payouts", person())
    answer = client.call("GET", f"/partners/{SUPPLIER}/payouts", query={"from": "soon"})
    assert set(refused(answer, 422, "validation_failed")) == {"from"}


def test_the_payouts_of_another_partner_do_not_exist() -> None:
    client = Client("report_payouts", person(Role.PARTNER_USER, RIVAL))
    assert client.call("GET", f"/partners/{SUPPLIER}/payouts").status == 404
