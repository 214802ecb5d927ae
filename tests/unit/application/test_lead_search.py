import pytest

from leadflow.application.lead_search import SearchKind, search_term
from tests.fakes.readings import TenDigits
from tests.reading import identify


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        (identify("lead", 7), SearchKind.ID, identify("lead", 7)),
        (f" {identify('lead', 7).upper()} ", SearchKind.ID, identify("lead", 7)),
        ("Jane@Example.com", SearchKind.EMAIL, "jane@example.com"),
        ("6025550100", SearchKind.PHONE, "+16025550100"),
        ("(602) 555-0100", SearchKind.PHONE, "+16025550100"),
        ("602.555_0100", SearchKind.PHONE, "+16025550100"),
        ("+1 602-555-0100", SearchKind.PHONE, "+16025550100"),
        ("1 602 555 0100", SearchKind.PHONE, "+16025550100"),
        ("602", SearchKind.NAME_PREFIX, "602"),
        ("Jane  R", SearchKind.NAME_PREFIX, "jane r"),
        ("STRAẞE", SearchKind.NAME_PREFIX, "strasse"),
        ("jane 6025550100", SearchKind.NAME_PREFIX, "jane 6025550100"),
    ],
)
def test_a_search_text_is_read_for_what_it_looks_like(
    text: str, kind: SearchKind, value: str
) -> None:
    term = search_term(text, TenDigits())
    assert (term.kind, term.value) == (kind, value)
