"""What takes longer than a request: exports, imports, and how far they are (`api.md`, 4)."""

from leadflow.application.export_leads import ExportOrder
from leadflow.application.import_leads import ImportOrder
from leadflow.application.recalculate_return_tiers import RecalculationOrder
from leadflow.domain.model import Request
from leadflow.runtime.representations.imports import ImportBody
from leadflow.runtime.representations.jobs import JobBody
from tools.openapi.operation import Caller, Operation, Shape, request

_TAG = "Jobs"
_CUSTOMER = {"id": "cus"}
_OWNERS = (Caller.TENANT, Caller.CUSTOMER)

JOBS = (
    Operation(
        id="export_leads",
        method="post",
        path="/customers/{id}/lead-exports",
        function="export_leads",
        summary="Begin an export of a customer's leads",
        tag=_TAG,
        callers=_OWNERS,
        permission="leads.export",
        body=request(ExportOrder),
        needs_body=False,
        answers={202: Shape(JobBody)},
        makes="job",
        kinds=_CUSTOMER,
    ),
    Operation(
        id="import_leads",
        method="post",
        path="/customers/{id}/lead-imports",
        function="import_leads",
        summary="Prepare an import, and answer with the link for its file",
        tag=_TAG,
        permission="leads.import",
        body=request(ImportOrder),
        answers={201: Shape(ImportBody)},
        codes=("customer_archived",),
        makes="import",
        kinds=_CUSTOMER,
    ),
    Operation(
        id="start_lead_import",
        method="post",
        path="/lead-imports/{id}/start",
        function="import_leads",
        summary="Start an import whose file is there",
        tag=_TAG,
        permission="leads.import",
        body=request(Request),
        needs_body=False,
        answers={202: Shape(JobBody)},
        makes="job",
        kinds={"id": "import"},
    ),
    Operation(
        id="recalculate_return_tiers",
        method="post",
        path="/return-tiers/recalculate",
        function="recalculate_return_tiers",
        summary="Begin to find every customer's return tier again",
        tag=_TAG,
        permission="return-tiers.update",
        body=request(RecalculationOrder),
        needs_body=False,
        answers={202: Shape(JobBody)},
        makes="job",
    ),
    Operation(
        id="view_job",
        method="get",
        path="/jobs/{id}",
        function="track_jobs",
        summary="Show how far a job is, and what it has made",
        tag=_TAG,
        callers=_OWNERS,
        answers={200: Shape(JobBody)},
        kinds={"id": "job"},
    ),
    Operation(
        id="cancel_job",
        method="post",
        path="/jobs/{id}/cancel",
        function="track_jobs",
        summary="Do no more of a job",
        tag=_TAG,
        callers=_OWNERS,
        body=request(Request),
        needs_body=False,
        answers={200: Shape(JobBody)},
        codes=("invalid_status",),
        kinds={"id": "job"},
    ),
)
