"""On a schedule: settle auctions and demands that are due, and archivings that broke off."""

from collections import Counter
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from leadflow.runtime import demand_actions, marketplace_actions
from leadflow.runtime.observability import count, logger


def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """Count what was done; whatever is not finished in time is done by the next call."""
    advance, done = marketplace_actions.advance_auctions(), Counter[str]()
    for due in advance.due():
        came_to = advance(due)
        logger().info(
            "auction", tenant_id=due.tenant_id, auction_id=due.auction_id, advance=came_to
        )
        count("Auctions", advance=came_to)
        done[came_to] += 1
    close = demand_actions.close_demands()
    for one in close.due():
        closing = close(one)
        logger().info("demand", tenant_id=one.tenant_id, demand_id=one.demand_id, closing=closing)
        count("Demands", closing=closing)
        done[f"demands_{closing}"] += 1
    finish = marketplace_actions.finish_archivings()
    for begun in finish.due():
        archived = finish(begun)
        logger().warning(
            "archiving",
            tenant_id=begun.tenant_id,
            customer_id=begun.customer_id,
            archived=archived,
        )
        count("Archivings", archived=archived)
        done[f"archivings_{archived}"] += 1
    return dict(done)
