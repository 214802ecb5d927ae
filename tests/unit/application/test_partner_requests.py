"""Requests to partners, and what is kept of their answers."""

import pytest

from leadflow.application.partner_requests import partner_request, repeatable
from leadflow.domain.exchanges import AuthType, ExchangeAuth
from tests.builders import lead, post_exchange

SECRETS = {"post.token": "tok-91", "post.password": "pass-92", "post.header:X-Key": "key-93"}
BEARER = ExchangeAuth(type=AuthType.BEARER)
BASIC = ExchangeAuth(type=AuthType.BASIC, username="ada")


@pytest.mark.parametrize(
    ("auth", "said", "kept"),
    [
        (BEARER, "tok-91 is not valid, key-93 neither", "*** is not valid, *** neither"),
        (BASIC, "No YWRhOnBhc3MtOTI= or pass-92", "No *** or ***"),
        (ExchangeAuth(), "Ask Ada, ada@example.com", "Ask ***, ***"),
    ],
    ids=["token and header", "password, also encoded", "contact data"],
)
def test_what_a_partner_repeats_is_not_kept(auth: ExchangeAuth, said: str, kept: str) -> None:
    exchange = post_exchange(auth=auth, secret_headers=("X-Key",))
    request = partner_request("post", exchange, {}, SECRETS)

    assert repeatable({"message": said}, request, lead()) == {"message": kept}


def test_the_secrets_of_the_other_exchange_are_not_sent() -> None:
    request = partner_request("post", post_exchange(auth=BEARER), {}, {"ping.token": "other-94"})

    assert "other-94" not in str(request)


@pytest.mark.parametrize("detail", [None, {}])
def test_a_partner_that_says_nothing_is_not_quoted(detail: dict[str, str] | None) -> None:
    request = partner_request("post", post_exchange(), {}, {})

    assert repeatable(detail, request, lead()) is None
