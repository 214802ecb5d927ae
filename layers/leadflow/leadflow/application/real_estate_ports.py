"""The Real Estate API, as the stage that enriches leads sees it (`product.md`, 15.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from leadflow.application.exchange_ports import Reply
    from leadflow.domain.configuration import RealEstateApi as Access
    from leadflow.domain.identifiers import TenantId
    from leadflow.domain.real_estate_answers import Endpoint, PropertyAddress

ENDPOINT_SECONDS_MAX = 10
"""How long an endpoint may take; all are asked at the same time."""


class RealEstateApi(Protocol):
    """The vendor's endpoints."""

    def ask(
        self,
        tenant_id: TenantId,
        access: Access,
        address: PropertyAddress,
        endpoints: Sequence[Endpoint],
    ) -> Mapping[Endpoint, Reply | None]:
        """Ask endpoints about an address, all at once; None: there is no key for that one.

        Ends within `ENDPOINT_SECONDS_MAX`. Asked again, it asks again: every answer may cost money.
        """
        ...
