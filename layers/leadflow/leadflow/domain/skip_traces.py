"""The owner in an answer of SkipTrace, of its first or of its second version (`product.md`, 15.4).

The second version also tells of ethnicity, marriage and work: none of that is looked at.
"""

from itertools import chain, islice

from leadflow.domain.enrichment import OwnerData
from leadflow.domain.vendor_values import Node, age, first_text, inside, nodes, text

PEOPLE_MAX = 1_000
"""People of an answer that are looked at, of each version; the first known one counts."""

_EMAIL_CHARACTERS_MAX = 254
_PHONE_DIGITS = range(7, 16)


def traced_owner(root: Node) -> OwnerData:
    """The first of `PEOPLE_MAX` who is known by anything, or an owner without members."""
    first = map(_first_version, islice(nodes(root.get("output")), PEOPLE_MAX))
    second = map(_second_version, islice(nodes(root.get("persons")), PEOPLE_MAX))
    return next((one for one in chain(first, second) if one != OwnerData()), OwnerData())


def mailing_address(address: object) -> str | None:
    """An address in one line, of its parts where they are all there."""
    street = first_text(inside(address, "streetAddress"), inside(address, "address"))
    parts = (street, text(inside(address, "city")), text(inside(address, "state")))
    line = ", ".join(filter(None, parts))
    code = text(inside(address, "zip"))
    whole = f"{line} {code}" if all(parts) and code else None
    spelled = (whole, inside(address, "formattedAddress"), inside(address, "label"), street)
    return first_text(*spelled)


def _first_version(output: Node) -> OwnerData:
    identity = inside(output, "identity")
    names = (_name(one) for one in nodes(inside(identity, "names")))
    return OwnerData(
        name=next(filter(None, names), None),
        phone=_phone(inside(identity, "phones")),
        email=_email(inside(identity, "emails")),
        age=age(inside(output, "demographics", "age")),
        mailing_address=mailing_address(inside(identity, "address")),
    )


def _second_version(person: Node) -> OwnerData:
    return OwnerData(
        name=_name(person),
        phone=_phone(person.get("phones")),
        email=_email(person.get("emails")),
        age=age(person.get("age")),
        mailing_address=mailing_address(person.get("address")),
    )


def _name(person: Node) -> str | None:
    parts = filter(None, (text(person.get(part)) for part in ("firstName", "lastName")))
    return first_text(person.get("fullName"), " ".join(parts))


def _phone(phones: object) -> str | None:
    """The first number that is connected, one that may be called before one that may not."""
    usable = [one for one in nodes(phones) if one.get("isConnected") is not False]
    usable.sort(key=_is_not_to_be_called)
    return next((found for one in usable if (found := _number(one.get("phone")))), None)


def _is_not_to_be_called(phone: Node) -> bool:
    return phone.get("doNotCall") is True or phone.get("phoneFtcDnc") == "Y"


def _number(value: object) -> str | None:
    found = text(value)
    digits = [character for character in found or "" if character in "0123456789"]
    return found if len(digits) in _PHONE_DIGITS else None


def _email(emails: object) -> str | None:
    listed = emails if isinstance(emails, list) else []
    addresses = (text(inside(one, "email") if isinstance(one, dict) else one) for one in listed)
    return next(filter(_is_email, addresses), None)


def _is_email(address: str | None) -> bool:
    return address is not None and "@" in address and len(address) <= _EMAIL_CHARACTERS_MAX
