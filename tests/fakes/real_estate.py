"""The Real Estate API in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from leadflow.application.exchange_ports import Reply
from leadflow.domain.configuration import RealEstateApi
from leadflow.domain.identifiers import TenantId
from leadflow.domain.real_estate_answers import Endpoint, PropertyAddress


@dataclass
class ScriptedRealEstate:
    """Implements `application.real_estate_ports.RealEstateApi`: gives the replies it was given."""

    replies: Mapping[Endpoint, Reply | None]
    asked: list[tuple[PropertyAddress, tuple[Endpoint, ...]]] = field(default_factory=list)

    def ask(
        self,
        _tenant_id: TenantId,
        _access: RealEstateApi,
        address: PropertyAddress,
        endpoints: Sequence[Endpoint],
    ) -> Mapping[Endpoint, Reply | None]:
        self.asked.append((address, tuple(endpoints)))
        return {endpoint: self.replies[endpoint] for endpoint in endpoints}
