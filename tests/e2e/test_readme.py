"""The README's walk-through works when it is pasted; no log has contact data or secrets."""

import json
import os
import re
import subprocess
from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.conftest import DIRECTORY
from tests.e2e.shop import Json, Shop, expect, lead
from tests.e2e.trade import (
    ACCEPTS,
    HANGING_SECONDS,
    HANGS,
    Trade,
    highest_price,
    ping_exchange,
    post_exchange,
)
from tools.local_stack import StackInfo
from tools.local_stack.aws import local_session
from tools.local_stack.layout import ROOT
from tools.stub_partner import Act, Behaviour

WALK_SECONDS_MAX = 600
MARKS = {
    "email": "marker.zq7@example.com",
    "phone": "404-555-0177",
    "last_name": "Zqmarkerson",
    "address_1": "77 Zqmarker Street",
}

PARTNER_SECRETS = ["Zqtoken-5f1c", "Zqkey-77aa"]
CUSTOM = Behaviour(act=Act.CUSTOM)
PRICED = Behaviour(price="20.00")


@pytest.fixture
def shop(stack: StackInfo, admin: httpx.Client) -> Shop:
    return Shop(admin, stack.api_url).open(scopes=[])


def test_the_walk_through_ends_with_a_sold_lead(stack: StackInfo) -> None:
    text = (ROOT / "README.md").read_text()
    walk = text.split("walk-through: begin -->")[1].split("<!-- walk-through: end")[0]
    script = "\n".join(re.findall(r"```sh\n(.*?)```", walk, re.DOTALL))
    script = script.replace(".local/stack.json", str(DIRECTORY / "stack.json"))

    done = subprocess.run(  # noqa: S603 - the README is ours
        ["/bin/bash", "-ec", f"trap 'kill $(jobs -p) 2> /dev/null || true' EXIT\n{script}"],
        cwd=ROOT,
        env=os.environ | {"LEADFLOW_LOCAL_DIR": str(DIRECTORY)},
        capture_output=True,
        text=True,
        timeout=WALK_SECONDS_MAX,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    answer, sold, flow, *_, waiting, released = _objects(done.stdout)
    assert f"{answer['lead_public_id']},refused,returned,status_not_reprocessable," in done.stdout
    assert (answer["status"], answer["price"]) == ("assigned", 25.0)
    assert sold["assignment"]["charged_cents"] == 5000
    assert flow["decisions"][0]["verdict"] == "won"
    assert '"row","field","message"' in done.stdout
    assert '"webhook-signature": "v1,' in done.stdout
    assert (waiting["status"], waiting["price"]) == ("withheld", 0)
    assert (released["id"], released["status"]) == (waiting["lead_public_id"], "assigned")
    assert stack.api_url


def test_no_log_line_holds_contact_data_or_a_secret(
    stack: StackInfo, shop: Shop, trade: Trade
) -> None:
    source = shop.source()
    expect(source.post(lead(**MARKS)), 201)
    expect(source.post(lead(**MARKS, zip="00000")), 422)
    secrets = [source.credentials["api_secret"], source.credentials["bearer_token"]]
    _tell_partners(trade)

    shop.everything("/leads", source_id=source.id)
    lines = list(_log_lines(stack))

    assert len(lines) > 10
    joined = "\n".join(lines)
    for mark in [*MARKS.values(), "+14045550177", *secrets, *PARTNER_SECRETS, stack.admin_token]:
        assert mark not in joined, mark


def _tell_partners(trade: Trade) -> None:
    """Ping and post to partners that fail in every way, and say again what they were told."""
    echo = json.dumps(
        {"status": "refused", "message": " ".join([*MARKS.values(), *PARTNER_SECRETS])}
    )
    told = [{"key": name, "value": f"{{{{ {name} }}}}"} for name in MARKS]
    token, key = PARTNER_SECRETS
    safe: Json = {
        "auth": {"type": "bearer", "token": token},
        "headers": {"X-Api-Key": key},
        "timeout_seconds": HANGING_SECONDS,
    }
    partners = []
    for ping, post in ((CUSTOM, ACCEPTS), (PRICED, CUSTOM), (HANGS, ACCEPTS), (PRICED, HANGS)):
        partner = trade.partner("20.00", treat_unknown_as="not_sold")
        ping_url = partner.behave("ping", ping.model_copy(update={"body": echo}))
        post_url = partner.behave("post", post.model_copy(update={"body": echo}))
        change = {
            "ping": ping_exchange(ping_url, mapping=told, **safe),
            "post": post_exchange(post_url, mapping=told, treat_unknown_as="not_sold", **safe),
        }
        expect(trade.shop.client.patch(f"/partners/{partner.id}", json=change), 200)
        partners.append(partner)
    trade.plan(highest_price(partners))
    source = trade.shop.source()
    expect(source.ping({"zip": "30303", **MARKS}), 200)
    answer = expect(source.post(lead(**MARKS)), 201)
    expect(source.ping({"zip": "1", **MARKS}), 422)
    assert len({partner.name for partner in partners if partner.received("ping")}) == len(partners)
    shown = str(trade.flow(answer))
    assert not [mark for mark in [*MARKS.values(), *PARTNER_SECRETS] if mark in shown]


def _objects(text: str) -> Iterator[Json]:
    """The JSON documents in what was printed; lines between them are files of jobs."""
    decoder = json.JSONDecoder()
    while text:
        if text.startswith("{"):
            found, end = decoder.raw_decode(text)
            yield found
            text = text[end:].lstrip()
        else:
            text = text.partition("\n")[2]


def _log_lines(stack: StackInfo) -> Iterator[str]:
    logs = local_session().client("logs", endpoint_url=stack.aws_endpoint_url)
    for group in logs.describe_log_groups()["logGroups"]:
        for event in logs.filter_log_events(logGroupName=group["logGroupName"])["events"]:
            yield event["message"]
