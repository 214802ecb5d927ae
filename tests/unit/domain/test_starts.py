"""Where in the plan a reprocessed lead begins."""

import pytest

from leadflow.domain.errors import Unprocessable
from leadflow.domain.plans import (
    LISTING_AT_END,
    BidSettings,
    Choice,
    HighestPriceSettings,
    MarketplaceStage,
    PartnerSettings,
    Plan,
    Stage,
)
from leadflow.domain.starts import NamedStart, check_start, for_partners_only, stage_at
from tests.builders import plan, stage
from tests.unit.domain.round_robin_examples import round_robin

LISTING = MarketplaceStage(id=stage(3).id, name="Marketplace")
ASKING = stage(
    1, settings=HighestPriceSettings(partners=PartnerSettings(enabled=True, include=("partner_1",)))
)
IN_TURN = round_robin(2)
WITHOUT = (stage(0), round_robin(2, partners=Choice(include=("partner_1",))))


def code(of_plan: Plan, start: str, *, has_direct_post: bool = False) -> str | None:
    """Why a run cannot begin there."""
    try:
        check_start(of_plan, start, has_direct_post=has_direct_post)
    except Unprocessable as refused:
        return refused.code
    return None


@pytest.mark.parametrize(
    ("start", "stages", "first"),
    [
        (NamedStart.BIDDING, (stage(0), ASKING), None),
        (stage(0).id, (stage(0), ASKING), stage(0)),
        (ASKING.id, (stage(0), ASKING), ASKING),
        (NamedStart.PING_POST, (stage(0), ASKING, IN_TURN), ASKING),
        (NamedStart.PING_POST, (stage(0), LISTING, IN_TURN), IN_TURN),
        (NamedStart.MARKETPLACE, (stage(0), LISTING, stage(4)), LISTING),
        (NamedStart.MARKETPLACE, (stage(0),), LISTING_AT_END),
    ],
)
def test_a_start_means_a_stage(start: str, stages: tuple[Stage, ...], first: Stage | None) -> None:
    assert stage_at(plan(*stages), start) == first
    assert code(plan(*stages), start) is None


@pytest.mark.parametrize(
    ("start", "refusal"),
    [
        (NamedStart.DIRECT_POST, "direct_post_not_configured"),
        (NamedStart.PING_POST, "stage_not_available"),
        (stage(7).id, "stage_not_available"),
        (LISTING_AT_END.id, "stage_not_available"),
    ],
)
def test_a_start_that_the_plan_does_not_have_is_refused(start: str, refusal: str) -> None:
    assert code(plan(*WITHOUT), start) == refusal


def test_a_tenant_with_a_direct_post_may_begin_there() -> None:
    assert code(plan(), NamedStart.DIRECT_POST, has_direct_post=True) is None


def test_a_plan_without_stages_has_two_starts() -> None:
    assert [start for start in NamedStart if code(plan(), start) is None] == [
        NamedStart.BIDDING,
        NamedStart.MARKETPLACE,
    ]


def test_where_only_partners_take_part_bids_and_customers_do_not() -> None:
    auction, turn = for_partners_only(ASKING), for_partners_only(IN_TURN)
    assert auction.settings == ASKING.settings.model_copy(
        update={"bids": BidSettings(enabled=False)}
    )
    assert turn.settings == IN_TURN.settings.model_copy(update={"customers": Choice()})
    assert (auction.id, turn.id) == (ASKING.id, IN_TURN.id)
    assert for_partners_only(LISTING) == LISTING


def test_the_marketplace_at_the_end_is_behind_every_stage() -> None:
    of_plan = plan(stage(0), stage(1))
    assert of_plan.stage(LISTING_AT_END.id) is LISTING_AT_END
    assert of_plan.after(LISTING_AT_END.id) == ()
    assert LISTING_AT_END not in of_plan.after(None)


def test_every_stage_but_the_first_has_one_before_it() -> None:
    of_plan = plan(stage(0), stage(1))
    assert of_plan.before(stage(0).id) is None
    assert of_plan.before(stage(1).id) == stage(0).id
