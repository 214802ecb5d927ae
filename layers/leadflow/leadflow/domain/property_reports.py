"""What the lesser endpoints of the Real Estate API tell of a property (`product.md`, 11.5).

Of valuations, verified addresses and listings only what `EnrichedData` holds is looked at.
"""

from leadflow.domain.enrichment import EnrichedData, OwnerData, PropertyData, PropertySale, combined
from leadflow.domain.skip_traces import mailing_address
from leadflow.domain.vendor_values import (
    Node,
    boolean,
    cents,
    count,
    day,
    inside,
    nodes,
    text,
    year,
)


def comps(root: Node) -> EnrichedData | None:
    """Property Comps: the value that comparable sales suggest."""
    return _valued(root.get("reapiAvm"))


def avm(root: Node) -> EnrichedData | None:
    """AVM: the estimated value."""
    return _valued(inside(root.get("data"), "avm"))


def address_verification(root: Node) -> EnrichedData | None:
    """Address Verification: use of the property, and where its owner gets mail."""
    one = next(nodes(root.get("data")), None)
    if one is None or one.get("match") is not True:
        return None
    is_absent = boolean(one.get("absenteeOwner"))
    return combined(
        EnrichedData(
            property=PropertyData(type=text(one.get("propertyUse"))),
            owner=OwnerData(
                owner_occupied=None if is_absent is None else not is_absent,
                mailing_address=mailing_address(one.get("mailAddress")),
            ),
        )
    )


def mls_detail(root: Node) -> EnrichedData | None:
    """MLS Detail: when and for how much the property was sold."""
    data = root.get("data")
    sold_at = day(inside(data, "soldDate"))
    if sold_at is None:
        return None
    sale = PropertySale(sold_at=sold_at, price_cents=cents(inside(data, "soldPrice")))
    return EnrichedData(property=PropertyData(sale_history=(sale,)))


def mls_search(root: Node) -> EnrichedData | None:
    """MLS Search: rooms and areas of the one listing that was found."""
    listings = list(nodes(root.get("data")))
    if len(listings) != 1:
        return None
    about = inside(listings[0], "listing", "property")
    return combined(
        EnrichedData(
            property=PropertyData(
                bedrooms=count(inside(about, "bedroomsTotal")),
                bathrooms=count(inside(about, "bathroomsTotal")),
                square_footage=count(inside(about, "livingArea")),
                lot_size=count(inside(about, "lotSizeSquareFeet")),
                year_built=year(inside(about, "yearBuilt")),
            )
        )
    )


def _valued(amount: object) -> EnrichedData | None:
    return combined(EnrichedData(property=PropertyData(value_cents=cents(amount))))
