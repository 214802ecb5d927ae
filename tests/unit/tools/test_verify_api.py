"""What the API tells is compared with what the tables hold."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.tools.observed_examples import DEPOSIT, HELD, KEPT, NOON, SOLD, WALLET
from tools.verify.__main__ import report
from tools.verify.api import api_says_the_same, told
from tools.verify.observed import Observed, Told, ToldLead, ToldRow, ToldWallet
from tools.verify.promises import judged

EARLIER = NOON - timedelta(minutes=1)
ROWS = tuple(
    ToldRow(
        id=one.id,
        amount_cents=one.amount_cents,
        balance_after_cents=one.balance_after_cents,
        created_at=EARLIER,
    )
    for one in (HELD, SOLD, DEPOSIT)
)
SAID = Told(
    wallets=(
        ToldWallet(
            customer_id="cus_1", balance_cents=600, held_cents=100, spendable_cents=500, rows=ROWS
        ),
    ),
    leads=tuple(
        ToldLead(id=one.id, status=one.status, updated_at=EARLIER, assignment=one.assignment)
        for one in KEPT.leads
    ),
    auction_ids=frozenset({"auction_1"}),
    leads_used=2,
)
STORED = replace(
    KEPT,
    wallets=[WALLET.model_copy(update={"tenant_id": "tenant_1"})],
    leads=[one.model_copy(update={"tenant_id": "tenant_1"}) for one in KEPT.leads],
    auctions=[one.model_copy(update={"tenant_id": "tenant_1"}) for one in KEPT.auctions],
)


def wallet(**changes: object) -> Told:
    return replace(SAID, wallets=[SAID.wallets[0].model_copy(update=changes)])


def lead(**changes: object) -> Told:
    return replace(SAID, leads=[SAID.leads[0].model_copy(update=changes), SAID.leads[1]])


DIFFERENCES: dict[str, tuple[Callable[[], Told], str]] = {
    "another-balance": (lambda: wallet(balance_cents=601), "balance, held and spendable"),
    "another-hold": (lambda: wallet(held_cents=99), "balance, held and spendable"),
    "more-to-spend": (lambda: wallet(spendable_cents=501), "balance, held and spendable"),
    "a-row-less": (lambda: wallet(rows=ROWS[1:]), "is not told"),
    "a-row-twice": (lambda: wallet(rows=(*ROWS, ROWS[-1])), "told twice"),
    "rows-out-of-order": (lambda: wallet(rows=ROWS[::-1]), "not told from the newest"),
    "a-row-of-more": (
        lambda: wallet(rows=(ROWS[0].model_copy(update={"amount_cents": 101}), *ROWS[1:])),
        "is told as 101",
    ),
    "another-status": (lambda: lead(status="returned"), "lead_1 is told as"),
    "another-payout": (lambda: lead(payout_cents=1), "lead_1 is told as"),
    "nobody-has-it": (lambda: lead(assignment=None), "lead_1 is told as"),
    "a-lead-less": (lambda: replace(SAID, leads=SAID.leads[:1]), "leads: lead_2 is not told"),
    "a-lead-more": (
        lambda: replace(
            SAID, leads=[*SAID.leads, SAID.leads[0].model_copy(update={"id": "lead_9"})]
        ),
        "leads: lead_9 is told, and not stored",
    ),
    "an-auction-that-is-over": (
        lambda: replace(SAID, auction_ids=frozenset({"auction_9"})),
        "auction_9 is on offer, and not active",
    ),
    "another-count": (lambda: replace(SAID, leads_used=3), "are told as (3, 0, 0)"),
}


def differences(said: Told, stored: Observed = STORED) -> list[str]:
    return list(api_says_the_same(replace(stored, told=said)))


def test_nothing_is_found_where_both_say_the_same() -> None:
    assert differences(SAID) == []


@pytest.mark.parametrize(("said", "words"), DIFFERENCES.values(), ids=DIFFERENCES)
def test_what_the_api_tells_otherwise_is_found(said: Callable[[], Told], words: str) -> None:
    found = differences(said())
    assert len(found) == 1
    assert words in found[0]


def test_what_has_changed_since_the_tables_were_read_is_not_compared() -> None:
    now = STORED.at
    assert differences(lead(status="returned", updated_at=now)) == []
    moved = ROWS[0].model_copy(update={"id": "txn_9", "created_at": now})
    assert differences(wallet(balance_cents=7, rows=(moved, *ROWS))) == []


def test_a_lead_of_another_tenant_is_found() -> None:
    leads = [STORED.leads[0], STORED.leads[1].model_copy(update={"tenant_id": "tenant_2"})]
    found = differences(SAID, replace(STORED, leads=leads))
    assert found[0] == "one tenant is told of what belongs to ['tenant_1', 'tenant_2']"


def test_the_api_is_judged_only_if_it_was_asked() -> None:
    assert "API" not in {one.number for one in judged(STORED)}
    asked = replace(STORED, told=SAID)
    lines = report(asked, judged(asked)).splitlines()
    assert "  API  The API says the same      kept" in lines
    assert lines[1] == "The API told of 2 leads, 1 wallets."


PAGES: dict[tuple[str, str | None], dict[str, Any]] = {
    ("/customers", None): {"data": [{"id": "cus_1"}], "has_more": True, "next_cursor": "c1"},
    ("/customers", "c1"): {"data": [{"id": "cus_2"}], "has_more": False},
    ("/marketplace/auctions", None): {"data": [{"id": "auction_1"}], "has_more": False},
    ("/usage", None): {
        "leads": {"used": 4},
        "sales_cents": {"used": 50},
        "withheld": 6,
    },
}


def test_all_pages_of_all_lists_are_asked_for() -> None:
    def read(path: str, query: dict[str, str]) -> dict[str, Any]:
        if path.endswith("/wallet"):
            cents = dict.fromkeys(("balance_cents", "held_cents", "spendable_cents"), 0)
            return {"customer_id": path.split("/")[2], **cents}
        is_other_list = "archived" in query or path.endswith("/transactions") or "leads" in path
        if is_other_list:
            return {"data": [], "has_more": False}
        return PAGES[path, query.get("cursor")]

    said = told(read)
    assert [one.customer_id for one in said.wallets] == ["cus_1", "cus_2"]
    assert said.auction_ids == {"auction_1"}
    assert (said.leads_used, said.sales_used_cents, said.withheld) == (4, 50, 6)
