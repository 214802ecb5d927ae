"""Enrich a lead by hand with what the Real Estate API knows (`product.md`, 11.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from leadflow.application.caller_scope import CallerScope
from leadflow.application.lead_desk import LeadDesk
from leadflow.application.property_look_ups import address_of, finding_of, lacking
from leadflow.application.real_estate_ports import RealEstateApi
from leadflow.application.requests import VersionCheck
from leadflow.application.stored_lead import stored_lead
from leadflow.domain.enrichment import EnrichedData, changed_values, combined, values_found
from leadflow.domain.errors import Conflict, IncompleteAddress
from leadflow.domain.leads import Lead
from leadflow.domain.model import Request
from leadflow.domain.real_estate_answers import (
    Endpoint,
    EndpointFailed,
    Finding,
    NothingFound,
    PropertyAddress,
)
from leadflow.domain.statuses import EDITABLE
from leadflow.domain.transitions import check_status


class Mode(StrEnum):
    """What becomes of values that are there already."""

    FILL_EMPTY = "fill_empty"
    OVERWRITE = "overwrite"


def _distinct(endpoints: list[Endpoint]) -> list[Endpoint]:
    if len(set(endpoints)) < len(endpoints):
        raise ValueError("An endpoint is named twice.")
    return endpoints


Named = Annotated[Endpoint, Field(strict=False)]


class Enrichment(Request):
    """Which endpoints are asked, and whether they may overwrite."""

    endpoints: Annotated[
        list[Named], Field(min_length=1, max_length=len(Endpoint)), AfterValidator(_distinct)
    ]
    mode: Annotated[Mode, Field(strict=False)] = Mode.FILL_EMPTY


@dataclass(frozen=True)
class Asked:
    """One endpoint, and what came of it; `detail` tells nothing of the person."""

    endpoint: Endpoint
    succeeded: bool
    detail: str


@dataclass(frozen=True)
class Enriched:
    """The lead as it is stored now, and how many of its enriched values are others than before."""

    lead: Lead
    fields_enriched: int
    endpoints: Sequence[Asked]


@dataclass(frozen=True, kw_only=True)
class EnrichLead:
    """The action with its ports."""

    desk: LeadDesk
    api: RealEstateApi

    def __call__(
        self, scope: CallerScope, lead_id: str, wish: Enrichment, check_version: VersionCheck
    ) -> Enriched:
        """Ask the endpoints, all at once, and store what they found in one conditional write.

        A failing endpoint does not undo the others, and what does not come back clears nothing.
        Raises `NotFound`, `Conflict` (`invalid_status`, `integration_not_configured`; `conflict`
        when the address was changed meanwhile), `IncompleteAddress`, `PreconditionFailed` and
        `TransientFault`.
        """
        lead = stored_lead(self.desk.leads, scope.tenant_id, lead_id)
        _check(lead, check_version)
        address = _complete_address(lead)
        found = self._found(scope, wish, address)

        def change(stored: Lead) -> Lead:
            _check(stored, check_version)
            if address_of(stored) != address:
                raise Conflict("The address of the lead was changed meanwhile.")
            return stored.model_copy(update={"enriched": _joined(stored.enriched, found, wish)})

        stored = self.desk.changed(scope.tenant_id, lead_id, change)
        return Enriched(
            stored.after,
            changed_values(stored.before.enriched, stored.after.enriched),
            [_asked(one, found[one]) for one in wish.endpoints],
        )

    def _found(
        self, scope: CallerScope, wish: Enrichment, address: PropertyAddress
    ) -> Mapping[Endpoint, Finding]:
        """What each endpoint answered, the one whose word counts most at the end."""
        access = self.desk.configuration.current(scope.tenant_id).real_estate_api
        if access is None:
            message = "The Real Estate API is not configured."
            raise Conflict(message, code="integration_not_configured")
        endpoints = sorted(wish.endpoints, key=list(Endpoint).index, reverse=True)
        replies = self.api.ask(scope.tenant_id, access, address, endpoints)
        return {one: finding_of(one, replies[one], address) for one in endpoints}


def _check(lead: Lead, check_version: VersionCheck) -> None:
    check_version(lead.version)
    check_status(lead.status, EDITABLE, is_test=lead.is_test)


def _complete_address(lead: Lead) -> PropertyAddress:
    address = address_of(lead)
    if address is None:
        raise IncompleteAddress(lacking(lead))
    return address


def _joined(
    known: EnrichedData | None, found: Mapping[Endpoint, Finding], wish: Enrichment
) -> EnrichedData | None:
    new = combined(*(one for one in found.values() if isinstance(one, EnrichedData)))
    return combined(new, known) if wish.mode is Mode.FILL_EMPTY else combined(known, new)


def _asked(endpoint: Endpoint, found: Finding) -> Asked:
    match found:
        case EndpointFailed(detail):
            return Asked(endpoint, succeeded=False, detail=detail)
        case NothingFound():
            return Asked(endpoint, succeeded=True, detail="found nothing")
        case _:
            return Asked(endpoint, succeeded=True, detail=f"found {values_found(found)} values")
