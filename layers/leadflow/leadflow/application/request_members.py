"""Members that bodies about customers, wallets and bids have in common."""

from typing import Annotated, cast
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from leadflow.domain.bids import Bid
from leadflow.domain.customers import Customer
from leadflow.domain.errors import ValidationFailed
from leadflow.domain.limits import Budgets, LeadCaps, Period, PeriodSwitches
from leadflow.domain.model import Request
from leadflow.domain.money import CENTS_MAX
from leadflow.domain.values import is_clean

NAME_CHARACTERS_MAX = 200
TEXT_CHARACTERS_MAX = 1_024
URL_CHARACTERS_MAX = 2_048

LIMITS = frozenset({"lead_caps", "budgets_cents"})
"""Members that hold limits, of customers and of bids."""

Limit = LeadCaps | Budgets


def _not_blank(text: str) -> str:
    trimmed = text.strip()
    if not trimmed:
        raise ValueError("This must not be blank.")
    if not is_clean(trimmed):
        raise ValueError("This must not have control characters.")
    return trimmed


def _web_address(text: str) -> str:
    message = "This must be a URL that begins with https:// or http://."
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise ValueError(message) from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or len(text.split()) != 1:
        raise ValueError(message)
    return text


Name = Annotated[str, Field(max_length=NAME_CHARACTERS_MAX), AfterValidator(_not_blank)]
Text = Annotated[str, Field(max_length=TEXT_CHARACTERS_MAX), AfterValidator(_not_blank)]
WebAddress = Annotated[
    str,
    Field(max_length=URL_CHARACTERS_MAX),
    AfterValidator(_not_blank),
    AfterValidator(_web_address),
]
AmountCents = Annotated[int, Field(gt=0, le=CENTS_MAX)]


def given(request: Request) -> dict[str, object]:
    """The members that a body names, with their values."""
    return {name: getattr(request, name) for name in sorted(request.model_fields_set)}


def merged(stored: Limit, wanted: Limit | None) -> Limit:
    """Stored limits after an edit: periods that it leaves out stay, null lifts a limit."""
    if wanted is None:
        return type(stored)()
    named = {period: getattr(wanted, period) for period in wanted.model_fields_set}
    return stored.model_copy(update=named)


def with_limits(members: dict[str, object], stored: Customer | Bid) -> dict[str, object]:
    """Named members with limits merged into those that are stored."""
    limits = {
        name: merged(getattr(stored, name), cast("Limit | None", members[name]))
        for name in LIMITS & members.keys()
    }
    return {**members, **limits}


def check_limits(
    before: Customer | Bid, after: Customer | Bid, caps: PeriodSwitches, budgets: PeriodSwitches
) -> None:
    """Raise `ValidationFailed` for changed limits of kinds that are switched off (12.6)."""
    mistakes = {
        **_switched_off("lead_caps", before.lead_caps, after.lead_caps, caps),
        **_switched_off("budgets_cents", before.budgets_cents, after.budgets_cents, budgets),
    }
    if mistakes:
        raise ValidationFailed(mistakes)


def _switched_off(
    member: str, before: Limit, after: Limit, switches: PeriodSwitches
) -> dict[str, list[str]]:
    return {
        f"{member}.{period}": ["Limits of this kind are switched off."]
        for period in Period
        if getattr(before, period) != getattr(after, period) and not switches.is_on(period)
    }
