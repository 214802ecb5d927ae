"""The marketplace and demands (`api.md`, 5)."""

from leadflow.application.browse_demands import DemandFilters
from leadflow.application.browse_marketplace import AuctionFilters
from leadflow.application.buy_lead import BuyForm, BuyManyForm
from leadflow.application.offer_on_demand import OfferForm
from leadflow.application.place_buy_order import BuyOrderForm
from leadflow.runtime.representations.demands import DemandBody, OfferBody, TenantOfferBody
from leadflow.runtime.representations.marketplace import (
    AuctionBody,
    ItemsBody,
    OrderBody,
    PlacedBody,
    PurchaseBody,
)
from tools.openapi.operation import Caller, Operation, Shape, page, request

_BUYER = (Caller.CUSTOMER,)
_AUCTION = {"id": "auction"}
_DEMAND = {"id": "demand"}
_EVERYBODY = (Caller.SOURCE, Caller.TENANT, Caller.CUSTOMER)
_BUYING = ("auction_closed", "customer_archived", "insufficient_funds")

MARKETPLACE = (
    Operation(
        id="list_auctions",
        method="get",
        path="/marketplace/auctions",
        function="browse_marketplace",
        summary="List what is on the marketplace",
        tag="Marketplace",
        callers=(Caller.TENANT, Caller.CUSTOMER),
        permission="marketplace.view",
        filters=AuctionFilters,
        answers={200: page(AuctionBody)},
    ),
    Operation(
        id="list_public_auctions",
        method="get",
        path="/public/{tenant_id}/marketplace",
        function="browse_marketplace",
        summary="List what a tenant shows to anybody",
        tag="Marketplace",
        callers=(),
        filters=AuctionFilters,
        answers={200: page(AuctionBody)},
        kinds={"tenant_id": "tenant"},
    ),
    Operation(
        id="buy_lead",
        method="post",
        path="/marketplace/auctions/{id}/buy",
        function="buy_lead",
        summary="Buy a listed lead at its current price",
        tag="Marketplace",
        callers=_BUYER,
        body=request(BuyForm),
        answers={200: Shape(PurchaseBody)},
        codes=("price_changed", *_BUYING),
        kinds=_AUCTION,
    ),
    Operation(
        id="buy_leads",
        method="post",
        path="/marketplace/buy",
        function="buy_lead",
        summary="Buy several listed leads, each decided on its own",
        tag="Marketplace",
        callers=_BUYER,
        body=request(BuyManyForm),
        answers={200: Shape(ItemsBody)},
    ),
    Operation(
        id="place_buy_order",
        method="post",
        path="/marketplace/auctions/{id}/orders",
        function="place_buy_order",
        summary="Place or raise a buy order",
        tag="Marketplace",
        callers=_BUYER,
        body=request(BuyOrderForm),
        answers={201: Shape(PlacedBody)},
        codes=("buy_order_below_last_price", "buy_order_not_above_leader", *_BUYING),
        kinds=_AUCTION,
    ),
    Operation(
        id="list_buy_orders",
        method="get",
        path="/marketplace/orders",
        function="browse_marketplace",
        summary="List one's own buy orders",
        tag="Marketplace",
        callers=_BUYER,
        answers={200: page(OrderBody)},
    ),
    Operation(
        id="cancel_buy_order",
        method="delete",
        path="/marketplace/orders/{id}",
        function="cancel_buy_order",
        summary="Take a buy order back",
        tag="Marketplace",
        callers=_BUYER,
        answers={204: None},
        codes=("auction_closed",),
        kinds={"id": "order"},
    ),
)

DEMANDS = (
    Operation(
        id="list_demands",
        method="get",
        path="/demands",
        function="view_demands",
        summary="List demands: open ones for sources, own ones for customers",
        tag="Demands",
        callers=_EVERYBODY,
        permission="leads.view",
        filters=DemandFilters,
        answers={200: page(DemandBody)},
    ),
    Operation(
        id="view_demand",
        method="get",
        path="/demands/{id}",
        function="view_demands",
        summary="Show one demand",
        tag="Demands",
        callers=_EVERYBODY,
        permission="leads.view",
        answers={200: Shape(DemandBody)},
        kinds=_DEMAND,
    ),
    Operation(
        id="cancel_demand",
        method="delete",
        path="/demands/{id}",
        function="cancel_demand",
        summary="Cancel a demand",
        tag="Demands",
        callers=(Caller.TENANT, Caller.CUSTOMER),
        permission="leads.import",
        answers={204: None},
        codes=("demand_closed",),
        kinds=_DEMAND,
    ),
    Operation(
        id="offer_on_demand",
        method="post",
        path="/demands/{id}/offers",
        function="offer_on_demand",
        summary="Offer a lead for a demand",
        tag="Demands",
        callers=(Caller.SOURCE,),
        body=request(OfferForm),
        answers={201: Shape(OfferBody)},
        codes=("demand_closed", "offer_above_ceiling", "criteria_not_met"),
        kinds=_DEMAND,
    ),
    Operation(
        id="list_offers",
        method="get",
        path="/demands/{id}/offers",
        function="view_demands",
        summary="List offers: own ones for sources, all for the tenant",
        tag="Demands",
        callers=(Caller.SOURCE, Caller.TENANT),
        permission="leads.view",
        answers={200: page(OfferBody | TenantOfferBody)},
        kinds=_DEMAND,
    ),
)
