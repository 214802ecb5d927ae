"""The Real Estate API over HTTP.

SkipTrace is asked in its second version, whose request is that of the first one; answers of both
are read.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from leadflow.application.configuration_ports import REAL_ESTATE_API_SECRETS
from leadflow.application.exchange_ports import (
    Outbound,
    OutboundRequest,
    Reply,
    SecretReader,
    Secrets,
)
from leadflow.application.real_estate_ports import ENDPOINT_SECONDS_MAX
from leadflow.domain.configuration import RealEstateApi
from leadflow.domain.identifiers import TenantId
from leadflow.domain.real_estate_answers import Endpoint, PropertyAddress

_KEYS = dict.fromkeys(Endpoint, "api_key") | {Endpoint.SKIP_TRACE: "skip_trace_api_key"}
_PATHS = {
    Endpoint.PROPERTY_DETAIL: "/v2/PropertyDetail",
    Endpoint.SKIP_TRACE: "/v2/SkipTrace",
    Endpoint.AVM: "/v2/PropertyAvm",
    Endpoint.PROPERTY_COMPS: "/v3/PropertyComps",
    Endpoint.ADDRESS_VERIFICATION: "/v2/AddressVerification",
    Endpoint.MLS_DETAIL: "/v2/MLSDetail",
    Endpoint.MLS_SEARCH: "/v2/MLSSearch",
}


@dataclass(frozen=True)
class HttpRealEstateApi:
    """Implements `application.real_estate_ports.RealEstateApi`."""

    outbound: Outbound
    secrets: SecretReader

    def ask(
        self,
        tenant_id: TenantId,
        access: RealEstateApi,
        address: PropertyAddress,
        endpoints: Sequence[Endpoint],
    ) -> Mapping[Endpoint, Reply | None]:
        """One round of calls; an endpoint without a key is not called."""
        secrets = self.secrets.of(tenant_id, REAL_ESTATE_API_SECRETS, access.version)
        called = [one for one in endpoints if secrets.get(_KEYS[one])]
        requests = [_request(access, address, one, secrets) for one in called]
        replies = self._sent(requests) if requests else ()
        return dict.fromkeys(endpoints) | dict(zip(called, replies, strict=True))

    def _sent(self, requests: Sequence[OutboundRequest]) -> Sequence[Reply]:
        return self.outbound.send_all(requests, deadline_seconds=ENDPOINT_SECONDS_MAX)


def _request(
    access: RealEstateApi, address: PropertyAddress, endpoint: Endpoint, secrets: Secrets
) -> OutboundRequest:
    return OutboundRequest(
        method="POST",
        url=access.base_url.rstrip("/") + _PATHS[endpoint],
        headers={
            "Content-Type": "application/json",
            "Accept": "application/json",
            "x-api-key": secrets[_KEYS[endpoint]],
        },
        body=json.dumps(_body(endpoint, address)).encode(),
        timeout_seconds=ENDPOINT_SECONDS_MAX,
    )


def _body(endpoint: Endpoint, address: PropertyAddress) -> Mapping[str, object]:
    match endpoint:
        case Endpoint.PROPERTY_DETAIL:
            return {"address": address.line, "comps": False}
        case Endpoint.SKIP_TRACE:
            return {"address": address.street, **_place(address)}
        case Endpoint.ADDRESS_VERIFICATION:
            return {"addresses": [{"key": "1", "street": address.street, **_place(address)}]}
        case _:
            return {"address": address.line}


def _place(address: PropertyAddress) -> Mapping[str, str]:
    return {"city": address.city, "state": address.state, "zip": address.postal_code}
