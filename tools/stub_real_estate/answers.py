"""Answers of Property Detail and SkipTrace, with invented data; those of the rest: `reports.py`."""

from dataclasses import dataclass

Json = dict[str, object]


@dataclass(frozen=True)
class Property:
    """What the stub knows of one address; every other address is unknown to it."""

    street: str = "12 Sample Ln"
    city: str = "Austin"
    state: str = "TX"
    postal_code: str = "78701"
    owner_first: str = "Ada"
    owner_last: str = "Example"
    phone: str = "5122345678"
    email: str = "owner@example.com"
    age: int = 52

    @property
    def line(self) -> str:
        """The address in one line, as requests spell it."""
        return f"{self.street}, {self.city}, {self.state} {self.postal_code}"

    @property
    def address(self) -> Json:
        """The address in parts, as answers spell it."""
        house, _, street = self.street.partition(" ")
        return {
            "address": self.street,
            "house": house,
            "street": street,
            "city": self.city,
            "state": self.state,
            "zip": self.postal_code,
            "label": f"{self.street}, {self.city}, {self.state.title()} {self.postal_code}",
        }


def property_detail(known: Property, request: Json) -> Json:
    """A match of Property Detail."""
    return {
        "input": request,
        "statusCode": 200,
        "statusMessage": "Success",
        "live": False,
        "requestExecutionTimeMS": "41ms",
        "data": {
            "id": 1000001,
            "estimatedValue": 415000,
            "propertyType": "SFR",
            "ownerOccupied": True,
            "lastSaleDate": "2019-05-02",
            "lastSalePrice": "310000",
            "propertyInfo": {
                "bedrooms": 3,
                "bathrooms": 2.5,
                "livingSquareFeet": "1840.00",
                "buildingSquareFeet": 1840,
                "yearBuilt": 1994,
                "lotSquareFeet": 7405,
                "propertyUse": "Single Family Residence",
                "address": known.address,
            },
            "lotInfo": {"lotSquareFeet": 7405, "lotAcres": 0},
            "taxInfo": {"assessedValue": 362000, "taxAmount": "6518.40", "year": 2024},
            "ownerInfo": {
                "owner1FirstName": known.owner_first,
                "owner1LastName": known.owner_last,
                "owner1FullName": f"{known.owner_first} {known.owner_last}",
                "mailAddress": known.address,
            },
            "saleHistory": [
                {"saleDate": "2004-08-19", "saleAmount": 0, "armsLength": True, "seq": 1},
                {"saleDate": "2019-05-02T00:00:00.000Z", "saleAmount": 310000, "seq": 0},
            ],
        },
    }


def property_not_found(request: Json) -> Json:
    """No match of Property Detail; its status is 404."""
    return {
        "input": request,
        "data": {},
        "statusCode": 404,
        "statusMessage": "Not Found",
        "live": False,
    }


def skip_trace(known: Property, _request: Json) -> Json:
    """A match of SkipTrace in its second version."""
    return {
        "requestId": "r-2",
        "statusCode": 200,
        "statusMessage": "Success",
        "match": True,
        "resultCount": 1,
        "requestExecutionTimeMS": 87,
        "persons": [
            {
                "fullName": f"{known.owner_first} {known.owner_last}",
                "age": known.age,
                "ethnicity": "never to be kept",
                "emails": [known.email],
                "phones": [{"phone": known.phone, "phoneType": "W", "phoneFtcDnc": "N"}],
                "address": {
                    "address": known.line,
                    "streetAddress": known.street,
                    "city": known.city,
                    "state": known.state,
                    "zip": known.postal_code,
                },
            }
        ],
    }


def first_skip_trace(known: Property) -> Json:
    """A match of SkipTrace in its first version, for those who read both."""
    return {
        "requestId": "r-1",
        "responseCode": 0,
        "responseMessage": "Successful",
        "match": True,
        "cached": False,
        "statusCode": 200,
        "statusMessage": "Success",
        "credits": 1,
        "output": {
            "identity": {
                "names": [{"firstName": known.owner_first, "lastName": known.owner_last}],
                "phones": [
                    {"phone": "5120000000", "phoneType": "landline", "isConnected": False},
                    {"phone": known.phone, "phoneType": "mobile", "isConnected": True},
                ],
                "emails": [{"email": known.email, "emailType": "personal"}],
                "address": {"formattedAddress": known.line, "city": known.city},
            },
            "demographics": {"age": f"{known.age} years old", "deceased": False},
        },
    }


def person_not_found(_request: Json) -> Json:
    """No match of SkipTrace; its status is 404."""
    return {
        "persons": [],
        "match": False,
        "statusCode": 404,
        "responseMessage": "No match",
        "resultCount": 0,
    }


def unauthorized(_request: Json) -> Json:
    """A missing or a wrong key."""
    return {"statusCode": 401, "statusMessage": "Unauthorized", "error": "Invalid API key"}


def malformed(_request: Json) -> Json:
    """A request without what the endpoint needs."""
    return {
        "statusCode": 400,
        "error": "Bad Request",
        "message": "address is required",
        "validation": {"source": "payload", "keys": ["address"]},
    }
