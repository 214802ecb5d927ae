"""Leads and bids by state and lead type: what counts, where, and at which prices."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from leadflow.domain.geography import Country
from leadflow.domain.identifiers import LeadTypeId
from leadflow.domain.lead_stats import StatsLine, counted, stats
from leadflow.domain.leads import LeadStatus
from leadflow.domain.money import CENTS_MAX
from leadflow.domain.scopes import Scope
from leadflow.domain.stored_changes import CustomerChange, LeadChange
from leadflow.domain.told_facts import STATS_ROWS_MAX, StateLeadTypeStats, StatsFact
from tests.builders import TENANT_ID, TYPE_ID, lead
from tests.unit.domain.bidding_examples import NOW, bid, customer
from tests.unit.domain.return_examples import CHARGED, sold

FACT_BYTES_MAX = 200 * 1024
OTHER_TYPE = LeadTypeId("type_" + "1" * 26)


def line(charged_cents: int | None = None, **changes: object) -> StatsLine:
    """A lead of Texas that was received, or sold."""
    base = StatsLine(
        id="fact_1",
        tenant_id=TENANT_ID,
        at=NOW,
        country=Country.US,
        state="TX",
        lead_type_id=TYPE_ID,
        charged_cents=charged_cents,
    )
    return base.model_copy(update=changes)


def row(**changes: object) -> StateLeadTypeStats:
    """A row of Texas in which nothing is."""
    base = StateLeadTypeStats(
        country=Country.US,
        state="TX",
        lead_type_id=TYPE_ID,
        active_bids=0,
        leads_received=0,
        leads_assigned=0,
    )
    return base.model_copy(update=changes)


def test_a_new_lead_counts_as_received_and_a_sold_one_at_what_it_was_charged() -> None:
    [received] = counted(LeadChange(TENANT_ID, None, lead()))
    assert received == line(id=received.id)
    later = sold(version=2, updated_at=NOW + timedelta(hours=1))
    change = LeadChange(TENANT_ID, lead(), later)
    [assigned] = counted(change)
    assert assigned == line(CHARGED, id=change.told()[0].fact.id, at=later.updated_at)


def test_a_lead_that_is_sold_as_it_comes_counts_as_both() -> None:
    assert [one.charged_cents for one in counted(LeadChange(TENANT_ID, None, sold()))] == [
        None,
        CHARGED,
    ]


def test_nothing_else_counts() -> None:
    for change in (
        LeadChange(TENANT_ID, None, lead(status=LeadStatus.DUPLICATE)),
        LeadChange(TENANT_ID, None, lead(is_test=True)),
        LeadChange(TENANT_ID, None, lead(lead_type_id=None)),
        LeadChange(TENANT_ID, lead(), lead(status=LeadStatus.UNASSIGNED)),
        LeadChange(TENANT_ID, lead(), lead(status=LeadStatus.POSTED)),
        LeadChange(TENANT_ID, lead(), lead(status=LeadStatus.ASSIGNED)),
        CustomerChange(TENANT_ID, None, customer()),
    ):
        assert not counted(change)


def test_prices_are_the_lowest_the_highest_and_the_average_to_the_cent() -> None:
    lines = [line(), line(), line(0), line(999), line(1001)]
    assert stats(lines, ()) == [
        row(
            leads_received=2,
            leads_assigned=3,
            lowest_price_cents=0,
            highest_price_cents=1001,
            average_price_cents=667,
        )
    ]


def test_states_and_types_have_rows_of_their_own_in_order() -> None:
    lines = [line(state="WA", country=Country.AU), line(lead_type_id=OTHER_TYPE), line(), line()]
    assert stats(lines, ()) == [
        row(country=Country.AU, state="WA", leads_received=1),
        row(leads_received=2),
        row(lead_type_id=OTHER_TYPE, leads_received=1),
    ]


def test_bids_of_a_state_and_its_counties_count_in_it() -> None:
    bids = [bid(30), bid(50, 2, Scope.STATE), bid(40, 3)]
    assert stats((), bids) == [row(active_bids=3, top_bid_cents=5000)]


def test_a_nationwide_bid_counts_in_every_row_of_its_country_and_type_and_makes_none() -> None:
    nationwide = bid(90, 2, Scope.NATIONWIDE)
    assert stats((), [nationwide]) == []
    lines = [line(), line(state="GA"), line(lead_type_id=OTHER_TYPE), line(country=Country.AU)]
    assert [
        (one.active_bids, one.top_bid_cents) for one in stats(lines, [nationwide, bid(95)])
    ] == [
        (0, None),
        (1, 9000),
        (2, 9500),
        (0, None),
    ]


@given(st.lists(st.one_of(st.none(), st.integers(0, 10**9)), max_size=30))
def test_every_line_counts_once_and_the_average_lies_between(charges: list[int | None]) -> None:
    rows = stats([line(charge) for charge in charges], ())
    assert sum(one.leads_received + one.leads_assigned for one in rows) == len(charges)
    for one in rows:
        if one.average_price_cents is not None:
            assert one.lowest_price_cents is not None
            assert one.highest_price_cents is not None
            assert one.lowest_price_cents <= one.average_price_cents <= one.highest_price_cents


def test_a_fact_of_as_many_rows_as_it_may_have_fits_into_bus_and_queue() -> None:
    longest = row(
        active_bids=10**9,
        top_bid_cents=CENTS_MAX,
        leads_received=10**9,
        leads_assigned=10**9,
        lowest_price_cents=CENTS_MAX,
        highest_price_cents=CENTS_MAX,
        average_price_cents=CENTS_MAX,
    )
    fact = StatsFact(
        id="fact_" + "0" * 26,
        tenant_id=TENANT_ID,
        at=NOW,
        since=NOW,
        rows=(longest,) * STATS_ROWS_MAX,
    )
    assert len(fact.model_dump_json()) <= FACT_BYTES_MAX
