"""What a partner sees of its sources' leads, and what counts as owed (`product.md`, 11.4, 16.3)."""

from dataclasses import replace

import pytest

from leadflow.domain.identifiers import PartnerId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.sources import Result
from leadflow.domain.supplied_leads import SourcePayout, sources_of, supplied
from tests.builders import partner
from tests.reading import OTHER_SOURCE, SOURCE, lead, sold_lead
from tests.unit.domain.supplied_examples import FREE_SOURCE, RECEIVER, SUPPLIER, supplying

BACK = sold_lead(3, status=LeadStatus.RETURNED, payout_cents=500)


def test_a_partner_sees_fields_of_the_spec_and_no_others() -> None:
    seen = supplied(sold_lead(1), SUPPLIER, supplying())
    assert seen
    assert set(seen.contact) == {"first_name", "last_name", "email", "zip"}
    assert seen.details == {"roof": "flat", "campaign": "spring"}
    assert seen.status is LeadStatus.ASSIGNED


@pytest.mark.parametrize(
    "status", [LeadStatus.ASSIGNED, LeadStatus.MARKETPLACE, LeadStatus.WITHHELD, LeadStatus.POSTED]
)
def test_leads_whose_result_is_success_are_seen(status: LeadStatus) -> None:
    assert supplied(lead(1, status=status), SUPPLIER, supplying())


@pytest.mark.parametrize(
    "hidden",
    [
        lead(1, status=LeadStatus.UNASSIGNED),
        lead(1, status=LeadStatus.DUPLICATE),
        sold_lead(1, source_id=FREE_SOURCE),
        sold_lead(1, is_test=True),
    ],
    ids=["rejected", "duplicate", "not its source", "test"],
)
def test_other_leads_are_not(hidden: Lead) -> None:
    assert supplied(hidden, SUPPLIER, supplying()) is None


@pytest.mark.parametrize("partner_id", [RECEIVER, None, PartnerId("partner_x")])
def test_a_lead_is_not_seen_by_others(partner_id: PartnerId | None) -> None:
    assert supplied(sold_lead(1), partner_id, supplying()) is None


def test_a_partner_that_is_gone_sees_nothing() -> None:
    gone = supplying(archived=True)
    assert supplied(sold_lead(1), SUPPLIER, gone) is None
    assert sources_of(SUPPLIER, gone) == ()


@pytest.mark.parametrize(
    ("shows", "status"), [(True, LeadStatus.RETURNED), (False, LeadStatus.ASSIGNED)]
)
def test_a_returned_lead_may_be_shown_as_assigned(shows: bool, status: LeadStatus) -> None:
    seen = supplied(BACK, SUPPLIER, supplying(show_returned_status=shows))
    assert seen
    assert seen.status is status


def test_a_lead_that_is_shown_as_assigned_is_judged_as_such() -> None:
    configured = supplying(show_returned_status=False)
    mapped = {**configured.sources[SOURCE].status_responses, LeadStatus.RETURNED: Result.REJECTED}
    source = configured.sources[SOURCE].model_copy(update={"status_responses": mapped})
    mapped_so = replace(configured, sources={**configured.sources, SOURCE: source})
    assert supplied(BACK, SUPPLIER, mapped_so)


def test_the_sources_of_a_partner_are_those_that_it_has_now() -> None:
    assert [one.id for one in sources_of(SUPPLIER, supplying())] == [SOURCE, OTHER_SOURCE]
    assert sources_of(RECEIVER, supplying()) == ()
    assert sources_of(None, supplying()) == ()


@pytest.mark.parametrize(("excludes", "leads", "owed"), [(False, 3, 1_900), (True, 2, 1_400)])
def test_payouts_of_sold_leads_are_added_up_without_returned_ones_if_so_set(
    excludes: bool, leads: int, owed: int
) -> None:
    some = [
        *(sold_lead(number, payout_cents=700) for number in (1, 2)),
        BACK,
        lead(4),
        sold_lead(5, is_test=True),
    ]
    supplying_one = partner(1, exclude_returned_from_payout=excludes)
    payout = SourcePayout(SOURCE).with_leads(some, supplying_one)
    assert (payout.leads, payout.payout_cents) == (leads, owed)
    assert payout.with_leads(some[:1], supplying_one).payout_cents == owed + 700
