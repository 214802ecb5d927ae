"""What sources call: pings, leads, and what became of their submissions (`api.md`, 3)."""

from leadflow.application.view_submissions import SubmissionFilters
from leadflow.runtime.representations.answers import LeadAnswer, PingAnswerBody
from leadflow.runtime.representations.submissions import SubmissionBody
from tools.openapi.operation import Caller, Operation, Shape, page, request
from tools.openapi.shapes import LeadRequest, PingRequest

_TAG = "Source API"
_BOTH = (Caller.SOURCE, Caller.TENANT)

API_DOCUMENT = Operation(
    id="show_api_document",
    method="get",
    path="/openapi.json",
    function="show_api_document",
    summary="Show what the API is: this document",
    tag="Reference",
    callers=(),
    answers={200: Shape(dict[str, object])},
)

SOURCE_API = (
    Operation(
        id="receive_ping",
        method="post",
        path="/ping",
        function="receive_ping",
        summary="Ask what a lead would be worth",
        tag=_TAG,
        callers=(Caller.SOURCE,),
        body=request(PingRequest),
        answers={200: Shape(PingAnswerBody)},
    ),
    Operation(
        id="submit_lead",
        method="post",
        path="/leads",
        function="submit_lead",
        summary="Hand over a lead",
        tag=_TAG,
        callers=(Caller.SOURCE,),
        body=request(LeadRequest),
        answers={201: Shape(LeadAnswer)},
        codes=("ping_not_found", "ping_expired", "ping_mismatch", "subscription_threshold"),
    ),
    Operation(
        id="list_submissions",
        method="get",
        path="/submissions",
        function="view_submissions",
        summary="List what sources have sent",
        tag=_TAG,
        callers=_BOTH,
        permission="submissions.view",
        filters=SubmissionFilters,
        answers={200: page(SubmissionBody)},
    ),
    Operation(
        id="view_submission",
        method="get",
        path="/submissions/{id}",
        function="view_submissions",
        summary="Show one submission and what became of it",
        tag=_TAG,
        callers=_BOTH,
        permission="submissions.view",
        answers={200: Shape(SubmissionBody)},
        kinds={"id": "submission"},
    ),
)
