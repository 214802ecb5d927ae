"""Which leads a reprocess of many is asked for, and what it checks first (`product.md`, 11.6)."""

from typing import Annotated

from pydantic import Field, JsonValue, model_validator

from leadflow.application.filter_members import filters_of
from leadflow.application.list_leads import LeadFilters
from leadflow.application.reprocess_lead import StartMember
from leadflow.domain.model import Request
from leadflow.domain.starts import NamedStart

LEAD_IDS_MAX = 10_000
ID_CHARACTERS_MAX = 64
"""Longer texts are no identifiers, and would be told back."""

SELECTION_BYTES_MAX = 1024 * 1024
"""Size limit of the body: that of other requests has no room for `LEAD_IDS_MAX` identifiers."""

READ_AT_ONCE = 100
"""Leads by id that are read in one batch."""

PAGE_LEADS = 200
"""Leads of a filter that are read in one page."""

_LeadIds = Annotated[
    list[Annotated[str, Field(max_length=ID_CHARACTERS_MAX)]],
    Field(min_length=1, max_length=LEAD_IDS_MAX),
]


class ReprocessSelection(Request):
    """The body of `POST /leads/reprocess`: leads by id, or by the filters of `GET /leads`."""

    lead_ids: _LeadIds | None = None
    filter: dict[str, JsonValue] | None = None
    start: StartMember = NamedStart.BIDDING.value
    confirm: bool = False

    @model_validator(mode="after")
    def _one_selection(self) -> "ReprocessSelection":
        if (self.lead_ids is None) == (self.filter is None):
            raise ValueError("Either lead_ids or filter must be given.")
        return self

    @property
    def ids(self) -> list[str]:
        """The ids as given, each once; none when leads are selected by filters."""
        return list(dict.fromkeys(self.lead_ids or ()))

    @property
    def filters(self) -> LeadFilters:
        """The filters. Raises what `filters_of` raises."""
        return filters_of(self.filter or {})
