"""What the search of a whole run takes for a leak, and what belongs where it is."""

import json
import zlib

import pytest

from tests.e2e.leaks import LOGICAL, forbidden, kind_of
from tests.e2e.shop import PEOPLE, SECRETS, lead
from tests.e2e.trade import PARTNER_TOKEN
from tests.markers import text_of
from tools.openapi.document import document

POSTED = str(lead())
TABLE = "leadflow-local-{}-0A1B2C3D"


def item(pk: str, sk: str) -> dict[str, object]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


@pytest.mark.parametrize("table", LOGICAL)
def test_a_table_is_known_by_its_name(table: str) -> None:
    assert kind_of(TABLE.format(table), item("tenant_1#x", "A#b")) == f"{table} A"


def test_a_lead_belongs_to_its_item_and_nowhere_else() -> None:
    leads = kind_of(TABLE.format("LeadsTable"), item("tenant_1#lead_1", "LEAD"))
    flows = kind_of(TABLE.format("FlowsTable"), item("tenant_1#flow_1", "STEP#001"))
    assert forbidden(leads, POSTED) == []
    assert len(forbidden(flows, POSTED)) == 3
    for place in ("/aws/lambda/submit", "refusal", "metric", "file name"):
        assert forbidden(place, POSTED), place


def test_what_is_packed_is_searched_too() -> None:
    step = {"packed": {"B": zlib.compress(POSTED.encode())}, "sealed": {"B": b"no archive"}}
    flows = kind_of(TABLE.format("FlowsTable"), item("tenant_1#flow_1", "STEP#001"))
    assert len(forbidden(flows, text_of(step))) == 3


def test_a_secret_belongs_to_the_secrets_even_where_people_do() -> None:
    kept = kind_of(TABLE.format("ConfigurationTable"), item("tenant_1#SECRETS", "PARTNER#1"))
    leads = kind_of(TABLE.format("LeadsTable"), item("tenant_1#lead_1", "LEAD"))
    assert forbidden(kept, PARTNER_TOKEN) == []
    assert forbidden(leads, PARTNER_TOKEN) == [PARTNER_TOKEN]
    assert PARTNER_TOKEN in SECRETS.known
    assert PEOPLE.known


def test_what_the_document_gives_as_an_example_is_nobody_looked_for() -> None:
    assert PEOPLE.found(json.dumps(document())) == []
