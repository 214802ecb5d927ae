"""Prepare an import: check what is asked for, and say where the file goes (11.9; `api.md`, 4)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field as Bound

from leadflow.application.caller_scope import CallerScope, existing
from leadflow.application.customer_ports import CustomerStore
from leadflow.application.import_ports import Imports, Uploads, upload_key
from leadflow.application.ports import Clock, ConfigurationReader, IdFactory
from leadflow.application.request_members import Name
from leadflow.domain.configuration import Configuration, LeadCategory
from leadflow.domain.customers import Customer
from leadflow.domain.errors import Conflict, Errors, ValidationFailed
from leadflow.domain.identifiers import CategoryId, ImportId, LeadTypeId, UserId
from leadflow.domain.import_rows import is_in_demand
from leadflow.domain.lead_imports import (
    COLUMN_CHARACTERS_MAX,
    MAPPINGS_MAX,
    LeadImport,
    mapping_mistakes,
)
from leadflow.domain.model import Request

IMPORT_LEADS = "leads.import"

UPLOAD_LIFETIME = timedelta(minutes=15)
"""For how long the link for the upload works."""

Column = Annotated[str, Bound(max_length=COLUMN_CHARACTERS_MAX, pattern=r"\S")]
Title = Annotated[str, Bound(max_length=COLUMN_CHARACTERS_MAX)]


class ImportOrder(Request):
    """The body of `POST /customers/{id}/lead-imports`; `mapping` leads from columns to fields."""

    lead_category_id: str
    lead_type_id: str | None = None
    mapping: Annotated[dict[Column, Title], Bound(min_length=1, max_length=MAPPINGS_MAX)]
    filename: Name


@dataclass(frozen=True)
class PreparedImport:
    """An import, and the link to which its file is PUT."""

    lead_import: LeadImport
    url: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class ImportLeads:
    """The action with its ports."""

    configuration: ConfigurationReader
    customers: CustomerStore
    imports: Imports
    uploads: Uploads
    clock: Clock
    ids: IdFactory

    def __call__(self, scope: CallerScope, customer_id: str, order: ImportOrder) -> PreparedImport:
        """Store the import; no row is read yet.

        Raises `NotFound` for the customer, `Conflict` (`customer_archived`), and
        `ValidationFailed` with paths such as `mapping.<column>`.
        """
        known = self.customers.get(scope.tenant_id, scope.customer(customer_id))
        customer = check_active(existing(known))
        check_order(self.configuration.current(scope.tenant_id), order)
        now = self.clock.now()
        lead_type_id = LeadTypeId(order.lead_type_id) if order.lead_type_id else None
        made = LeadImport(
            id=ImportId(self.ids.new("import")),
            customer_id=customer.id,
            lead_category_id=CategoryId(order.lead_category_id),
            lead_type_id=lead_type_id,
            mapping=order.mapping,
            filename=order.filename,
            created_by=UserId(scope.actor),
            created_at=now,
        )
        self.imports.add(scope.tenant_id, made)
        url = self.uploads.signed_put(upload_key(scope.tenant_id, made.id), UPLOAD_LIFETIME)
        return PreparedImport(made, url, now + UPLOAD_LIFETIME)


def check_active(customer: Customer) -> Customer:
    """The customer. Raises `Conflict` (`customer_archived`) for one that gets no leads any more."""
    if customer.archived:
        raise Conflict("The customer is archived.", code="customer_archived")
    return customer


def check_order(configuration: Configuration, order: ImportOrder | LeadImport) -> None:
    """Raise `ValidationFailed` unless category, lead type and mapping fit each other now."""
    category = configuration.categories.get(CategoryId(order.lead_category_id))
    if category is None or category.archived:
        raise ValidationFailed({"lead_category_id": ["There is no such lead category."]})
    errors = {
        **_type_mistakes(configuration, category, order.lead_type_id),
        **mapping_mistakes(order.mapping, category.fields),
    }
    if errors:
        raise ValidationFailed(errors)


def _type_mistakes(
    configuration: Configuration, category: LeadCategory, lead_type_id: str | None
) -> Errors:
    if lead_type_id is None:
        return {}
    lead_type = configuration.lead_types.get(LeadTypeId(lead_type_id))
    if lead_type is None or lead_type.archived or lead_type.lead_category_id != category.id:
        return {"lead_type_id": ["The lead category has no such lead type."]}
    if not is_in_demand(lead_type):
        return {"lead_type_id": ["The lead type is not on the marketplace."]}
    return {}
