"""A Highest Price stage with two partners that were pinged."""

from leadflow.application.exchange_ports import Reply
from tests.unit.application.highest_price_world import (
    World,
    ping_url,
    pinged,
    post_url,
)

TWO = (pinged(1), pinged(2))


def two(*pings: Reply, **posts: Reply) -> dict[str, Reply]:
    """What two partners answer to their pings; `first` and `second` in `posts` to their posts."""
    urls = {"first": post_url(1), "second": post_url(2)}
    told = {urls[name]: reply for name, reply in posts.items()}
    return {ping_url(number): reply for number, reply in enumerate(pings, 1)} | told


def winner_of(world: World) -> str | None:
    """Who has the lead."""
    assignment = world.lead.assignment
    return (assignment.partner_id or assignment.customer_id) if assignment else None
