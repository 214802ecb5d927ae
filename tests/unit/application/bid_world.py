"""Bids of a customer in Travis County, made and changed as requests would."""

from leadflow.application.bid_standing import BidView
from leadflow.application.caller_scope import CallerScope
from leadflow.application.manage_bids import BidChange, NewBid
from tests.builders import TYPE_ID
from tests.trade import Trade, admin, any_version
from tests.unit.domain.bidding_examples import customer

OWNER = customer(1, can_access_bidding=True)
TRAVIS = {"country": "US", "state": "TX", "county": "Travis County"}


def body(**members: object) -> dict[str, object]:
    """What a request for a new bid says."""
    return {
        "customer_id": OWNER.id,
        "lead_type_id": TYPE_ID,
        "scope": "county",
        "location": TRAVIS,
        "amount_cents": 10_000,
        **members,
    }


def make(trade: Trade, scope: CallerScope | None = None, /, **members: object) -> BidView:
    """A new bid, from JSON values."""
    wanted = NewBid.model_validate(body(**members))
    return trade.manage_bids.create(scope or admin(), wanted)


def edit(trade: Trade, bid_id: str, scope: CallerScope | None = None, **members: object) -> BidView:
    """Change members of a bid, from JSON values."""
    change = BidChange.model_validate(members)
    return trade.manage_bids.edit(scope or admin(), bid_id, change, any_version)
