"""Usage in shares: every place is used, and none twice (`product.md`, 19.2; contract C10)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadflow.domain.plan_usage import (
    CHECKED,
    COUNTED,
    SHARES,
    Books,
    Draw,
    Total,
    counted_sale,
    drawn,
    relimited,
    share_number,
    sold_for,
    upgraded_total,
)
from leadflow.domain.subscriptions import Amounts, Limits, Terms
from tests.unit.domain.usage_store import APRIL, MARCH, Store


@pytest.mark.parametrize("limit", [0, 1, 2, 7, 8, 9, 33, 400])
def test_exactly_as_many_leads_are_admitted_as_the_limit_says(limit: int) -> None:
    store = Store.limited(leads=limit)
    passed = sum(store.draw(COUNTED, number % SHARES) for number in range(limit + 20))
    assert passed == store.used.leads == limit
    assert store.books().standing.is_reached
    store.check()


def test_a_tenant_without_limits_is_counted_nevertheless() -> None:
    store = Store()
    assert all(store.draw(COUNTED, number % SHARES, MARCH) for number in range(100))
    assert store.draw(sold_for(4_500), 3)
    assert store.used == Amounts(leads=100, sales_cents=4_500)


def test_far_from_a_limit_a_grant_lasts_for_many_draws() -> None:
    store = Store.limited(leads=5_000)
    store.draw(COUNTED)
    version = store.total.version
    for _ in range(5_000 // 16 - 1):
        assert store.draw(COUNTED)
    assert store.total.version == version


def test_a_sale_is_never_refused_and_closes_the_gate_at_its_limit() -> None:
    store = Store.limited(sales_cents=1_000)
    assert store.draw(COUNTED, 1)
    assert store.draw(sold_for(999), 2)
    assert store.draw(COUNTED, 3)
    assert store.draw(sold_for(700), 4)
    assert store.used.sales_cents == 1_699
    assert not store.draw(COUNTED, 1)
    assert store.draw(sold_for(50), 1)
    store.check()


def test_a_new_lead_that_is_sold_passes_while_there_is_room_and_may_be_the_last() -> None:
    store = Store.limited(leads=3, sales_cents=1_000)
    assert store.draw(counted_sale(999), 1)
    assert store.draw(counted_sale(700), 2)
    assert not store.draw(counted_sale(1), 3)
    assert store.used == Amounts(leads=2, sales_cents=1_699)
    store.check()


def test_no_sale_brings_a_lead_in_beyond_the_limit_of_leads() -> None:
    store = Store.limited(leads=1)
    assert [store.draw(counted_sale(5), number) for number in (1, 2)] == [True, False]
    assert store.used == Amounts(leads=1, sales_cents=5)


def test_what_other_shares_have_left_is_recalled_before_a_limit_is_passed() -> None:
    store = Store.limited(sales_cents=1_600)
    for number in range(SHARES):
        store.draw(CHECKED, number)
    assert store.draw(sold_for(1_600), 0)
    assert store.used.sales_cents == store.total.granted.sales_cents == 1_600


def test_the_total_alone_shows_room_until_all_is_granted() -> None:
    store = Store.limited(leads=2, sales_cents=100)
    seen = [store.total.has_room]
    store.draw(COUNTED, 1)
    store.draw(CHECKED, 2)
    assert [*seen, store.total.has_room] == [True, False]
    assert not store.books().standing.is_reached


def test_a_counted_lead_is_not_counted_again_but_stopped_like_any_other() -> None:
    store = Store.limited(leads=1)
    assert store.draw(CHECKED)
    assert store.used.leads == 0
    assert store.draw(COUNTED)
    assert not store.draw(CHECKED)


def test_an_overtaken_grant_changes_nothing() -> None:
    store = Store.limited(leads=1)
    first, second = (drawn(store.books(), number, COUNTED) for number in (1, 2))
    assert first
    assert second
    assert store.applied(first, MARCH)
    assert not store.applied(second, MARCH)


def test_a_recall_fails_once_anything_of_it_is_used() -> None:
    store = Store.limited(leads=40)
    store.draw(CHECKED, 1)
    recall = relimited(store.books(), Terms(limits=Limits(leads=1)))
    store.draw(COUNTED, 1)
    assert not store.applied(recall, MARCH)


def test_a_new_cycle_begins_with_nothing_used_and_the_limits_that_were_to_come() -> None:
    store = Store.limited(leads=2)
    terms = store.total.terms.changed(Limits(leads=1), MARCH)
    store.applied(relimited(store.books(), terms), MARCH)
    store.total = store.total.next(announced=Amounts(leads=75))
    assert [store.draw(COUNTED) for _ in range(3)] == [True, True, False]
    assert [store.draw(COUNTED, 5, APRIL) for _ in range(2)] == [True, False]
    assert store.total.announced == Amounts()
    assert store.used == Amounts(leads=1)


def test_a_late_clock_counts_in_the_newer_cycle() -> None:
    store = Store.limited(leads=2)
    store.draw(COUNTED, 0, APRIL)
    assert store.draw(COUNTED, 1, MARCH)
    assert store.books(APRIL).standing.used.leads == 2


def test_first_limits_hold_for_what_is_granted_already() -> None:
    store = Store()
    for number in range(SHARES):
        store.draw(COUNTED, number)
    books = store.books()
    assert store.applied(
        relimited(books, books.total.terms.changed(Limits(leads=10), MARCH)), MARCH
    )
    assert [store.draw(COUNTED, number % SHARES) for number in range(4)] == [
        True,
        True,
        False,
        False,
    ]


def test_first_limits_below_what_is_used_let_nothing_more_in() -> None:
    store = Store()
    for number in range(5):
        store.draw(COUNTED, number)
    store.applied(relimited(store.books(), Terms(limits=Limits(leads=3))), MARCH)
    assert not store.draw(COUNTED)
    store.applied(relimited(store.books(), Terms(limits=Limits(leads=6))), MARCH)
    assert [store.draw(COUNTED) for _ in range(2)] == [True, False]


def test_an_upgrade_makes_room_at_once() -> None:
    store = Store.limited(leads=1)
    store.draw(COUNTED)
    total = upgraded_total(store.books())
    assert total
    store.total = total
    assert store.draw(COUNTED)
    store = Store.limited(sales_cents=200_000_000)
    store.draw(sold_for(200_000_000))
    assert upgraded_total(store.books()) is None


def test_a_lead_keeps_its_share_and_leads_use_all_of_them() -> None:
    numbers = [share_number(f"lead_{n:026d}") for n in range(200)]
    assert numbers == [share_number(f"lead_{n:026d}") for n in range(200)]
    assert set(numbers) == set(range(SHARES))


limits = st.builds(
    Limits,
    leads=st.none() | st.integers(0, 60),
    sales_cents=st.none() | st.integers(0, 3_000),
)
draws = (
    st.sampled_from([COUNTED, COUNTED, CHECKED])
    | st.builds(sold_for, st.integers(1, 900))
    | st.builds(counted_sale, st.integers(1, 900))
)
steps = st.lists(
    st.tuples(st.just("draw"), st.integers(0, SHARES - 1), draws)
    | st.tuples(st.just("stale"), st.integers(0, SHARES - 1), draws)
    | st.tuples(st.just("limits"), limits, st.none()),
    max_size=80,
)


@given(first=limits, steps=steps)
def test_no_interleaving_lets_a_lead_in_at_the_threshold_or_loses_a_place(
    first: Limits, steps: list[tuple[str, object, object]]
) -> None:
    """A stale step is decided on books from before the step in front of it."""
    store = Store(Total(terms=Terms(limits=first), cycle=MARCH))
    earlier = store.books()
    for kind, what, draw in steps:
        before, decided_on = store.books(), earlier
        earlier = before
        if kind == "limits":
            assert isinstance(what, Limits)
            terms = before.total.terms.changed(what, MARCH)
            assert store.applied(relimited(before, terms), MARCH)
        else:
            assert isinstance(what, int)
            assert isinstance(draw, Draw)
            passed = _stepped(store, what, draw, decided_on if kind == "stale" else None)
            if draw.is_gated:
                assert passed is None or passed != before.standing.is_reached
            else:
                assert passed is not False
        store.check()


def _stepped(store: Store, number: int, draw: Draw, decided_on: Books | None) -> bool | None:
    """Whether the draw was let pass; None: it was overtaken, and changed nothing."""
    if decided_on is None:
        return store.draw(draw, number)
    change = drawn(decided_on, number, draw)
    if change is None:
        return False if decided_on == store.books() else None
    return True if store.applied(change, MARCH) else None
