"""Requests for a part of a list: filters from the query, and the window that its cursor opens."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel

from leadflow.application.requests import validated
from leadflow.domain.principals import Principal, UserPrincipal
from leadflow.domain.settings import Tenant
from leadflow.runtime import container
from leadflow.runtime.http import Api
from leadflow.runtime.pagination import ListWindow, page_window

Filters = TypeVar("Filters", bound=BaseModel)


@dataclass(frozen=True)
class ListRequest(Generic[Filters]):
    """Which objects are wanted, and which part of them."""

    filters: Filters
    window: ListWindow


def list_request(api: Api, list_name: str, model: type[Filters]) -> ListRequest[Filters]:
    """The filters that the model names, and the window bound to them and to who is asking.

    Raises `ValidationFailed` naming each parameter that is wrong, and `Unprocessable`
    (`invalid_cursor`).
    """
    given = _given(api, model)
    return ListRequest(validated(model, given), list_window(api, list_name, given))


def public_list_request(
    api: Api, tenant: Tenant, list_name: str, model: type[Filters]
) -> ListRequest[Filters]:
    """The same for a list that anybody may read. Raises what `list_request` raises."""
    given = _given(api, model)
    return ListRequest(validated(model, given), page_window(api, tenant, list_name, given))


def _given(api: Api, model: type[Filters]) -> dict[str, str]:
    asked = {name: api.query(name) for name in model.model_fields}
    return {name: text for name, text in asked.items() if text is not None}


def list_window(api: Api, list_name: str, given: Mapping[str, str]) -> ListWindow:
    """The window of a list that is told from others by its name and by `given`."""
    principal = api.principal
    # The key never changes, so that any kept configuration will do.
    tenant = container.configuration().at_least(principal.tenant_id, 0).tenant
    return page_window(api, tenant, list_name, {**given, "asked_by": _part_of_tenant(principal)})


def _part_of_tenant(principal: Principal) -> str | None:
    """Whose part of the tenant's data the caller sees; None: the tenant's own view."""
    if isinstance(principal, UserPrincipal):
        return principal.customer_id or principal.partner_id
    return principal.source_id
