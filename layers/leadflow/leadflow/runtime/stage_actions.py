"""The tasks of the distribution, each with the adapters that stand behind its ports."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from leadflow.runtime import container
from leadflow.runtime.webhook_actions import messenger

if TYPE_CHECKING:
    from leadflow.application.alter_lead_data import AlterLeadData
    from leadflow.application.close_flow import CloseFlow
    from leadflow.application.direct_post import DirectPost
    from leadflow.application.enrich_with_real_estate_api import EnrichWithRealEstateApi
    from leadflow.application.honor_ping import HonorPing
    from leadflow.application.list_on_marketplace import ListOnMarketplace
    from leadflow.application.partner_posts import PartnerPosts
    from leadflow.application.ping_rounds import PingRounds
    from leadflow.application.reconcile import Reconcile
    from leadflow.application.record_distribution_error import RecordDistributionError
    from leadflow.application.sell_at_highest_price import SellAtHighestPrice
    from leadflow.application.sell_round_robin import SellRoundRobin
    from leadflow.application.stage_tasks import StageDesk
    from leadflow.application.watch_partners import WatchPartners


@cache
def stage_desk() -> StageDesk:
    """What every stage needs."""
    from leadflow.application.stage_tasks import StageDesk

    return StageDesk(
        configuration=container.configuration(),
        leads=container.leads(),
        flows=container.flows(),
        formats=container.formats(),
        clock=container.clock(),
    )


@cache
def ping_rounds() -> PingRounds:
    """The rounds in which partners are asked for a price."""
    from leadflow.application.ping_rounds import PingRounds

    return PingRounds(
        outbound=container.outbound(),
        secrets=container.secrets(),
        calls=container.call_counts(),
        clock=container.clock(),
    )


@cache
def sell_at_highest_price() -> SellAtHighestPrice:
    """The Highest Price stage."""
    from leadflow.application.sell_at_highest_price import SellAtHighestPrice

    return SellAtHighestPrice(
        desk=stage_desk(),
        book=container.bid_book(),
        bidders=container.customers(),
        sales=container.sales(),
        rounds=ping_rounds(),
        posts=partner_posts(),
    )


@cache
def honor_ping() -> HonorPing:
    """The promise that a post comes back to."""
    from leadflow.application.honor_ping import HonorPing
    from leadflow.application.promise_checks import PromiseChecks

    checks = PromiseChecks(
        book=container.bid_book(),
        customers=container.customers(),
        rotations=container.rotations(),
    )
    return HonorPing(
        desk=stage_desk(), checks=checks, sales=container.sales(), posts=partner_posts()
    )


@cache
def alter_lead_data() -> AlterLeadData:
    """The Alter Data stage."""
    from leadflow.application.alter_lead_data import AlterLeadData

    return AlterLeadData(desk=stage_desk())


@cache
def enrich_with_real_estate_api() -> EnrichWithRealEstateApi:
    """The Real Estate API stage."""
    from leadflow.application.enrich_with_real_estate_api import EnrichWithRealEstateApi

    return EnrichWithRealEstateApi(desk=stage_desk(), api=container.real_estate_api())


@cache
def partner_posts() -> PartnerPosts:
    """Delivery of leads to partners."""
    from leadflow.application.partner_posts import PartnerPosts

    return PartnerPosts(
        configuration=container.configuration(),
        leads=container.leads(),
        outbound=container.outbound(),
        secrets=container.secrets(),
        calls=container.call_counts(),
        clock=container.clock(),
    )


@cache
def sell_round_robin() -> SellRoundRobin:
    """The Round Robin stage."""
    from leadflow.application.sell_round_robin import SellRoundRobin

    return SellRoundRobin(
        desk=stage_desk(),
        customers=container.customer_store(),
        rotations=container.rotations(),
        sales=container.sales(),
        posts=partner_posts(),
    )


@cache
def list_on_marketplace() -> ListOnMarketplace:
    """The Marketplace stage."""
    from leadflow.application.list_on_marketplace import ListOnMarketplace

    return ListOnMarketplace(desk=stage_desk(), marketplace=container.marketplace())


@cache
def close_flow() -> CloseFlow:
    """The end of a run that sold nothing."""
    from leadflow.application.close_flow import CloseFlow

    return CloseFlow(
        leads=container.leads(),
        flows=container.flows(),
        clock=container.clock(),
        direct_post=direct_post(),
    )


@cache
def direct_post() -> DirectPost:
    """The delivery of leads that the marketplace did not sell."""
    from leadflow.application.direct_post import DirectPost
    from leadflow.application.switch_off_direct_post import SwitchOffDirectPost

    return DirectPost(
        configuration=container.configuration(),
        secrets=container.secrets(),
        messenger=messenger(),
        switch_off=SwitchOffDirectPost(
            store=container.configuration(), clock=container.clock(), ids=container.ids()
        ),
        clock=container.clock(),
    )


@cache
def record_distribution_error() -> RecordDistributionError:
    """The end of a run that broke off."""
    from leadflow.application.record_distribution_error import RecordDistributionError

    return RecordDistributionError(
        configuration=container.configuration(),
        leads=container.leads(),
        sales=container.sales(),
        clock=container.clock(),
    )


@cache
def reconcile() -> Reconcile:
    """The end of what a crash left behind."""
    from leadflow.application.reconcile import Reconcile

    return Reconcile(
        configuration=container.configuration(),
        leads=container.leads(),
        flows=container.flows(),
        distribution=container.distribution(),
        formats=container.formats(),
        clock=container.clock(),
        record_distribution_error=record_distribution_error(),
    )


@cache
def watch_partners() -> WatchPartners:
    """The self-pausing of partners."""
    from leadflow.application.watch_partners import WatchPartners

    return WatchPartners(
        store=container.configuration(),
        calls=container.call_counts(),
        ids=container.ids(),
        clock=container.clock(),
    )
