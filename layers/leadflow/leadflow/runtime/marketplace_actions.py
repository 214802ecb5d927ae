"""The actions on the marketplace, each with the adapters that stand behind its ports.

Everything is made at its first use and kept for the life of the process.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from leadflow.runtime import actions, container

if TYPE_CHECKING:
    from leadflow.application.advance_auctions import AdvanceAuctions
    from leadflow.application.archive_customer import ArchiveCustomer
    from leadflow.application.auction_desk import AuctionDesk
    from leadflow.application.browse_marketplace import BrowseMarketplace
    from leadflow.application.buy_lead import BuyLead
    from leadflow.application.cancel_buy_order import CancelBuyOrder
    from leadflow.application.finish_archivings import FinishArchivings
    from leadflow.application.free_holds import FreeHolds
    from leadflow.application.place_buy_order import PlaceBuyOrder


@cache
def auction_desk() -> AuctionDesk:
    """What every action on an auction needs."""
    from leadflow.application.auction_desk import AuctionDesk

    return AuctionDesk(
        configuration=container.configuration(),
        marketplace=container.marketplace(),
        leads=container.leads(),
        customers=container.customer_store(),
        clock=container.clock(),
    )


@cache
def free_holds() -> FreeHolds:
    """The release of what is held for buy orders."""
    from leadflow.application.free_holds import FreeHolds

    return FreeHolds(desk=auction_desk())


@cache
def browse_marketplace() -> BrowseMarketplace:
    """The actions behind the listings and the list of own orders."""
    from leadflow.application.browse_marketplace import BrowseMarketplace

    return BrowseMarketplace(
        configuration=container.configuration(),
        lists=container.marketplace(),
        rates=container.request_rates(),
        clock=container.clock(),
    )


@cache
def buy_lead() -> BuyLead:
    """The action behind `POST /marketplace/auctions/{id}/buy` and `POST /marketplace/buy`."""
    from leadflow.application.buy_lead import BuyLead

    return BuyLead(desk=auction_desk(), holds=free_holds())


@cache
def place_buy_order() -> PlaceBuyOrder:
    """The action behind `POST /marketplace/auctions/{id}/orders`."""
    from leadflow.application.place_buy_order import PlaceBuyOrder

    return PlaceBuyOrder(desk=auction_desk(), buy=buy_lead(), ids=container.ids())


@cache
def cancel_buy_order() -> CancelBuyOrder:
    """The action behind `DELETE /marketplace/orders/{id}`."""
    from leadflow.application.cancel_buy_order import CancelBuyOrder

    return CancelBuyOrder(desk=auction_desk(), holds=free_holds())


@cache
def archive_customer() -> ArchiveCustomer:
    """The action behind `DELETE /customers/{id}`."""
    from leadflow.application.archive_customer import ArchiveCustomer

    return ArchiveCustomer(
        customers=container.customer_store(),
        manage=actions.manage_customers(),
        holds=free_holds(),
        archivings=container.archivings(),
        clock=container.clock(),
    )


@cache
def finish_archivings() -> FinishArchivings:
    """The end of archivings that broke off."""
    from leadflow.application.finish_archivings import FinishArchivings

    return FinishArchivings(
        archivings=container.archivings(),
        customers=container.customer_store(),
        holds=free_holds(),
        clock=container.clock(),
    )


@cache
def advance_auctions() -> AdvanceAuctions:
    """The settling of due auctions."""
    from leadflow.application.advance_auctions import AdvanceAuctions

    return AdvanceAuctions(
        desk=auction_desk(),
        holds=free_holds(),
        auctions=container.marketplace(),
        distribution=container.distribution(),
        formats=container.formats(),
    )
