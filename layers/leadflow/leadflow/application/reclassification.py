"""Classify a stored lead again, with what that means for its status (`product.md`, 11.3, 11.5)."""

from dataclasses import dataclass
from datetime import datetime

from leadflow.application.facts import facts_of
from leadflow.domain.configuration import Configuration
from leadflow.domain.formats import Formats
from leadflow.domain.identifiers import CategoryId, LeadTypeId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.validation import normal_values

_WITHOUT_TYPE = frozenset(
    {LeadStatus.PENDING, LeadStatus.UNASSIGNED, LeadStatus.DISTRIBUTION_ERROR}
)
"""Statuses that a live lead gives up when no lead type is found."""


@dataclass(frozen=True)
class LeadClass:
    """The category of a lead, and the lead type if it has one."""

    lead_category_id: CategoryId
    lead_type_id: LeadTypeId | None


@dataclass(frozen=True)
class Reclassification:
    """What a lead was before, and what it is now."""

    before: LeadClass
    after: LeadClass

    @property
    def is_changed(self) -> bool:
        """Whether it is another class."""
        return self.before != self.after


def class_of(lead: Lead) -> LeadClass:
    """The class that a lead has."""
    return LeadClass(lead.lead_category_id, lead.lead_type_id)


def found_class(
    lead: Lead, configuration: Configuration, formats: Formats, now: datetime
) -> LeadClass:
    """The class that a lead's values give it: in its source's present category, by 6.2."""
    source = configuration.sources[lead.source_id]
    normal = normal_values(lead.values, configuration.fields_of(source), formats)
    classifier = configuration.classifiers[source.lead_category_id]
    found = classifier.classify(facts_of(normal, source), now.date())
    return LeadClass(source.lead_category_id, found.id if found else None)


def with_class(lead: Lead, found: LeadClass) -> Lead:
    """The lead in a class, its version and status as before."""
    classes = {"lead_category_id": found.lead_category_id, "lead_type_id": found.lead_type_id}
    return lead.model_copy(update=classes)


def reclassified(lead: Lead, configuration: Configuration, formats: Formats, now: datetime) -> Lead:
    """The lead (its version as before) in the class that is found, and in the status of that.

    A test lead keeps its status, which is not up to its lead type (7.6).
    """
    found = found_class(lead, configuration, formats, now)
    typed, status = with_class(lead, found), _status(lead, found)
    if status is lead.status:
        return typed
    return typed.moved(status, now).model_copy(update={"version": lead.version})


def _status(lead: Lead, found: LeadClass) -> LeadStatus:
    if lead.is_test:
        return lead.status
    if found.lead_type_id is None:
        return LeadStatus.UNCATEGORIZED if lead.status in _WITHOUT_TYPE else lead.status
    is_typeless = lead.status is LeadStatus.UNCATEGORIZED
    return LeadStatus.PENDING if is_typeless else lead.status
