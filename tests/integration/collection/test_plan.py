"""`fab plan` of each environment, on a cloud in which nothing has been bought yet."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import LocalCloud


@pytest.mark.parametrize(
    ("environment", "total", "cap"), [("development", 23.0, 25), ("staging", 40.0, 46), ("production", 40.0, 46)]
)
def test_the_plan_prices_an_environment_and_buys_nothing(
    local_cloud: "LocalCloud", environment: str, total: float, cap: int
) -> None:
    tasks = local_cloud.play("plan", "--check", "--diff", inventory=environment)
    assert local_cloud.changing_calls() == []
    assert not (local_cloud.state / ".config").exists()
    found = {task["task"]["name"]: task["hosts"]["localhost"] for task in tasks if "localhost" in task["hosts"]}
    assert found["cost : Price the plan"]["total_usd"] == total <= cap
    planned = [name for name, result in found.items() if result.get("changed")]
    assert "server : Have the server" in planned
    assert "database : Have the database" in planned
    assert "edge : Have the distribution" in planned
    assert f"{environment} has no server yet" in found["There is no server to look at yet"]["msg"]
