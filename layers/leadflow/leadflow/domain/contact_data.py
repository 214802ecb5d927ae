"""Keeping contact data out of records and logs (`product.md`, 15.9; contract C12)."""

import re
from collections.abc import Iterator, Mapping

from leadflow.domain.leads import Lead

MASK = "***"
SECRET_CHARACTERS_MIN = 3
"""Shorter values of a lead are no contact data: a state, a house number."""

_ADDRESS = re.compile(r"\S+@\S+")
_NUMBER = re.compile(r"\+?[0-9][0-9 ().\-/]{5,}[0-9]")


def without_contact_data(detail: Mapping[str, str] | None, lead: Lead) -> Mapping[str, str] | None:
    """What somebody said of a lead, without anything by which its person could be known.

    Masked are the lead's own contact values, and whatever looks like an e-mail address or a phone
    number.
    """
    if detail is None:
        return None
    own = sorted(_contact_values(lead), key=len, reverse=True)
    return {name: _masked(text, own) for name, text in detail.items()}


def _masked(text: str, own: list[str]) -> str:
    masked = _NUMBER.sub(MASK, _ADDRESS.sub(MASK, text))
    for value in own:
        masked = re.sub(re.escape(value), MASK, masked, flags=re.IGNORECASE)
    return masked


def _contact_values(lead: Lead) -> Iterator[str]:
    for value in lead.contact.values():
        text = str(value)
        if len(text) >= SECRET_CHARACTERS_MIN:
            yield text
