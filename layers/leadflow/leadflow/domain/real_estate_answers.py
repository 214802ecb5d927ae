"""What the Real Estate API answered, read tolerantly (`product.md`, 15.4).

Reading is total: whatever arrives is found data, nothing found, or a failed endpoint. Values of
other kinds than `EnrichedData` holds are never looked at.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from leadflow.domain import property_reports
from leadflow.domain.enrichment import (
    SALES_KEPT_MAX,
    EnrichedData,
    OwnerData,
    PropertyData,
    PropertySale,
    combined,
)
from leadflow.domain.errors import MalformedRequest
from leadflow.domain.json_objects import JsonObject, parse_object
from leadflow.domain.skip_traces import mailing_address, traced_owner
from leadflow.domain.vendor_values import (
    Node,
    boolean,
    cents,
    count,
    day,
    first_text,
    inside,
    nodes,
    number,
    text,
    year,
)

_OK = range(200, 300)
_STATUSES = range(100, 600)
_NOT_FOUND = 404
_ZIP_CHARACTERS = 5


class Endpoint(StrEnum):
    """The endpoints, first those whose word counts most; a stage asks the first two only."""

    PROPERTY_DETAIL = "property_detail"
    SKIP_TRACE = "skip_trace"
    AVM = "avm"
    PROPERTY_COMPS = "property_comps"
    ADDRESS_VERIFICATION = "address_verification"
    MLS_DETAIL = "mls_detail"
    MLS_SEARCH = "mls_search"


@dataclass(frozen=True)
class PropertyAddress:
    """The address that the API is asked about."""

    street: str
    city: str
    state: str
    postal_code: str

    @property
    def line(self) -> str:
        """The address in one line."""
        return f"{self.street}, {self.city}, {self.state} {self.postal_code}"


@dataclass(frozen=True)
class NothingFound:
    """The endpoint knows nothing of the address."""


@dataclass(frozen=True)
class EndpointFailed:
    """The endpoint gave no answer that can be read; `detail` carries nothing of what was sent."""

    detail: str


Finding = EnrichedData | NothingFound | EndpointFailed


def read_answer(endpoint: Endpoint, status: int, body: bytes, asked: PropertyAddress) -> Finding:
    """What an endpoint found out about the address; the worse of both statuses counts."""
    root = _parsed(body)
    if root is None:
        return EndpointFailed("unreadable answer" if status in _OK else f"status {status}")
    if refusal := _refused(root, status):
        return refusal
    if endpoint is Endpoint.PROPERTY_DETAIL:
        found = _property_detail(root, asked)
    else:
        found = _READERS[endpoint](root)
    return NothingFound() if found is None else found


def _skip_trace(root: JsonObject) -> EnrichedData | None:
    return combined(EnrichedData(owner=traced_owner(root)))


_READERS: Mapping[Endpoint, Callable[[JsonObject], EnrichedData | None]] = {
    Endpoint.SKIP_TRACE: _skip_trace,
    Endpoint.AVM: property_reports.avm,
    Endpoint.PROPERTY_COMPS: property_reports.comps,
    Endpoint.ADDRESS_VERIFICATION: property_reports.address_verification,
    Endpoint.MLS_DETAIL: property_reports.mls_detail,
    Endpoint.MLS_SEARCH: property_reports.mls_search,
}


def _parsed(body: bytes) -> JsonObject | None:
    try:
        return parse_object(body.decode())
    except (UnicodeDecodeError, MalformedRequest):
        return None


def _refused(root: JsonObject, status: int) -> NothingFound | EndpointFailed | None:
    """What is no success. No match has several forms, with and without a status of its own."""
    claimed, data = number(root.get("statusCode")), root.get("data")
    worse = max(status, int(claimed) if claimed in _STATUSES and claimed is not None else status)
    if worse == _NOT_FOUND or data in ({}, []):
        return NothingFound()
    if worse not in _OK:
        return EndpointFailed(f"status {worse}")
    if boolean(inside(data, "error")) or root.get("match") is False:
        return NothingFound()
    code = number(root.get("responseCode"))
    return EndpointFailed(f"response code {int(code)}") if code else None


def _property_detail(root: JsonObject, asked: PropertyAddress) -> EnrichedData | None:
    data = next(nodes(root.get("data")), None)
    if data is None or not _is_of(inside(data, "propertyInfo", "address"), asked):
        return None
    return combined(EnrichedData(property=_property(data), owner=_owner(data)))


def _is_of(matched: object, asked: PropertyAddress) -> bool:
    """Whether the API speaks of the address asked about: what it names of house, state and zip."""
    house = first_text(inside(matched, "house"), inside(matched, "address"))
    pairs = (
        (_house(house), _house(asked.street)),
        (_folded(inside(matched, "state")), asked.state.casefold()),
        (_postal_code(inside(matched, "zip")), _postal_code(asked.postal_code)),
    )
    return all(theirs is None or ours is None or theirs == ours for theirs, ours in pairs)


def _house(street: str | None) -> str | None:
    """The house number that an address begins with, if it begins with one."""
    found = re.match(r"#?([0-9][^\s,]*)", street or "")
    return found[1].casefold() if found else None


def _folded(value: object) -> str | None:
    found = text(value)
    return found.casefold() if found else None


def _postal_code(value: object) -> str | None:
    """Five digits; a leading zero can be lost, a suffix can follow."""
    digits = str(value) if isinstance(value, int) else text(value)
    return digits.partition("-")[0].zfill(_ZIP_CHARACTERS)[:_ZIP_CHARACTERS] if digits else None


def _property(data: Node) -> PropertyData:
    about = inside(data, "propertyInfo")
    return PropertyData(
        value_cents=cents(data.get("estimatedValue")),
        type=first_text(data.get("propertyType"), inside(about, "propertyUse")),
        bedrooms=count(inside(about, "bedrooms")),
        bathrooms=count(inside(about, "bathrooms")),
        square_footage=count(inside(about, "livingSquareFeet"))
        or count(inside(about, "buildingSquareFeet")),
        lot_size=count(inside(data, "lotInfo", "lotSquareFeet"))
        or count(inside(about, "lotSquareFeet")),
        year_built=year(inside(about, "yearBuilt")),
        sale_history=_sales(data),
        assessed_value_cents=cents(inside(data, "taxInfo", "assessedValue")),
        annual_tax_cents=cents(inside(data, "taxInfo", "taxAmount")),
    )


def _sales(data: Node) -> tuple[PropertySale, ...]:
    """The latest sales first; the last one stands alone where there is no history."""
    sales = [found for entry in nodes(data.get("saleHistory")) if (found := _sale(entry))]
    sales.sort(key=lambda sale: sale[0], reverse=True)
    if not sales and (last := day(data.get("lastSaleDate"))):
        return (PropertySale(sold_at=last, price_cents=cents(data.get("lastSalePrice"))),)
    return tuple(sale for _, sale in sales[:SALES_KEPT_MAX])


def _sale(entry: Node) -> tuple[tuple[date, date], PropertySale] | None:
    """A sale with what it is sorted by: the day of sale, then that of recording."""
    recorded = day(entry.get("recordingDate"))
    sold = day(entry.get("saleDate")) or recorded
    if sold is None:
        return None
    sale = PropertySale(sold_at=sold, price_cents=cents(entry.get("saleAmount")))
    return (sold, recorded or sold), sale


def _owner(data: Node) -> OwnerData:
    info = inside(data, "ownerInfo")
    occupied = boolean(data.get("ownerOccupied"))
    parts = filter(None, (text(inside(info, f"owner1{part}Name")) for part in ("First", "Last")))
    return OwnerData(
        name=first_text(inside(info, "owner1FullName"), " ".join(parts)),
        owner_occupied=boolean(inside(info, "ownerOccupied")) if occupied is None else occupied,
        mailing_address=mailing_address(inside(info, "mailAddress")),
    )
