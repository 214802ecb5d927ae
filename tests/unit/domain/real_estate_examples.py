"""Answers of the Real Estate API about a property that it knows, read."""

import json

from leadflow.domain.enrichment import EnrichedData
from leadflow.domain.real_estate_answers import Endpoint, Finding, PropertyAddress, read_answer
from tools.stub_real_estate.answers import Property

Json = dict[str, object]
KNOWN = Property()
ASKED = PropertyAddress(KNOWN.street, KNOWN.city, KNOWN.state, KNOWN.postal_code)
DETAIL, TRACE = Endpoint.PROPERTY_DETAIL, Endpoint.SKIP_TRACE


def read(endpoint: Endpoint, body: object, status: int = 200) -> Finding:
    """What an answer of this status and body comes to."""
    return read_answer(endpoint, status, json.dumps(body).encode(), ASKED)


def data_of(finding: Finding) -> EnrichedData:
    """The data of an answer that has some."""
    assert isinstance(finding, EnrichedData)
    return finding


def detail(**data: object) -> EnrichedData:
    """The data of an answer about the property."""
    return data_of(read(DETAIL, {"data": data}))
