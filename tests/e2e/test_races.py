"""Many at once: money, caps and first claims hold (`contract.md`, C1 to C4 and C7)."""

import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import boto3
import httpx
import pytest
from botocore.config import Config

from tests.e2e.shop import US_RANGE, Json, Shop, expect, lead
from tools.local_stack import StackInfo
from tools.local_stack.layout import ACCESS_KEY_ID, SECRET_ACCESS_KEY

RACERS = 32
FIXED = [{"scope": "county", "enabled": True, "fixed_price_cents": 4000}]


@pytest.fixture(scope="module")
def shop(stack: StackInfo, admin: httpx.Client) -> Shop:
    return Shop(admin, stack.api_url).open(scopes=FIXED)


def _outcomes(answers: list[httpx.Response]) -> Counter[str]:
    return Counter(expect(answer, 201)["status"] for answer in answers)


def test_a_cap_of_five_and_money_for_three_sell_exactly_three(shop: Shop) -> None:
    buyer = shop.customer(funds_cents=3 * 4000 + 3999, lead_caps={"daily": 5})
    shop.bid(buyer, 4000)
    source = shop.source()

    answers = source.post_at_once([lead() for _ in range(RACERS)])
    _settled(shop, answers)

    sold = [one for one in _leads(shop, answers) if one["status"] == "assigned"]
    assert [one["assignment"]["charged_cents"] for one in sold] == [4000] * 3
    assert {one["assignment"]["customer_id"] for one in sold} == {buyer}
    assert shop.wallet(buyer)["balance_cents"] == 3999
    shop.check_ledger(buyer)


def test_a_cap_holds_when_there_is_money_for_all(stack: StackInfo, admin: httpx.Client) -> None:
    shop = Shop(admin, stack.api_url).open(scopes=FIXED)
    buyer = shop.customer(funds_cents=1_000_000)
    shop.bid(buyer, 4000, lead_caps={"monthly": 5})

    answers = shop.source().post_at_once([lead() for _ in range(RACERS)])
    _settled(shop, answers)

    sold = [one for one in _leads(shop, answers) if one["status"] == "assigned"]
    assert len(sold) == 5
    assert shop.wallet(buyer)["balance_cents"] == 1_000_000 - 5 * 4000
    shop.check_ledger(buyer)


def test_a_budget_holds_to_the_cent(stack: StackInfo, admin: httpx.Client) -> None:
    shop = Shop(admin, stack.api_url).open(
        scopes=[{"scope": "county", "enabled": True, **US_RANGE}]
    )
    first = shop.customer(funds_cents=1_000_000, budgets_cents={"daily": 10_000})
    second = shop.customer(funds_cents=1_000_000, budgets_cents={"daily": 10_000})
    shop.bid(first, 4000)
    shop.bid(second, 4000)

    answers = shop.source().post_at_once([lead() for _ in range(RACERS)])
    _settled(shop, answers)

    for buyer in (first, second):
        spent = 1_000_000 - shop.wallet(buyer)["balance_cents"]
        assert 0 < spent <= 10_000
        shop.check_ledger(buyer)


def test_of_identical_posts_exactly_one_is_not_a_duplicate(shop: Shop) -> None:
    check = {"fields": ["email", "phone"], "days": 30}
    check_id = shop.made("/duplicate-checks", check)["id"]
    same = lead()

    answers = shop.source().post_at_once([same] * RACERS)

    expect(shop.client.delete(f"/duplicate-checks/{check_id}"), 204)
    assert _outcomes(answers)["duplicate"] == RACERS - 1


def test_one_idempotency_key_has_one_effect(shop: Shop) -> None:
    buyer = shop.customer()
    body = {"amount_cents": 700, "description": "Once"}
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    path = f"/customers/{buyer}/deposits"

    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda _: shop.client.post(path, json=body, headers=headers), range(8))
        )

    assert {answer.status_code for answer in answers} <= {201, 409}
    assert shop.wallet(buyer)["balance_cents"] == 700


def test_deposits_and_withdrawals_at_once_all_count(shop: Shop) -> None:
    buyer = shop.customer(funds_cents=10_000)

    def move(number: int) -> int:
        kind, amount = ("deposits", 300) if number % 2 else ("withdrawals", 100)
        body = {"amount_cents": amount, "description": "Move"}
        return shop.client.post(f"/customers/{buyer}/{kind}", json=body).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(move, range(24))) == {201}

    assert shop.wallet(buyer)["balance_cents"] == 10_000 + 12 * 300 - 12 * 100
    shop.check_ledger(buyer)


def test_the_emulator_itself_lets_one_conditional_writer_win(stack: StackInfo) -> None:
    client = boto3.client(
        "dynamodb",
        endpoint_url=stack.aws_endpoint_url,
        region_name=stack.region,
        aws_access_key_id=ACCESS_KEY_ID,
        aws_secret_access_key=SECRET_ACCESS_KEY,
        config=Config(max_pool_connections=24),
    )
    table = f"control-{uuid.uuid4().hex[:8]}"
    client.create_table(
        TableName=table,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    )
    client.put_item(TableName=table, Item={"pk": {"S": "one"}, "n": {"N": "0"}})

    def raise_it(_: int) -> bool:
        seen = client.get_item(TableName=table, Key={"pk": {"S": "one"}}, ConsistentRead=True)
        number = int(seen["Item"]["n"]["N"])
        try:
            client.transact_write_items(
                TransactItems=[
                    {
                        "Put": {
                            "TableName": table,
                            "Item": {"pk": {"S": "one"}, "n": {"N": str(number + 1)}},
                            "ConditionExpression": "n = :n",
                            "ExpressionAttributeValues": {":n": {"N": str(number)}},
                        }
                    }
                ]
            )
        except client.exceptions.TransactionCanceledException:
            return False
        return True

    with ThreadPoolExecutor(24) as pool:
        won = sum(pool.map(raise_it, range(480)))

    final = client.get_item(TableName=table, Key={"pk": {"S": "one"}}, ConsistentRead=True)
    client.delete_table(TableName=table)
    assert int(final["Item"]["n"]["N"]) == won > 0


def _leads(shop: Shop, answers: list[httpx.Response]) -> list[Json]:
    return [shop.read(f"/leads/{expect(one, 201)['lead_public_id']}") for one in answers]


def _settled(shop: Shop, answers: list[httpx.Response]) -> None:
    """Wait, within bounds, for runs that outlived their caller's patience."""
    for answer in answers:
        shop.until_settled(expect(answer, 201)["lead_public_id"])
