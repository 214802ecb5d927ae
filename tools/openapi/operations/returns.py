"""Returns, and the payouts that depend on them (`api.md`, 4; `product.md`, 16.3 and 20)."""

from leadflow.application.list_return_requests import ReturnRequestFilters
from leadflow.application.report_payouts import PayoutPeriod
from leadflow.application.request_return import DecisionForm, ReturnRequestForm
from leadflow.application.return_lead import ReturnForm
from leadflow.runtime.representations.leads import LeadBody
from leadflow.runtime.representations.payouts import PayoutReportBody
from leadflow.runtime.representations.returns import ReturnRequestBody
from tools.openapi.operation import Caller, Operation, Shape, page, request

_TAG = "Returns"
_DECIDE = "leads.approve-dispute"

RETURNS = (
    Operation(
        id="return_lead",
        method="post",
        path="/leads/{id}/return",
        function="return_lead",
        summary="Take a lead back on behalf of its customer",
        tag=_TAG,
        permission="leads.return",
        body=request(ReturnForm),
        needs_body=False,
        answers={200: Shape(LeadBody)},
        codes=("invalid_status",),
        kinds={"id": "lead"},
        has_tag=True,
    ),
    Operation(
        id="request_return",
        method="post",
        path="/leads/{id}/return-requests",
        function="return_lead",
        summary="Ask for the return of one's own lead",
        tag=_TAG,
        callers=(Caller.CUSTOMER,),
        body=request(ReturnRequestForm),
        answers={201: Shape(ReturnRequestBody)},
        codes=("invalid_status", "return_already_requested", "return_window_closed"),
        makes="return",
        kinds={"id": "lead"},
    ),
    *(
        Operation(
            id=f"{verb}_return_request",
            method="post",
            path=f"/return-requests/{{id}}/{verb}",
            function="return_lead",
            summary=summary,
            tag=_TAG,
            permission=_DECIDE,
            body=request(DecisionForm),
            needs_body=False,
            answers={200: Shape(ReturnRequestBody)},
            codes=("invalid_status",),
            kinds={"id": "return"},
        )
        for verb, summary in (
            ("approve", "Take the lead back, as its customer has asked for"),
            ("deny", "Leave the lead with its customer"),
        )
    ),
    Operation(
        id="list_return_requests",
        method="get",
        path="/return-requests",
        function="return_lead",
        summary="List return requests",
        tag=_TAG,
        callers=(Caller.TENANT, Caller.CUSTOMER),
        permission=_DECIDE,
        filters=ReturnRequestFilters,
        answers={200: page(ReturnRequestBody)},
    ),
    Operation(
        id="report_payouts",
        method="get",
        path="/partners/{id}/payouts",
        function="report_payouts",
        summary="Report what a partner's sources are owed for a period",
        tag=_TAG,
        callers=(Caller.TENANT, Caller.PARTNER),
        permission="partners.view",
        filters=PayoutPeriod,
        answers={200: Shape(PayoutReportBody)},
        kinds={"id": "partner"},
    ),
)
