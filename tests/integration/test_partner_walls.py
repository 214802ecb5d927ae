"""What the admin of a partner may ask for; every other route of the template is closed to it."""

import re
from dataclasses import replace

import pytest

from leadflow.domain.principals import Role
from tests.builders import configuration, partner, source
from tests.infrastructure.test_functions import FUNCTIONS, folder, routes_of
from tests.integration.http import Client
from tests.integration.seeds import store_configuration, store_lead
from tests.integration.test_partner_users_api import SUPPLIER, person
from tests.unit.domain.return_examples import sold

CLOSED = {403, 404}
OPEN = {
    ("GET", "/leads"),
    ("GET", "/leads/{id}"),
    ("GET", "/partners/{id}/payouts"),
    ("GET", "/partners/{id}/users"),
    ("POST", "/partners/{id}/users"),
    ("GET", "/public/{tenant_id}/marketplace"),
}
PUBLIC = {("GET", "/openapi.json")}
IDS = {"leads": sold(1).id, "partners": SUPPLIER}


@pytest.mark.usefixtures("tables")
def test_partners_reach_their_leads_payouts_and_users_alone() -> None:
    base = configuration(partners=(partner(1),))
    store_configuration(replace(base, sources={source().id: source(partner_id=SUPPLIER)}))
    store_lead(sold(1), 1)
    user, reached = person(Role.PARTNER_ADMIN, SUPPLIER), set[tuple[str, str]]()
    for name, function in FUNCTIONS.items():
        for method, path in sorted(set(routes_of(function)) - OPEN - PUBLIC):
            known = IDS.get(path.split("/")[1], "cus_" + "0" * 26)
            asked = re.sub(r"{\w+}", known, path)
            body: object = None if method in {"GET", "DELETE"} else {}
            if Client(folder(name), user).call(method, asked, body).status not in CLOSED:
                reached.add((method, path))
    assert not reached
