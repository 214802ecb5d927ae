"""Answers of the vendor's lesser endpoints, with invented data that differ from Property Detail's.

Who knows an address gives a match; of any other address each endpoint says so in its own way.
"""

from tools.stub_real_estate.answers import Json, Property

Answer = tuple[int, Json]


def property_comps(known: Property | None, _request: Json) -> Answer:
    """Comparable sales; there is no `data`. Too few of them are a 404."""
    if known is None:
        return 404, {"statusCode": 404, "reason": "Not enough comparable sales"}
    comparable: Json = {
        "bedrooms": 3,
        "bathrooms": 2,
        "squareFeet": "1790",
        "yearBuilt": 1991,
        "lastSaleDate": "2024-03-04",
        "lastSaleAmount": "409000",
        "distance": 0.3,
        "address": {"address": "18 Sample Ln", "label": "18 Sample Ln, Austin, Tx 78701"},
    }
    found: Json = {
        "reapiAvm": "418000",
        "reapiAvmLow": "401000",
        "reapiAvmHigh": "435000",
        "subject": {"address": known.address},
        "comps": [comparable],
    }
    return 200, _success() | found


def avm(known: Property | None, request: Json) -> Answer:
    """An estimated value; no match is a 200 that says so."""
    if known is None:
        return 200, _success() | {"data": {"error": True, "errorMessage": "Property not found"}}
    value: Json = {
        "avm": "421000",
        "avmMin": "399000",
        "avmMax": "443000",
        "confidence": "74",
        "label": known.line,
        "zip": known.postal_code,
        "lastUpdateDate": "2026-01-15T00:00:00.000Z",
    }
    return 200, _success() | {"input": request, "data": value}


def address_verification(known: Property | None, request: Json) -> Answer:
    """One item for each address; one that is not known fails by itself."""
    [asked] = _addresses(request)
    if known is None:
        item: Json = {"match": False, "error": True, "errorMessage": "Address not found"}
    else:
        item = {
            "match": True,
            "confidence": 0.97,
            "id": 1000001,
            "address": known.address,
            "mailAddress": known.address | {"address": "PO Box 7", "house": "", "street": ""},
            "vacant": False,
            "absenteeOwner": True,
            "propertyUse": "Townhouse",
        }
    return 200, _success() | {"data": [{"input": asked, **item}]}


def mls_detail(known: Property | None, _request: Json) -> Answer:
    """A listing; where there is none, a 404 with its reason."""
    if known is None:
        return 404, {"statusCode": 404, "reason": "No listing found"}
    listing: Json = {
        "listPrice": 419900,
        "soldPrice": "412500",
        "soldDate": "2023-06-30",
        "standardStatus": "Closed",
        "daysOnMarket": 21,
        "mlsNumber": "MLS-1",
        "listingAgent": {"fullName": "Bob Broker"},
        "mlsHistory": [],
    }
    return 200, _success() | {"data": listing}


def mls_search(known: Property | None, _request: Json) -> Answer:
    """The listings at an address; none is an empty list."""
    about: Json = {
        "bedroomsTotal": 4,
        "bathroomsTotal": 3,
        "livingArea": "1900",
        "lotSizeSquareFeet": 7500,
        "yearBuilt": 1995,
    }
    listings = [{"id": 1, "listingId": "MLS-1", "listing": {"property": about}}]
    return 200, _success() | {"data": listings if known else [], "resultCount": bool(known)}


def asked_address(request: Json) -> Json:
    """The parts of the one address that a verification is asked about; empty without any."""
    addresses = _addresses(request)
    return addresses[0] if addresses else {}


def _addresses(request: Json) -> list[Json]:
    addresses = request.get("addresses")
    return addresses if isinstance(addresses, list) else []


def _success() -> Json:
    return {"statusCode": 200, "statusMessage": "Success", "live": False}
