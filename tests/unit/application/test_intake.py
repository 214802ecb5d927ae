"""What the gates make of a valid lead."""

from datetime import timedelta
from decimal import Decimal

import pytest

from leadflow.application.intake import Verdict, claims_of, judge, judge_ping, search_keys
from leadflow.domain.conditions import Operator, Row
from leadflow.domain.configuration import AuditCondition
from leadflow.domain.decisions import Outcome
from leadflow.domain.geography import Country, Location
from leadflow.domain.identifiers import CategoryId
from leadflow.domain.leads import LeadStatus
from leadflow.domain.validation import ValidLead
from tests.builders import (
    CATEGORY_ID,
    SOURCE_ID,
    TYPE_ID,
    configuration,
    duplicate_check,
    lead_type,
    source,
)
from tests.unit.domain.bidding_examples import LOCATION, NOW

CONTACT = {"first_name": "Ada", "last_name": "Byron", "email": "Ada@Example.com"}
NORMAL = {"first_name": "ada", "last_name": "byron", "email": "ada@example.com"}
VALID = ValidLead(CONTACT, NORMAL, LOCATION)


def audit(**changes: object) -> AuditCondition:
    row = Row(property="first_name", operator=Operator.EQUALS, value="ada")
    base = AuditCondition(
        id="audit_1",
        name="Ada",
        lead_category_id=CATEGORY_ID,
        conditions=((row,),),
        created_at=NOW,
        updated_at=NOW,
    )
    return base.model_copy(update=changes)


def in_test_zip(postal_code: str) -> ValidLead:
    place = Location(postal_code=postal_code, county="", state="", country=Country.US)
    return ValidLead(CONTACT, NORMAL, place)


def test_a_lead_of_a_known_type_goes_on_to_distribution() -> None:
    verdict = judge(VALID, source(), configuration(), NOW)
    assert (verdict.status, verdict.outcome) == (LeadStatus.PROCESSING, None)
    assert verdict.lead_type_id == TYPE_ID
    assert verdict.facts["lead_type"] == TYPE_ID


def test_a_lead_without_a_type_is_uncategorized() -> None:
    verdict = judge(VALID, source(), configuration(of_type=lead_type(archived=True)), NOW)
    assert (verdict.status, verdict.outcome) == (LeadStatus.UNCATEGORIZED, Outcome.NO_LEAD_TYPE)


def test_a_lead_that_meets_an_audit_condition_waits_for_a_person() -> None:
    verdict = judge(VALID, source(), configuration(audits=(audit(),)), NOW)
    assert (verdict.status, verdict.outcome) == (LeadStatus.AUDIT, Outcome.AUDIT_CONDITION)
    assert verdict.lead_type_id == TYPE_ID


@pytest.mark.parametrize(
    "condition",
    [
        audit(archived=True),
        audit(lead_category_id=CategoryId("category_other")),
        audit(conditions=()),
        audit(conditions=((Row(property="first_name", operator=Operator.EQUALS, value="bob"),),)),
    ],
    ids=["archived", "of another category", "empty", "not met"],
)
def test_other_audit_conditions_hold_no_lead(condition: AuditCondition) -> None:
    verdict = judge(VALID, source(), configuration(audits=(condition,)), NOW)
    assert verdict.status is LeadStatus.PROCESSING


@pytest.mark.parametrize(
    ("postal_code", "status", "payout_cents"),
    [
        ("00001", LeadStatus.ASSIGNED, 500),
        ("00002", LeadStatus.DUPLICATE, 0),
        ("00003", LeadStatus.AUDIT, 0),
        ("00004", LeadStatus.UNASSIGNED, 0),
        ("00005", LeadStatus.MARKETPLACE, 0),
        ("78701", LeadStatus.AUDIT, 0),
    ],
)
def test_a_test_lead_ends_as_its_postal_code_says(
    postal_code: str, status: LeadStatus, payout_cents: int
) -> None:
    sender = source(test_mode=True, payout_percentage=Decimal(50))
    verdict = judge(in_test_zip(postal_code), sender, configuration(from_source=sender), NOW)
    assert (verdict.status, verdict.payout_cents) == (status, payout_cents)
    assert verdict.outcome is Outcome.TEST_MODE


@pytest.mark.parametrize("postal_code", ["00001", "00002", "00003", "00004", "00005"])
def test_a_reserved_postal_code_decides_a_test_ping_alone(postal_code: str) -> None:
    sender = source(test_mode=True)
    configured = configuration(from_source=sender, audits=(audit(),))
    verdict = judge_ping(in_test_zip(postal_code), sender, configured, NOW)
    assert verdict.outcome is Outcome.TEST_MODE


def test_a_test_ping_of_any_other_postal_code_goes_by_the_normal_rules() -> None:
    sender = source(test_mode=True)
    verdict = judge_ping(VALID, sender, configuration(from_source=sender), NOW)
    assert (verdict.outcome, verdict.lead_type_id) == (None, TYPE_ID)
    audited = configuration(from_source=sender, audits=(audit(),))
    assert judge_ping(VALID, sender, audited, NOW).outcome is Outcome.AUDIT_CONDITION


def test_a_reserved_postal_code_is_any_other_for_a_live_ping() -> None:
    verdict = judge_ping(in_test_zip("00001"), source(), configuration(), NOW)
    assert verdict.outcome is None


def test_only_checks_that_apply_to_pings_look_at_pings() -> None:
    checks = (duplicate_check(1), duplicate_check(2, days=7, apply_to_pings=True))
    [claim] = claims_of(VALID, source(), configuration(checks=checks), NOW, pings=True)
    assert (claim.check_id, claim.since) == (checks[1].id, NOW - timedelta(days=7))


def test_a_duplicate_has_no_type_whatever_else_it_would_have_been() -> None:
    audited = Verdict(LeadStatus.AUDIT, Outcome.AUDIT_CONDITION, TYPE_ID, {})
    duplicate = audited.as_duplicate()
    assert (duplicate.status, duplicate.outcome) == (LeadStatus.DUPLICATE, Outcome.DUPLICATE)
    assert duplicate.lead_type_id is None


def test_a_lead_claims_the_fingerprint_of_each_check_for_its_look_back() -> None:
    checks = (duplicate_check(1), duplicate_check(2, fields=("first_name", "last_name")))
    claims = claims_of(VALID, source(), configuration(checks=checks), NOW)
    assert {claim.check_id for claim in claims} == {check.id for check in checks}
    assert {claim.since for claim in claims} == {NOW - timedelta(days=30)}


@pytest.mark.parametrize("days", [(7, 90), (90, 7)])
def test_checks_that_compare_alike_share_a_claim_with_the_longest_look_back(
    days: tuple[int, int],
) -> None:
    checks = tuple(duplicate_check(number, days=one) for number, one in enumerate(days))
    [claim] = claims_of(VALID, source(), configuration(checks=checks), NOW)
    assert claim.since == NOW - timedelta(days=90)


def test_a_lead_that_lacks_a_compared_field_claims_nothing() -> None:
    checks = (duplicate_check(fields=("email", "phone")),)
    assert not claims_of(VALID, source(), configuration(checks=checks), NOW)


def test_only_checks_that_apply_to_the_source_claim_anything() -> None:
    checks = (
        duplicate_check(1, source_id="source_other"),
        duplicate_check(2, archived=True),
        duplicate_check(3, source_id=SOURCE_ID),
    )
    [claim] = claims_of(VALID, source(), configuration(checks=checks), NOW)
    assert claim.check_id == checks[-1].id


def test_a_test_lead_claims_nothing() -> None:
    sender = source(test_mode=True)
    assert not claims_of(VALID, sender, configuration(checks=(duplicate_check(),)), NOW)


def test_a_lead_is_found_by_its_contact_data_in_normal_form() -> None:
    keys = search_keys(VALID)
    assert (keys.email, keys.phone, keys.name) == ("ada@example.com", None, "ada byron")


def test_a_lead_without_a_name_is_not_found_by_one() -> None:
    assert search_keys(ValidLead({}, {}, LOCATION)).name is None
