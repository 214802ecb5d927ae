"""What the API tells a tenant, and whether the tables say the same.

The tables are read first, so what has changed since is not compared. A token of an admin of the
tenant is all that it takes; nothing is changed.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Protocol

from tools.verify.observed import (
    Entry,
    Lead,
    Observed,
    Told,
    ToldLead,
    ToldRow,
    ToldWallet,
    Wallet,
)

PAGE = "200"
"""Objects of a list that one request asks for: the most that the API gives."""

PER_LIST = 20
"""Objects of one list that are named."""

Json = dict[str, Any]


class Reader(Protocol):
    """A client of the API with the tenant's token."""

    def __call__(self, path: str, query: dict[str, str]) -> Json:
        """The body of a GET that is answered with 200."""
        ...


def told(read: Reader) -> Told:
    """All that is compared: two requests for each customer, and one for each 200 leads."""
    customers = [*_all(read, "/customers"), *_all(read, "/customers", archived="true")]
    leads = [*_all(read, "/leads"), *_all(read, "/leads", test_mode="true")]
    usage = read("/usage", {})
    return Told(
        wallets=tuple(_wallet(read, one["id"]) for one in customers),
        leads=tuple(map(ToldLead.model_validate, leads)),
        auction_ids=frozenset(one["id"] for one in _all(read, "/marketplace/auctions")),
        leads_used=usage["leads"]["used"],
        sales_used_cents=usage["sales_cents"]["used"],
        withheld=usage["withheld"],
    )


def _all(read: Reader, path: str, **query: str) -> Iterator[Json]:
    """All objects of a list, page by page."""
    asked = {"limit": PAGE, **query}
    while True:
        page = read(path, asked)
        yield from page["data"]
        if not page["has_more"]:
            return
        asked = asked | {"cursor": page["next_cursor"]}


def _wallet(read: Reader, customer_id: str) -> ToldWallet:
    wallet = read(f"/customers/{customer_id}/wallet", {})
    rows = map(ToldRow.model_validate, _all(read, f"/customers/{customer_id}/transactions"))
    return ToldWallet.model_validate({**wallet, "rows": tuple(rows)})


def api_says_the_same(seen: Observed) -> Iterator[str]:
    """Wallets with their rows, leads, auctions on offer, and counts, of the one tenant."""
    said = seen.told or Told()
    tenants = {one.tenant_id for one in seen.wallets if one.id in _ids(said)} | {
        one.tenant_id for one in seen.leads if one.id in _ids(said)
    }
    if len(tenants) > 1:
        yield f"one tenant is told of what belongs to {sorted(tenants)}"
    for tenant_id in sorted(tenants)[:1]:
        yield from _of_wallets(seen, said, tenant_id)
        yield from _of_leads(seen, said, tenant_id)
        if not any(one.updated_at >= seen.at for one in said.leads):
            yield from _of_auctions(seen, said, tenant_id)
            yield from _of_usage(seen, said, tenant_id)


def _ids(said: Told) -> set[str]:
    return {one.customer_id for one in said.wallets} | {one.id for one in said.leads}


def _of_wallets(seen: Observed, said: Told, tenant_id: str) -> Iterator[str]:
    stored = {one.id: one for one in seen.wallets if one.tenant_id == tenant_id}
    rows: dict[str, list[Entry]] = {}
    for row in seen.entries:
        rows.setdefault(row.customer_id, []).append(row)
    yield from _same_ids("customers", set(stored), [one.customer_id for one in said.wallets])
    for wallet in said.wallets:
        is_at_rest = not any(row.created_at >= seen.at for row in wallet.rows)
        if wallet.customer_id in stored and is_at_rest:
            known = rows.get(wallet.customer_id, [])
            yield from _of_wallet(wallet, stored[wallet.customer_id], known)


def _of_wallet(said: ToldWallet, stored: Wallet, rows: list[Entry]) -> Iterator[str]:
    told_cents = (said.balance_cents, said.held_cents, said.spendable_cents)
    spendable = stored.balance_cents - stored.held_cents
    if told_cents != (stored.balance_cents, stored.held_cents, spendable):
        held = (stored.balance_cents, stored.held_cents, spendable)
        yield f"{stored.id}: balance, held and spendable are told as {told_cents}, stored as {held}"
    yield from _same_ids(
        f"rows of {stored.id}", {one.id for one in rows}, [one.id for one in said.rows]
    )
    amounts = {one.id: (one.amount_cents, one.balance_after_cents) for one in rows}
    for row in said.rows:
        known = amounts.get(row.id, (abs(row.amount_cents), row.balance_after_cents))
        if known != (abs(row.amount_cents), row.balance_after_cents):
            yield f"{row.id} is told as {row.amount_cents}, {row.balance_after_cents} behind it"
    places = {one.id: one.sequence for one in rows}
    in_order = [places[one.id] for one in said.rows if one.id in places]
    if any(newer < older for newer, older in pairwise(in_order)):
        yield f"{stored.id}: its rows are not told from the newest"


def _of_leads(seen: Observed, said: Told, tenant_id: str) -> Iterator[str]:
    stored = {one.id: one for one in seen.leads if one.tenant_id == tenant_id}
    at_rest = [one for one in said.leads if one.updated_at < seen.at]
    changed = {one.id for one in said.leads} - {one.id for one in at_rest}
    yield from _same_ids("leads", set(stored) - changed, [one.id for one in at_rest])
    for lead in at_rest:
        known = stored.get(lead.id)
        if known and _facts(lead) != _facts(known):
            yield f"{lead.id} is told as {_facts(lead)}, stored as {_facts(known)}"


def _facts(lead: ToldLead | Lead) -> tuple[str, str | None, int | None, int]:
    sold = lead.assignment
    return (
        lead.status,
        sold.customer_id if sold else None,
        sold.charged_cents if sold else None,
        lead.payout_cents,
    )


def _of_auctions(seen: Observed, said: Told, tenant_id: str) -> Iterator[str]:
    """What is on offer is active; one that is due is active until it is settled, and not shown."""
    active = {
        one.id for one in seen.auctions if (one.tenant_id, one.status) == (tenant_id, "active")
    }
    for auction_id in sorted(said.auction_ids - active):
        yield f"{auction_id} is on offer, and not active"


def _of_usage(seen: Observed, said: Told, tenant_id: str) -> Iterator[str]:
    this_month = (tenant_id, f"{seen.at:%Y-%m}-01")
    shares = [one for one in seen.shares if (one.tenant_id, one.cycle) == this_month]
    waiting = sum(one.status == "withheld" for one in seen.leads if one.tenant_id == tenant_id)
    stored = (
        sum(one.leads_used for one in shares),
        sum(one.sales_used_cents for one in shares),
        waiting,
    )
    told_counts = (said.leads_used, said.sales_used_cents, said.withheld)
    if told_counts != stored:
        yield f"leads, sales and withheld leads are told as {told_counts}, stored as {stored}"


def _same_ids(what: str, stored: set[str], told_ids: list[str]) -> Iterator[str]:
    if len(told_ids) != len(set(told_ids)):
        yield f"{what}: some are told twice"
    for one in sorted(stored - set(told_ids))[:PER_LIST]:
        yield f"{what}: {one} is not told"
    for one in sorted(set(told_ids) - stored)[:PER_LIST]:
        yield f"{what}: {one} is told, and not stored"
