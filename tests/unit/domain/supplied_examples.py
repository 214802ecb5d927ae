"""A tenant two of whose sources belong to a partner, and a third to nobody."""

from dataclasses import replace

from leadflow.domain.configuration import Configuration
from leadflow.domain.identifiers import PartnerId, SourceId
from leadflow.domain.principals import Role, UserPrincipal
from tests.builders import partner
from tests.reading import (
    CATEGORY,
    OTHER_SOURCE,
    SOURCE,
    configuration,
    identify,
    user,
)

SUPPLIER, RECEIVER = partner(1).id, partner(2).id
FREE_SOURCE = SourceId(identify("source", 3))
HIDDEN = frozenset({"credit_score", "phone"})
"""Titles that are left out of the API spec."""


def supplying(*, archived: bool = False, **switches: object) -> Configuration:
    """Two sources of the partner; `switches` are members of it."""
    base = configuration()
    category = base.categories[CATEGORY]
    fields = tuple(
        one.model_copy(update={"hidden_from_api_spec": one.title in HIDDEN})
        for one in category.fields
    )
    own = {one: base.sources[one] for one in (SOURCE, OTHER_SOURCE)}
    sources = {key: one.model_copy(update={"partner_id": SUPPLIER}) for key, one in own.items()} | {
        FREE_SOURCE: own[SOURCE].model_copy(update={"id": FREE_SOURCE, "partner_id": None})
    }
    partners = {
        SUPPLIER: partner(1, archived=archived, **switches),
        RECEIVER: partner(2),
    }
    categories = {CATEGORY: category.model_copy(update={"fields": fields})}
    return replace(base, categories=categories, sources=sources, partners=partners)


def supplier(
    partner_id: PartnerId | None = SUPPLIER, role: Role = Role.PARTNER_USER
) -> UserPrincipal:
    """A user of that partner."""
    return user(role).model_copy(update={"partner_id": partner_id})
