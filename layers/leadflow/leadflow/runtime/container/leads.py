"""Where leads, their flows and all that is kept about them are."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from leadflow.runtime.container.foundation import clock, ids, tables_named

if TYPE_CHECKING:
    from leadflow.adapters.dynamodb.archivings import DynamoArchivings
    from leadflow.adapters.dynamodb.bookmarks import DynamoBookmarks
    from leadflow.adapters.dynamodb.erasures import DynamoErasures
    from leadflow.adapters.dynamodb.flow_lists import DynamoFlowLists
    from leadflow.adapters.dynamodb.flows import DynamoFlows
    from leadflow.adapters.dynamodb.lead_lists import DynamoLeadLists
    from leadflow.adapters.dynamodb.leads import DynamoLeads
    from leadflow.adapters.dynamodb.marketplace import DynamoMarketplace
    from leadflow.adapters.dynamodb.pings import DynamoPings
    from leadflow.adapters.dynamodb.plan_usage import DynamoPlanUsage
    from leadflow.adapters.dynamodb.request_rates import DynamoRequestRates
    from leadflow.adapters.dynamodb.returns import DynamoReturns
    from leadflow.adapters.dynamodb.rotations import DynamoRotations
    from leadflow.adapters.dynamodb.stats import DynamoStats
    from leadflow.adapters.dynamodb.submission_lists import DynamoSubmissionLists
    from leadflow.adapters.dynamodb.submissions import DynamoSubmissions
    from leadflow.adapters.dynamodb.withheld_leads import DynamoWithheldLeads


@cache
def leads() -> DynamoLeads:
    """Leads."""
    from leadflow.adapters.dynamodb.leads import DynamoLeads

    tables_named()
    return DynamoLeads()


@cache
def lead_lists() -> DynamoLeadLists:
    """Leads in their orders."""
    from leadflow.adapters.dynamodb.lead_lists import DynamoLeadLists

    tables_named()
    return DynamoLeadLists()


@cache
def submissions() -> DynamoSubmissions:
    """Submissions."""
    from leadflow.adapters.dynamodb.submissions import DynamoSubmissions

    tables_named()
    return DynamoSubmissions()


@cache
def submission_lists() -> DynamoSubmissionLists:
    """Submissions in the order received."""
    from leadflow.adapters.dynamodb.submission_lists import DynamoSubmissionLists

    tables_named()
    return DynamoSubmissionLists()


@cache
def pings() -> DynamoPings:
    """Pings."""
    from leadflow.adapters.dynamodb.pings import DynamoPings

    tables_named()
    return DynamoPings()


@cache
def erasures() -> DynamoErasures:
    """What is left of deleted leads."""
    from leadflow.adapters.dynamodb.erasures import DynamoErasures

    tables_named()
    return DynamoErasures()


@cache
def flows() -> DynamoFlows:
    """Flows."""
    from leadflow.adapters.dynamodb.flows import DynamoFlows

    tables_named()
    return DynamoFlows()


@cache
def flow_lists() -> DynamoFlowLists:
    """Flows in the order started."""
    from leadflow.adapters.dynamodb.flow_lists import DynamoFlowLists

    tables_named()
    return DynamoFlowLists()


@cache
def rotations() -> DynamoRotations:
    """Whose turn it is."""
    from leadflow.adapters.dynamodb.rotations import DynamoRotations

    tables_named()
    return DynamoRotations()


@cache
def plan_usage() -> DynamoPlanUsage:
    """Usage of subscription plans."""
    from leadflow.adapters.dynamodb.plan_usage import DynamoPlanUsage

    tables_named()
    return DynamoPlanUsage(clock(), ids())


@cache
def marketplace() -> DynamoMarketplace:
    """Auctions."""
    from leadflow.adapters.dynamodb.marketplace import DynamoMarketplace

    tables_named()
    return DynamoMarketplace()


@cache
def request_rates() -> DynamoRequestRates:
    """Requests by the minute."""
    from leadflow.adapters.dynamodb.request_rates import DynamoRequestRates

    tables_named()
    return DynamoRequestRates()


@cache
def returns() -> DynamoReturns:
    """Returns and the requests for them."""
    from leadflow.adapters.dynamodb.returns import DynamoReturns

    tables_named()
    return DynamoReturns()


@cache
def withheld_leads() -> DynamoWithheldLeads:
    """The order of the withheld leads."""
    from leadflow.adapters.dynamodb.withheld_leads import DynamoWithheldLeads

    tables_named()
    return DynamoWithheldLeads()


@cache
def stats() -> DynamoStats:
    """Statistics by state and lead type."""
    from leadflow.adapters.dynamodb.stats import DynamoStats

    tables_named()
    return DynamoStats()


@cache
def archivings() -> DynamoArchivings:
    """Customers that are being archived."""
    from leadflow.adapters.dynamodb.archivings import DynamoArchivings

    tables_named()
    return DynamoArchivings()


@cache
def bookmarks() -> DynamoBookmarks:
    """Where work on a schedule goes on."""
    from leadflow.adapters.dynamodb.bookmarks import DynamoBookmarks

    tables_named()
    return DynamoBookmarks()
