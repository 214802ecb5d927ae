"""What the stage and the button share that ask the Real Estate API (`product.md`, 11.5, 15.4)."""

from collections.abc import Sequence

from leadflow.application.exchange_ports import NoAnswer, Reply
from leadflow.domain.leads import Lead
from leadflow.domain.real_estate_answers import (
    Endpoint,
    EndpointFailed,
    Finding,
    PropertyAddress,
    read_answer,
)
from leadflow.domain.values import compact_code

_NEEDED = ("address_1", "city", "state", "zip")


def address_of(lead: Lead) -> PropertyAddress | None:
    """The address to ask about, if the lead has all of it."""
    street, city, state, code = (str(lead.values.get(title, "")) for title in _NEEDED)
    if not all((street, city, state, code)):
        return None
    return PropertyAddress(street, city, compact_code(state), compact_code(code))


def lacking(lead: Lead) -> Sequence[str]:
    """The fields without which there is no address to ask about."""
    return [title for title in _NEEDED if not lead.values.get(title)]


def finding_of(endpoint: Endpoint, reply: Reply | None, address: PropertyAddress) -> Finding:
    """What came of asking an endpoint; None: there is no key for it."""
    if reply is None:
        return EndpointFailed("no key")
    if isinstance(reply, NoAnswer):
        return EndpointFailed("no answer in time" if reply.timed_out else reply.failure)
    return read_answer(endpoint, reply.status, reply.body, address)
