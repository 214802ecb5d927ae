"""Leads: find, show, change, and what is done with them (`api.md`, 4)."""

from leadflow.application.edit_lead import LeadEdit
from leadflow.application.enrich_lead import Enrichment
from leadflow.application.list_leads import LeadFilters
from leadflow.application.reprocess_lead import ReprocessRequest
from leadflow.application.reprocess_selection import ReprocessSelection
from leadflow.application.view_flows import FlowFilters
from leadflow.domain.model import Request
from leadflow.runtime.representations.flows import FlowBody, FlowSummaryBody
from leadflow.runtime.representations.jobs import JobBody
from leadflow.runtime.representations.lead_changes import (
    EditedBody,
    EnrichedBody,
    ReclassifiedBody,
)
from leadflow.runtime.representations.leads import AnyLeadBody
from leadflow.runtime.representations.reprocesses import FlowOpenedBody, PreviewBody
from tools.openapi.identifiers import example
from tools.openapi.operation import Caller, Operation, Shape, page, request

_TAG = "Leads"
_LEAD = {"id": "lead"}
_READERS = (Caller.TENANT, Caller.CUSTOMER, Caller.PARTNER)
_STARTS = ("stage_not_available", "direct_post_not_configured", "subscription_threshold")

LEADS = (
    Operation(
        id="list_leads",
        method="get",
        path="/leads",
        function="list_leads",
        summary="List and find leads, newest first",
        tag=_TAG,
        callers=_READERS,
        permission="leads.view",
        filters=LeadFilters,
        answers={200: page(AnyLeadBody)},
    ),
    Operation(
        id="view_lead",
        method="get",
        path="/leads/{id}",
        function="view_lead",
        summary="Show one lead",
        tag=_TAG,
        callers=_READERS,
        permission="leads.view",
        answers={200: Shape(AnyLeadBody)},
        kinds=_LEAD,
        has_tag=True,
    ),
    Operation(
        id="edit_lead",
        method="patch",
        path="/leads/{id}",
        function="edit_lead",
        summary="Change contact data and details, and distribute the lead again if asked to",
        tag=_TAG,
        permission="leads.update",
        body=request(LeadEdit),
        answers={200: Shape(EditedBody)},
        codes=("invalid_status", *_STARTS),
        kinds=_LEAD,
        has_version=True,
        has_tag=True,
    ),
    Operation(
        id="delete_lead",
        method="delete",
        path="/leads/{id}",
        function="delete_lead",
        summary="Delete a lead for good",
        tag=_TAG,
        permission="leads.delete",
        answers={204: None},
        codes=("invalid_status",),
        kinds=_LEAD,
        has_version=True,
    ),
    Operation(
        id="reclassify_lead",
        method="post",
        path="/leads/{id}/reclassify",
        function="reclassify_lead",
        summary="Find category and lead type again",
        tag=_TAG,
        permission="leads.update",
        body=request(Request),
        needs_body=False,
        answers={200: Shape(ReclassifiedBody)},
        codes=("invalid_status",),
        kinds=_LEAD,
        has_version=True,
        has_tag=True,
    ),
    Operation(
        id="enrich_lead",
        method="post",
        path="/leads/{id}/enrich",
        function="enrich_lead",
        summary="Ask the Real Estate API about a lead's address",
        tag=_TAG,
        permission="leads.update",
        body=request(Enrichment),
        answers={200: Shape(EnrichedBody)},
        codes=("invalid_status", "integration_not_configured", "incomplete_address"),
        kinds=_LEAD,
        has_version=True,
        has_tag=True,
    ),
    Operation(
        id="reprocess_lead",
        method="post",
        path="/leads/{id}/reprocess",
        function="reprocess_lead",
        summary="Distribute a lead once more",
        tag=_TAG,
        permission="leads.reprocess",
        body=request(ReprocessRequest),
        needs_body=False,
        answers={202: Shape(FlowOpenedBody)},
        codes=("invalid_status", *_STARTS),
        kinds=_LEAD,
    ),
    Operation(
        id="reprocess_leads",
        method="post",
        path="/leads/reprocess",
        function="reprocess_leads",
        summary="Show what a reprocess of many leads would do, and do it if confirmed",
        tag=_TAG,
        permission="leads.reprocess",
        body=request(ReprocessSelection),
        example={"lead_ids": [example("lead")], "start": "bidding", "confirm": False},
        answers={200: Shape(PreviewBody), 202: Shape(JobBody)},
        codes=_STARTS,
    ),
    Operation(
        id="release_audited_lead",
        method="post",
        path="/leads/{id}/release",
        function="release_audited_lead",
        summary="Let a lead out of Audit",
        tag=_TAG,
        permission="leads.update",
        body=request(Request),
        needs_body=False,
        answers={202: Shape(FlowOpenedBody)},
        codes=("invalid_status", "test_lead", "subscription_threshold"),
        kinds=_LEAD,
    ),
    Operation(
        id="list_flows_of_lead",
        method="get",
        path="/leads/{id}/flows",
        function="view_flows",
        summary="List the flows of a lead",
        tag=_TAG,
        permission="leads.view",
        answers={200: page(FlowSummaryBody)},
        kinds=_LEAD,
    ),
    Operation(
        id="list_flows",
        method="get",
        path="/flows",
        function="view_flows",
        summary="List flows, newest first",
        tag=_TAG,
        permission="leads.view",
        filters=FlowFilters,
        answers={200: page(FlowSummaryBody)},
    ),
    Operation(
        id="view_flow",
        method="get",
        path="/flows/{id}",
        function="view_flows",
        summary="Show one flow with its timeline and decision record",
        tag=_TAG,
        permission="leads.view",
        answers={200: Shape(FlowBody)},
        kinds={"id": "flow"},
    ),
)
