"""The distribution plan of the second act: eight stages, all five methods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from tools.demo.ping_post.market import AGED, GUTTERS, ROOF, SOLAR, WINDOWS, condition

Stage = dict[str, JsonValue]

LOOK_UP, VALUABLE, BEST_OFFER = "Look up the property", "Valuable homes", "Best offer"
CUSTOMERS_IN_TURN, PARTNERS_IN_TURN = "Customers in turn", "Partners in turn"
MARK_DOWN, AGED_LEADS, MARKETPLACE = "Mark down", "Aged leads", "Marketplace"

MINIMUM_OFFER_CENTS = 1000
"""Below it an offer of a partner is none; bids have the minimum of their scope."""
VALUABLE_DOLLARS = 300_000
WINDOW_CENTS, GUTTER_CENTS = 2500, 1200
"""The flat prices of the two Round Robin stages."""
ROTATING_CUSTOMERS = ("Clear View", "Bright Panes")
ROTATING_PARTNERS = ("Gutter Guild", "Eaves & Co")


@dataclass(frozen=True)
class Ids:
    """What the stages refer to, by name."""

    category: str
    lead_types: Mapping[str, str]
    customers: Mapping[str, str]
    partners: Mapping[str, str]


def stages(ids: Ids) -> Sequence[Stage]:
    """The stages in their order."""
    return (*_selling(ids), *_handing_on(ids))


def _selling(ids: Ids) -> tuple[Stage, ...]:
    in_turn: list[JsonValue] = [ids.partners[name] for name in ROTATING_PARTNERS]
    return (
        _stage(LOOK_UP, "real_estate_api", _is(ids, ROOF), _look_up(ids)),
        _stage(VALUABLE, "highest_price", [[_VALUABLE]], {"bids": {"enabled": True}}),
        _stage(
            BEST_OFFER,
            "highest_price",
            _is(ids, SOLAR),
            {
                "bids": {"enabled": True},
                "partners": {
                    "enabled": True,
                    "minimum_price_cents": MINIMUM_OFFER_CENTS,
                    "exclude": in_turn,
                },
            },
        ),
        _in_turn(
            CUSTOMERS_IN_TURN,
            _is(ids, WINDOWS),
            WINDOW_CENTS,
            customers=[ids.customers[name] for name in ROTATING_CUSTOMERS],
        ),
        _in_turn(PARTNERS_IN_TURN, _is(ids, GUTTERS), GUTTER_CENTS, partners=in_turn),
    )


def _handing_on(ids: Ids) -> tuple[Stage, ...]:
    operations: list[JsonValue] = [
        {"set_lead_type": ids.lead_types[AGED]},
        {"set_field": "offer", "value": "marked down"},
    ]
    bids_only: dict[str, JsonValue] = {"bids": {"enabled": True}}
    return (
        _stage(MARK_DOWN, "alter_data", _is(ids, SOLAR), {"operations": operations}),
        _stage(AGED_LEADS, "highest_price", _is(ids, AGED), bids_only),
        _stage(MARKETPLACE, "marketplace", [], {}),
    )


_VALUABLE = condition("home_value", "greater_than_or_equal", VALUABLE_DOLLARS)


def _stage(name: str, method: str, conditions: JsonValue, settings: JsonValue) -> Stage:
    return {"name": name, "method": method, "conditions": conditions, "settings": settings}


def _is(ids: Ids, lead_type: str) -> JsonValue:
    return [[condition("lead_type", "any", [ids.lead_types[lead_type]])]]


def _look_up(ids: Ids) -> JsonValue:
    return {
        "lead_category_id": ids.category,
        "property_detail": True,
        "skip_trace": True,
        "mappings": [{"api_field": "property_value", "field": "home_value", "overwrite": False}],
    }


def _in_turn(
    name: str, conditions: JsonValue, price_cents: int, **takers: list[JsonValue]
) -> Stage:
    """A Round Robin stage among the customers or the partners named."""
    settings: Stage = {"rotation": "all_time", "price_cents": price_cents}
    for kind, chosen in takers.items():
        settings[kind] = {"enabled": True, "include": chosen}
    return _stage(name, "round_robin", conditions, settings)
