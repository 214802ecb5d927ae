"""Where in the plan a reprocessed lead begins (`product.md`, 11.6)."""

from enum import StrEnum

from leadflow.domain.errors import Unprocessable
from leadflow.domain.plans import (
    LISTING_AT_END,
    BidSettings,
    Choice,
    HighestPriceStage,
    MarketplaceStage,
    Plan,
    RoundRobinStage,
    Stage,
)

Start = str
"""A named start, or the id of a stage."""


class NamedStart(StrEnum):
    """The starts that are no stage's id."""

    BIDDING = "bidding"
    PING_POST = "ping_post"
    MARKETPLACE = "marketplace"
    DIRECT_POST = "post_marketplace_direct_post"


def check_start(plan: Plan, start: Start, *, has_direct_post: bool) -> None:
    """Raise `Unprocessable` unless a run of the plan can begin there.

    `direct_post_not_configured`: the tenant has none, or it is off (13.5).
    `stage_not_available`: no such stage, or none with partners.
    """
    if start == NamedStart.DIRECT_POST:
        if has_direct_post:
            return
        raise Unprocessable("No direct post is configured.", code="direct_post_not_configured")
    if start != NamedStart.BIDDING and stage_at(plan, start) is None:
        lacking = {NamedStart.PING_POST: "The distribution plan has no stage with partners."}
        told = lacking.get(NamedStart(start)) if start in set(NamedStart) else None
        message = told or "The distribution plan has no such stage."
        raise Unprocessable(message, code="stage_not_available")


def stage_at(plan: Plan, start: Start) -> Stage | None:
    """The stage that a start means; None if there is no such stage, and for the whole plan.

    Whether a lead may enter it is not asked here: a paused one is passed as in every run.
    """
    if start == NamedStart.PING_POST:
        return next((stage for stage in plan.stages if has_partners(stage)), None)
    if start == NamedStart.MARKETPLACE:
        listing = (stage for stage in plan.stages if isinstance(stage, MarketplaceStage))
        return next(listing, LISTING_AT_END)
    return next((stage for stage in plan.stages if stage.id == start), None)


def has_partners(stage: Stage) -> bool:
    """Whether partners take part in a stage."""
    return (
        isinstance(stage, HighestPriceStage | RoundRobinStage) and stage.settings.partners.enabled
    )


def for_partners_only(stage: Stage) -> Stage:
    """The stage with its bids or customers switched off."""
    if isinstance(stage, HighestPriceStage):
        nobody: dict[str, object] = {"bids": BidSettings(enabled=False)}
    elif isinstance(stage, RoundRobinStage):
        nobody = {"customers": Choice()}
    else:
        return stage
    return stage.model_copy(update={"settings": stage.settings.model_copy(update=nobody)})
