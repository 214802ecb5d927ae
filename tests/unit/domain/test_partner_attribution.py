import pytest

from leadflow.domain.posts import Post, partner_of, ping_mistakes, post_mistakes
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
    for mistakes_of in (ping_mistakes, post_mistakes):
        assert set(mistakes_of({}, post, source(), LIVE)) == {"X-Partner-Id"}


def test_a_live_partner_is_accepted() -> None:
    assert not post_mistakes({}, Post(PRINCIPAL, "{}", FIRST), source(), LIVE)
