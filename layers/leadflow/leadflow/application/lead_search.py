"""What a search text asks for: an id, an e-mail address, a phone number or the start of a name."""

from dataclasses import dataclass
from enum import StrEnum

from leadflow.domain.fields import FieldType
from leadflow.domain.formats import Formats
from leadflow.domain.identifiers import is_identifier
from leadflow.domain.leads import SearchKeys


class SearchKind(StrEnum):
    """By what leads are searched."""

    ID = "id"
    EMAIL = "email"
    PHONE = "phone"
    NAME_PREFIX = "name_prefix"


@dataclass(frozen=True)
class SearchTerm:
    """A search text in the normal form in which leads keep what they are found by."""

    kind: SearchKind
    value: str

    def finds(self, lead_id: str, search: SearchKeys) -> bool:
        """Whether a lead with that id and those keys is meant."""
        if self.kind is SearchKind.NAME_PREFIX:
            return search.name is not None and search.name.startswith(self.value)
        keys = {
            SearchKind.ID: lead_id,
            SearchKind.EMAIL: search.email,
            SearchKind.PHONE: search.phone,
        }
        return keys[self.kind] == self.value


def search_term(text: str, formats: Formats) -> SearchTerm:
    """Read a search text that is not blank; what is nothing else is the start of a name."""
    folded = " ".join(text.split()).casefold()
    if is_identifier("lead", folded):
        return SearchTerm(SearchKind.ID, folded)
    if "@" in folded:
        return SearchTerm(SearchKind.EMAIL, (formats.email(folded) or folded).casefold())
    phone = _phone(folded, formats)
    if phone is not None:
        return SearchTerm(SearchKind.PHONE, phone)
    return SearchTerm(SearchKind.NAME_PREFIX, folded)


def _phone(text: str, formats: Formats) -> str | None:
    """The number in any punctuation, read as a local one first, then with its country code."""
    if any(character.isalpha() for character in text):
        return None
    digits = "".join(character for character in text if character in "0123456789")
    international = formats.phone(f"+{digits}", FieldType.PHONE_INTERNATIONAL)
    if text.startswith("+"):
        return international
    return (
        formats.phone(digits, FieldType.PHONE_US_CA)
        or formats.phone(digits, FieldType.PHONE_AU)
        or international
    )
