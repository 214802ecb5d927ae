"""Exchanges and plans that cannot work are refused, member by member."""

from collections.abc import Callable

import pytest

from tests.e2e.shop import Json, Shop, expect, lead
from tests.e2e.trade import (
    Trade,
    highest_price,
    ping_exchange,
    post_exchange,
    round_robin,
    stage,
)

URL = "https://example.com/ping"


@pytest.fixture(scope="module")
def shop(tenant: Trade) -> Shop:
    return tenant.anew(fields=[{"title": "age", "type": "numeric"}]).shop


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/ping",
        "ftp://example.com/ping",
        "example.com/ping",
        "https:///ping",
        "https://user:pass@example.com/ping",
        "https://10.0.0.1/ping",
        "https://172.16.5.4/ping",
        "https://192.168.1.1/ping",
        "https://100.64.0.1/ping",
        "https://169.254.169.254/latest/meta-data",
        "https://[fd00:ec2::254]/latest/meta-data",
        "https://[fe80::1]/ping",
        "https://[fc00::1]/ping",
        "https://[::ffff:10.0.0.1]/ping",
        "https://[64:ff9b::a9fe:a9fe]/ping",
        "https://224.0.0.1/ping",
        "https://[ff02::1]/ping",
        "https://0.0.0.0/ping",
        "https://[::]/ping",
        "https://255.255.255.255/ping",
        "https://0xa9fea9fe/ping",
        "https://2852039166/ping",
        "https://0251.0376.0251.0376/ping",
        "https://10.1/ping",
        "https://example.com:99999/ping",
        "https://exa mple.com/ping",
    ],
)
def test_a_url_that_must_not_be_called_is_not_saved(shop: Shop, url: str) -> None:
    both = {"ping": ping_exchange(url), "post": post_exchange(url)}

    assert _mistakes(shop, both) == ["ping.url", "post.url"]


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"mapping": [{"key": "a", "value": "{{ response.id }}"}]}, "mapping.0.value"),
        ({"mapping": [{"key": "a", "value": "{{ zip"}]}, "mapping.0.value"),
        ({"mapping": [{"key": "a", "value": "zip }}"}]}, "mapping.0.value"),
        ({"mapping": [{"key": "a", "value": "{{ }}"}]}, "mapping.0.value"),
        ({"mapping": [{"key": "a", "value": "{{ nobody }}"}]}, "mapping.0.value"),
        ({"mapping": [{"key": "a", "value": "{{ zip | upper }}"}]}, "mapping.0.value"),
        ({"mapping": [{"key": "a", "value": ["x"]}]}, "mapping.0.value"),
        ({"mapping": [{"key": "a", "value": "1"}, {"key": "a.b", "value": "2"}]}, "mapping.1.key"),
        ({"mapping": [{"key": str(n), "value": "x"} for n in range(201)]}, "mapping"),
        ({"response": {"success_path": "status"}}, "response.price_path"),
        ({"response": {"price_path": "a..b"}}, "response.price_path"),
        ({"response": {"price_path": "p", "success_values": ["1"]}}, "response.success_path"),
        ({"timeout_seconds": 0}, "timeout_seconds"),
        ({"timeout_seconds": 31}, "timeout_seconds"),
        ({"timeout_seconds": "5"}, "timeout_seconds"),
        ({"method": "DELETE"}, "method"),
        ({"format": "xml"}, "format"),
        ({"auth": {"type": "bearer"}}, "auth.token"),
        ({"auth": {"type": "basic", "password": "x"}}, "auth.username"),
        ({"auth": {"type": "bearer", "token": "a\r\nX: b"}}, "auth.token"),
        ({"headers": {"X-A": "a\r\nX-B: b"}}, "headers.X-A"),
        ({"headers": {"Host": "example.com"}}, "headers.Host"),
        ({"surprise": 1}, "surprise"),
    ],
    ids=str,
)
def test_an_exchange_that_cannot_work_names_the_member(shop: Shop, values: Json, path: str) -> None:
    assert _mistakes(shop, {"ping": ping_exchange(URL, **values)}) == [f"ping.{path}"]


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"name": ""}, "name"),
        ({"offer_penalty_percentage": 101}, "offer_penalty_percentage"),
        ({"auto_pause": {"share_percentage": 0}}, "auto_pause.share_percentage"),
        ({"eligibility": [[{"property": "email", "operator": "equals", "value": "x"}]]}, "eligib"),
        ({"post": {**post_exchange(URL), "treat_unknown_as": "maybe"}}, "post.treat_unknown_as"),
    ],
    ids=str,
)
def test_a_partner_that_cannot_be_names_the_member(shop: Shop, values: Json, path: str) -> None:
    [mistake] = _mistakes(shop, values)

    assert mistake.startswith(path)


def test_all_mistakes_of_a_partner_are_told_together(shop: Shop) -> None:
    ping = ping_exchange("http://example.com", mapping=[{"key": "a", "value": "{{ x }}"}])

    found = _mistakes(shop, {"ping": ping, "post": post_exchange("https://10.0.0.1/")})

    assert set(found) == {"ping.url", "ping.mapping.0.value", "post.url"}
    assert "Bad" not in {one["name"] for one in shop.everything("/partners")}


def _mistakes(shop: Shop, values: Json) -> list[str]:
    problem = expect(shop.client.post("/partners", json={"name": "Bad", **values}), 422)
    assert problem["code"] == "validation_failed"
    return list(problem["errors"])


Stages = Callable[[Shop], list[Json]]


def _one(method: str, settings: Json, **values: object) -> Stages:
    return lambda _: [stage(method, settings, **values)]


UNKNOWN_PARTNER = {"enabled": True, "include": ["partner_" + "0" * 26]}
BOTH_LISTS: Json = {"enabled": True, "include": [], "exclude": []}
BAD_PLANS: list[tuple[Stages, str]] = [
    (lambda _: [highest_price()] * 51, "stages"),
    (_one("highest_price", {"partners": UNKNOWN_PARTNER}), "stages.0.settings.partners.include.0"),
    (_one("highest_price", {"partners": BOTH_LISTS}), "stages.0.settings.partners.exclude"),
    (_one("highest_price", {"bids": {"scopes": ["planet"]}}), "stages.0.settings.bids.scopes"),
    (_one("highest_price", {"surprise": 1}), "stages.0.settings.surprise"),
    (lambda _: [round_robin(-1, [])], "stages.0.settings.price_cents"),
    (_one("round_robin", {"rotation": "hourly", "price_cents": 0}), "stages.0.settings.rotation"),
    (_one("marketplace", {"price_cents": 1}), "stages.0.settings.price_cents"),
    (_one("teleport", {}), "stages.0.method"),
    (_one("highest_price", {}, name=""), "stages.0.name"),
    (
        _one("alter_data", {"operations": [{"set_field": "age", "value": "old"}]}),
        "stages.0.settings.operations.0.value",
    ),
    (
        _one("alter_data", {"operations": [{"set_lead_type": "type_" + "0" * 26}]}),
        "stages.0.settings.operations.0.set_lead_type",
    ),
    (
        _one("real_estate_api", {"lead_category_id": "category_" + "0" * 26}),
        "stages.0.settings.lead_category_id",
    ),
    (
        _one("highest_price", {}, conditions=[[{"property": "nope", "operator": "equals"}]]),
        "stages.0.conditions.0.0.",
    ),
]


@pytest.mark.parametrize(("stages", "path"), BAD_PLANS, ids=[path for _, path in BAD_PLANS])
def test_a_plan_that_cannot_work_is_not_stored(shop: Shop, stages: Stages, path: str) -> None:
    before = shop.read("/distribution-plan")

    answer = shop.client.put("/distribution-plan", json={"stages": stages(shop)})

    problem = expect(answer, 422)
    assert [one for one in problem["errors"] if one.startswith(path)] == list(problem["errors"])
    assert shop.read("/distribution-plan") == before


def test_a_lead_type_of_another_category_cannot_be_set_in_a_stage_of_one(
    tenant: Trade, shop: Shop
) -> None:
    other = tenant.anew().shop.lead_type_id
    only = [[{"property": "lead_category", "operator": "any", "value": [shop.category_id]}]]
    change = stage("alter_data", {"operations": [{"set_lead_type": other}]}, conditions=only)

    answer = shop.client.put("/distribution-plan", json={"stages": [change]})

    path = "stages.0.settings.operations.0.set_lead_type"
    assert list(expect(answer, 422)["errors"]) == [path]


def test_a_lead_of_another_category_than_its_new_type_ends_in_an_error(
    tenant: Trade, shop: Shop
) -> None:
    other = tenant.anew().shop.lead_type_id
    tenant.plan(stage("alter_data", {"operations": [{"set_lead_type": other}]}))

    answer = expect(shop.source().post(lead()), 201)

    assert answer["status"] == "distribution_error"
    flow = tenant.flow(answer)
    attempt = flow["attempts"][0]
    assert (attempt["status"], attempt["reason"]) == ("error", "lead_type_unavailable")
    assert flow["outcome"] == "distribution_error"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"base_url": "http://example.com", "api_key": "k"}, "base_url"),
        ({"base_url": "https://169.254.169.254", "api_key": "k"}, "base_url"),
        ({"base_url": "https://example.com", "api_key": "a b"}, "api_key"),
        ({"base_url": "https://example.com"}, "api_key"),
    ],
    ids=str,
)
def test_a_real_estate_api_that_must_not_be_called_is_not_saved(
    shop: Shop, body: Json, path: str
) -> None:
    answer = shop.client.put("/integrations/real-estate-api", json=body)

    assert list(expect(answer, 422)["errors"]) == [path]
