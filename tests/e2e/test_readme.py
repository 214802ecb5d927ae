"""The README's walk-through works when it is pasted; no log has contact data or secrets."""

import json
import os
import subprocess
from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.conftest import DIRECTORY
from tests.e2e.shop import Json, Shop, expect, lead
from tools.local_stack import StackInfo
from tools.local_stack.aws import local_session
from tools.local_stack.layout import ROOT

WALK_SECONDS_MAX = 120
MARKS = {
    "email": "marker.zq7@example.com",
    "phone": "404-555-0177",
    "last_name": "Zqmarkerson",
    "address_1": "77 Zqmarker Street",
}


@pytest.fixture
def shop(stack: StackInfo, admin: httpx.Client) -> Shop:
    return Shop(admin, stack.api_url).open(scopes=[])


def test_the_walk_through_ends_with_a_sold_lead(stack: StackInfo) -> None:
    text = (ROOT / "README.md").read_text()
    block = text.split("walk-through: begin -->")[1].split("<!-- walk-through: end")[0]
    script = block.replace("```sh", "").replace("```", "")
    script = script.replace(".local/stack.json", str(DIRECTORY / "stack.json"))

    done = subprocess.run(  # noqa: S603 - the README is ours
        ["/bin/bash", "-ec", script],
        cwd=ROOT,
        env=os.environ | {"LEADFLOW_LOCAL_DIR": str(DIRECTORY)},
        capture_output=True,
        text=True,
        timeout=WALK_SECONDS_MAX,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    answer, sold, flow = _objects(done.stdout)
    assert (answer["status"], answer["price"]) == ("assigned", 25.0)
    assert sold["assignment"]["charged_cents"] == 5000
    assert flow["decisions"][0]["verdict"] == "won"
    assert stack.api_url


def test_no_log_line_holds_contact_data_or_a_secret(stack: StackInfo, shop: Shop) -> None:
    source = shop.source()
    expect(source.post(lead(**MARKS)), 201)
    expect(source.post(lead(**MARKS, zip="00000")), 422)
    secrets = [source.credentials["api_secret"], source.credentials["bearer_token"]]

    shop.everything("/leads", source_id=source.id)
    lines = list(_log_lines(stack))

    assert len(lines) > 10
    joined = "\n".join(lines)
    for mark in [*MARKS.values(), "+14045550177", *secrets, stack.admin_token]:
        assert mark not in joined, mark


def _objects(text: str) -> Iterator[Json]:
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        found, at = decoder.raw_decode(text, at)
        yield found
        at += len(text[at:]) - len(text[at:].lstrip())


def _log_lines(stack: StackInfo) -> Iterator[str]:
    logs = local_session().client("logs", endpoint_url=stack.aws_endpoint_url)
    for group in logs.describe_log_groups()["logGroups"]:
        for event in logs.filter_log_events(logGroupName=group["logGroupName"])["events"]:
            yield event["message"]
