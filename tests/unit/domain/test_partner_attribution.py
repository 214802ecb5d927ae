import pytest

from leadflow.domain.errors import ValidationFailed
from leadflow.domain.posts import Post, options_of, partner_of
from leadflow.domain.principals import SourcePrincipal
from tests.builders import SOURCE_ID, TENANT_ID, partner, source

PRINCIPAL = SourcePrincipal(tenant_id=TENANT_ID, source_id=SOURCE_ID)
FIRST, SECOND = partner(1).id, partner(2).id
LIVE = (FIRST, SECOND)


def test_a_post_is_attributed_to_whom_it_names_else_to_the_partner_of_its_source() -> None:
    sender = source(partner_id=FIRST)
    assert partner_of(Post(PRINCIPAL, "{}"), sender, LIVE) == FIRST
    assert partner_of(Post(PRINCIPAL, "{}", SECOND), sender, LIVE) == SECOND
    assert partner_of(Post(PRINCIPAL, "{}", SECOND), source(), LIVE) == SECOND
    assert partner_of(Post(PRINCIPAL, "{}"), source(), LIVE) is None


@pytest.mark.parametrize("named", ["partner_x", "", partner(3).id])
def test_an_unknown_partner_is_refused_and_attributes_nothing(named: str) -> None:
    post = Post(PRINCIPAL, "{}", named)
    assert partner_of(post, source(partner_id=FIRST), LIVE) == FIRST
    with pytest.raises(ValidationFailed) as refused:
        options_of({}, post, source(), LIVE)
    assert set(refused.value.errors) == {"X-Partner-Id"}


def test_a_live_partner_is_accepted() -> None:
    assert options_of({}, Post(PRINCIPAL, "{}", FIRST), source(), LIVE).ping_id is None
