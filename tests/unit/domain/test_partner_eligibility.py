"""Which partners may be offered a lead: the first check that fails is the reason."""

from collections.abc import Mapping

import pytest

from leadflow.domain.conditions import Conditions, Row
from leadflow.domain.decisions import Reason
from leadflow.domain.geography import Country, Location
from leadflow.domain.operands import Operator
from leadflow.domain.partner_eligibility import blocked_reason, partner_facts
from leadflow.domain.partners import Partner
from leadflow.domain.plans import Choice
from tests.builders import CATEGORY_ID, SOURCE_ID, TYPE_ID, partner, ping_exchange, post_exchange
from tests.unit.domain.bidding_examples import LOCATION, NOW

ALL = Choice(enabled=True)
R = Reason


def facts(location: Location = LOCATION) -> Mapping[str, object]:
    return partner_facts(SOURCE_ID, CATEGORY_ID, TYPE_ID, location)


def only(name: str, value: object) -> Conditions:
    """Eligibility for one value of a property."""
    return ((Row.model_validate({"property": name, "operator": "equals", "value": value}),),)


def reason(
    of: Partner, choice: Choice = ALL, *, needs_ping: bool = True, location: Location = LOCATION
) -> Reason | None:
    found = partner_facts(SOURCE_ID, CATEGORY_ID, TYPE_ID, location)
    return blocked_reason(of, choice, found, needs_ping=needs_ping, today=NOW.date())


def test_checks_fail_in_their_stated_order() -> None:
    one = partner(archived=True, eligibility=only("state", "CA"), ping=None, post=None)
    choice = Choice()
    assert reason(one, choice) is R.PARTNER_ARCHIVED
    one = one.model_copy(update={"archived": False})
    assert reason(one, choice) is R.NOT_IN_STAGE
    repairs: list[tuple[Reason, dict[str, object]]] = [
        (R.PARTNER_NOT_ELIGIBLE, {"eligibility": ()}),
        (R.PARTNER_PING_NOT_CONFIGURED, {"ping": ping_exchange(active=False)}),
        (R.PARTNER_PING_PAUSED, {"ping": ping_exchange()}),
        (R.PARTNER_POST_NOT_CONFIGURED, {"post": post_exchange(active=False)}),
        (R.PARTNER_POST_PAUSED, {"post": post_exchange()}),
    ]
    for expected, repair in repairs:
        assert reason(one) is expected
        one = one.model_copy(update=repair)
    assert reason(one) is None


def test_a_stage_that_does_not_ping_needs_no_ping() -> None:
    assert reason(partner(ping=None), needs_ping=False) is None
    assert reason(partner(ping=ping_exchange(active=False)), needs_ping=False) is None


def test_lists_of_the_stage_decide() -> None:
    one, other = partner(1), partner(2)
    assert reason(one, Choice(enabled=True, include=(other.id,))) is R.NOT_IN_STAGE
    assert reason(one, Choice(enabled=True, include=(one.id,))) is None
    assert reason(one, Choice(enabled=True, exclude=(one.id,))) is R.NOT_IN_STAGE


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("source", SOURCE_ID),
        ("lead_category", CATEGORY_ID),
        ("lead_type", TYPE_ID),
        ("state", "TX"),
        ("zip", "78701"),
    ],
)
def test_eligibility_may_ask_for_references_and_the_place(name: str, value: str) -> None:
    assert reason(partner(eligibility=only(name, value))) is None
    refused = partner(eligibility=only(name, "other"))
    assert reason(refused) is R.PARTNER_NOT_ELIGIBLE


def test_a_postal_code_is_compared_without_blanks_and_case() -> None:
    ottawa = Location(postal_code="K1A 0B1", state="ON", country=Country.CA)
    row = Row(property="zip", operator=Operator.CONTAINS, value="k1a0")
    assert reason(partner(eligibility=((row,),)), location=ottawa) is None


def test_nobody_who_tells_of_contact_data_can_be_asked_for() -> None:
    assert set(facts()) == {"source", "lead_category", "lead_type", "state", "zip"}
