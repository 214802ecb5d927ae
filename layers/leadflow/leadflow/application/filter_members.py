"""Filters of leads in the body of a request: the same as those of `GET /leads`."""

from collections.abc import Mapping

from pydantic import JsonValue

from leadflow.application.list_leads import LeadFilters
from leadflow.application.requests import validated

AT = ("filter",)
"""Where they stand in a body."""


def filters_of(members: Mapping[str, JsonValue]) -> LeadFilters:
    """The filters; a query spells flags as texts, a body may use booleans as well.

    Raises `ValidationFailed` with paths such as `filter.received_from`.
    """
    texts = {True: "true", False: "false"}
    spelled = {name: texts[one] if isinstance(one, bool) else one for name, one in members.items()}
    return validated(LeadFilters, spelled, AT)
