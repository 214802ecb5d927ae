"""The plain resources of a tenant's configuration (`api.md`, 6)."""

from collections.abc import Iterator

from leadflow.application.configuration_ports import ResourceKind
from leadflow.application.try_partner_exchange import TrialForm
from leadflow.domain.model import Request
from leadflow.runtime.routes.resources import OPEN_TO_CUSTOMERS
from tools.openapi.operation import Caller, Family, Operation, Shape, page, request
from tools.openapi.resources import CREATED, FORMS, SHOWN
from tools.openapi.shapes import PartnerTrial

_FUNCTION = "manage_configuration"
_COLLECTIONS = {
    ResourceKind.CATEGORY: ("lead_category", "lead_categories", "category"),
    ResourceKind.LEAD_TYPE: ("lead_type", "lead_types", "type"),
    ResourceKind.SOURCE: ("source", "sources", "source"),
    ResourceKind.DUPLICATE_CHECK: ("duplicate_check", "duplicate_checks", "check"),
    ResourceKind.AUDIT_CONDITION: ("audit_condition", "audit_conditions", "audit"),
    ResourceKind.PARTNER: ("partner", "partners", "partner"),
    ResourceKind.RETURN_TIER: ("return_tier", "return_tiers", "tier"),
    ResourceKind.WEBHOOK: ("webhook", "webhooks", "webhook"),
}
_SHOWN = Family.LEAN
_TENANT_AND_CUSTOMERS = (Caller.TENANT, Caller.CUSTOMER)
_OVERLAPS = {ResourceKind.RETURN_TIER: ("tiers_overlap",)}


def _resource(collection: ResourceKind) -> Iterator[Operation]:
    """The five routes of a plain resource."""
    one, many, prefix = _COLLECTIONS[collection]
    words, tag = one.replace("_", " "), many.replace("_", " ").capitalize()
    is_open, path = collection.value in OPEN_TO_CUSTOMERS, f"/{collection}"
    readers = _TENANT_AND_CUSTOMERS if is_open else (Caller.TENANT,)
    form, shown = FORMS[collection], Shape(SHOWN[collection], _SHOWN)
    codes = _OVERLAPS.get(collection, ())
    yield Operation(
        id=f"list_{many}",
        method="get",
        path=path,
        function=_FUNCTION,
        summary=f"List {many.replace('_', ' ')}",
        tag=tag,
        callers=readers,
        permission=f"{collection}.view",
        answers={200: page(SHOWN[collection], _SHOWN)},
    )
    yield Operation(
        id=f"create_{one}",
        method="post",
        path=path,
        function=_FUNCTION,
        summary=f"Create a {words}",
        tag=tag,
        permission=f"{collection}.create",
        body=request(form),
        answers={201: Shape(CREATED[collection], _SHOWN)},
        codes=codes,
        makes=prefix,
        has_tag=True,
    )
    yield Operation(
        id=f"view_{one}",
        method="get",
        path=f"{path}/{{id}}",
        function=_FUNCTION,
        summary=f"Show one {words}",
        tag=tag,
        callers=readers,
        permission=f"{collection}.view",
        answers={200: shown},
        kinds={"id": prefix},
        has_tag=True,
    )
    yield Operation(
        id=f"change_{one}",
        method="patch",
        path=f"{path}/{{id}}",
        function=_FUNCTION,
        summary=f"Change a {words}: members are replaced as a whole, null is the default",
        tag=tag,
        permission=f"{collection}.update",
        body=Shape(form, Family.PATCH),
        answers={200: shown},
        codes=("in_use", *codes),
        kinds={"id": prefix},
        has_version=True,
        has_tag=True,
    )
    yield Operation(
        id=f"archive_{one}",
        method="delete",
        path=f"{path}/{{id}}",
        function=_FUNCTION,
        summary=f"Archive a {words}",
        tag=tag,
        permission=f"{collection}.delete",
        answers={204: None},
        codes=("in_use",),
        kinds={"id": prefix},
        has_version=True,
    )


_PARTS = (
    Operation(
        id="rotate_source_credentials",
        method="post",
        path="/sources/{id}/credentials",
        function=_FUNCTION,
        summary="Give a source new credentials; its old bearer token is valid for a day",
        tag="Sources",
        permission="sources.update",
        body=request(Request),
        needs_body=False,
        answers={201: Shape(CREATED["sources"], _SHOWN)},
        kinds={"id": "source"},
        has_version=True,
        has_tag=True,
    ),
    Operation(
        id="rotate_webhook_secret",
        method="post",
        path="/webhooks/{id}/rotate-secret",
        function=_FUNCTION,
        summary="Give a webhook a new signing secret",
        tag="Webhooks",
        permission="webhooks.update",
        body=request(Request),
        needs_body=False,
        answers={200: Shape(CREATED["webhooks"], _SHOWN)},
        kinds={"id": "webhook"},
        has_version=True,
        has_tag=True,
    ),
    Operation(
        id="test_partner_exchange",
        method="post",
        path="/partners/{id}/test-exchange",
        function="test_partner_exchange",
        summary="Call a partner by way of trial",
        tag="Partners",
        permission="partners.update",
        body=request(TrialForm),
        answers={200: Shape(PartnerTrial)},
        kinds={"id": "partner"},
    ),
)

CONFIGURATION = (
    *(operation for collection in _COLLECTIONS for operation in _resource(collection)),
    *_PARTS,
)
