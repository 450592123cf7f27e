"""Who may read a bucket, by its policy."""

import json
from typing import Any

import pytest

from localcloud.edge.bucket_policy import Caller, allows

ARN = "arn:aws:cloudfront::123456789012:distribution/E1"
DISTRIBUTION = Caller(distribution_arn=ARN, account_id="123456789012")
ANYBODY = Caller(distribution_arn=None)
OBJECT = "arn:aws:s3:::site/index.html"


def statement(**members: Any) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::site/*",
    } | members


def decides(*statements: dict[str, Any], caller: Caller = DISTRIBUTION, action: str = "s3:GetObject") -> bool:
    return allows(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}), caller, action, OBJECT)


def source(operator: str, value: Any, key: str = "AWS:SourceArn") -> dict[str, Any]:
    return {"Condition": {operator: {key: value}}}


def test_no_policy_and_no_statement_allow_nothing() -> None:
    assert not allows(None, DISTRIBUTION, "s3:GetObject", OBJECT)
    assert not decides()


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (source("StringEquals", ARN), True),
        (source("StringEquals", [ARN, "other"]), True),
        (source("StringEquals", ARN, key="aws:SourceArn"), True),
        (source("ArnLike", "arn:aws:cloudfront::123456789012:distribution/*"), True),
        (source("StringEquals", "123456789012", key="AWS:SourceAccount"), True),
        (source("StringEquals", ARN + "2"), False),
        (source("StringNotEquals", ARN), False),
        (source("StringEquals", "203.0.113.7", key="aws:SourceIp"), False),
        (source("NumericLessThan", ARN), False),
        ({"Action": ["s3:PutObject", "s3:Get*"]}, True),
        ({"Action": "S3:getobject"}, True),
        ({"Action": "s3:PutObject"}, False),
        ({"Resource": "arn:aws:s3:::other/*"}, False),
        ({"Resource": "arn:aws:s3:::site"}, False),
        ({"Principal": "*"}, True),
        ({"Principal": {"AWS": "*"}}, True),
        ({"Principal": {"AWS": "arn:aws:iam::123456789012:root"}}, False),
        ({"Principal": {"Service": ["logs.amazonaws.com"]}}, False),
        ({"Effect": "Deny"}, False),
    ],
)
def test_a_statement(members: dict[str, Any], expected: bool) -> None:
    assert decides(statement(**members)) is expected


def test_a_denial_wins_over_any_permission() -> None:
    assert not decides(statement(), statement(Effect="Deny"))
    assert not decides(
        statement(Effect="Deny", Principal="*", **source("Bool", "false", "aws:SecureTransport")), statement()
    )
    assert decides(statement(), statement(Effect="Deny", Action="s3:PutObject"))
    assert decides(statement(), statement(Effect="Deny", **source("StringNotEquals", ARN)))


def test_nobody_in_particular_gets_what_everybody_gets() -> None:
    assert not decides(statement(), caller=ANYBODY)
    assert not decides(statement(Principal="*", **source("StringEquals", ARN)), caller=ANYBODY)
    assert decides(statement(Principal="*"), caller=ANYBODY)


def test_exclusions() -> None:
    bare = statement()
    del bare["Action"]
    assert decides(bare | {"NotAction": "s3:PutObject"})
    assert not decides(bare | {"NotAction": "s3:Get*"})
    assert not decides(bare)
