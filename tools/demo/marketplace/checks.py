"""Is the fourth act as it should be? Each check gives one sentence for each thing that is not."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from tools.demo.marketplace.script import (
    CREATED,
    DEPOSITS,
    FALLBACK_CENTS,
    IMPORTER,
    OFFERS,
    ORDERS,
    REJECTED,
    SUN,
    WINNING_CENTS,
    WRONG_FIELDS,
    Offer,
)
from tools.demo.wire import Job, Lead, ListedAuction, MadeOffer, Wallet


def listing_problems(listed: ListedAuction) -> Iterator[str]:
    """Where the auction shows something else once both orders are placed."""
    expected = (WINNING_CENTS, "others")
    actual = (listed.floor_cents, listed.floor_by)
    if expected != actual:
        yield f"The auction's floor should be {expected}, is {actual}."


def import_problems(job: Job, errors: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """Where the import made something else of the file."""
    expected = ("succeeded", CREATED, REJECTED)
    actual = (job.status, job.made.created, job.made.rejected)
    if expected != actual:
        yield f"The import (status, created, rejected) should be {expected}, is {actual}."
    wrong = {one["field"] for one in errors}
    if wrong != WRONG_FIELDS:
        yield f"The errors file should name {sorted(WRONG_FIELDS)}, names {sorted(wrong)}."


def offer_problems(planned: Offer, status: str, offer: MadeOffer) -> Iterator[str]:
    """Where an offer is something else than it should be by now."""
    if offer.status != status:
        name = f"{planned.source}'s offer of {planned.price_cents}"
        yield f"{name} should be {status}, is {offer.status} ({offer.reason})."


def sale_problems(lead: Lead, via: str, charged_cents: int, payout_cents: int) -> Iterator[str]:
    """Where a lead went otherwise than it should."""
    sold = lead.assignment
    expected = ("assigned", via, charged_cents, payout_cents)
    actual = (
        lead.status,
        sold.assigned_via if sold else None,
        sold.charged_cents if sold else None,
        lead.payout_cents,
    )
    if expected != actual:
        yield f"{lead.id} (status, via, charged, owed) should be {expected}, is {actual}."


def hold_problems(wallets: Mapping[str, Wallet], *, is_open: bool) -> Iterator[str]:
    """Whose holds are not those of the orders; once the auction is over there are none."""
    ordered = dict(ORDERS) if is_open else {}
    for name, wallet in wallets.items():
        if wallet.held_cents != ordered.get(name, 0):
            yield f"{name}: {wallet.held_cents} on hold instead of {ordered.get(name, 0)}."


def expected_balances() -> Mapping[str, int]:
    """What each wallet must hold in the end."""
    spent = Counter({SUN: WINNING_CENTS})
    spent[IMPORTER] += sum(one.price_cents for one in OFFERS if one.in_the_end == "accepted")
    return {name: cents - spent[name] for name, cents in DEPOSITS.items()}


def expected_sales() -> Sequence[tuple[str, int, int]]:
    """How each lead is sold, for how much, and what its source is owed for it."""
    accepted = [one for one in OFFERS if one.in_the_end == "accepted"]
    return [
        ("marketplace", WINNING_CENTS, FALLBACK_CENTS),
        *(("demand", one.price_cents, one.payout_cents) for one in accepted),
    ]
