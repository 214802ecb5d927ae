"""The registry of plain resources: one entry each."""

from collections.abc import Mapping

from leadflow.application.manage_configuration.audit_conditions import AUDIT_CONDITIONS
from leadflow.application.manage_configuration.categories import CATEGORIES
from leadflow.application.manage_configuration.desk import Resource
from leadflow.application.manage_configuration.duplicate_checks import DUPLICATE_CHECKS
from leadflow.application.manage_configuration.lead_types import LEAD_TYPES
from leadflow.application.manage_configuration.partners import PARTNERS
from leadflow.application.manage_configuration.return_tiers import RETURN_TIERS
from leadflow.application.manage_configuration.sources import SOURCES
from leadflow.application.manage_configuration.webhooks import WEBHOOKS
from leadflow.domain.errors import NotFound

RESOURCES: Mapping[str, Resource] = {
    resource.kind.value: resource
    for resource in (
        CATEGORIES,
        LEAD_TYPES,
        SOURCES,
        DUPLICATE_CHECKS,
        AUDIT_CONDITIONS,
        PARTNERS,
        RETURN_TIERS,
        WEBHOOKS,
    )
}
"""Resources by collection, which is also the name that their permissions begin with."""


def resource_of(collection: str) -> Resource:
    """The resource behind a path. Raises `NotFound`."""
    if collection not in RESOURCES:
        raise NotFound
    return RESOURCES[collection]
