"""What each path counts as, and how much of it an account may do by default."""

import pytest

from primetime.api.allowance import Use
from primetime.api.rules import rule_of
from primetime.settings import Settings


@pytest.mark.parametrize(
    ("method", "path", "use"),
    [
        ("GET", "/api/v1/articles", Use.GENERAL),
        ("POST", "/api/search/pubmed", Use.SEARCH),
        ("POST", "/api/v1/searches", Use.SEARCH),
        ("POST", "/api/v1/saved-searches/7/run", Use.SEARCH),
        ("GET", "/api/v1/saved-searches/7", Use.GENERAL),
        ("POST", "/api/v1/keywords", Use.MODEL),
        ("POST", "/api/v1/embed", Use.MODEL),
        ("POST", "/api/v1/analysis", Use.MODEL),
        ("POST", "/api/v1/searches/7/analysis", Use.MODEL),
        ("GET", "/api/v1/searches/7/analysis", Use.GENERAL),
        ("GET", "/api/export/csv", Use.EXPORT),
        ("POST", "/api/v1/exports", Use.EXPORT),
    ],
)
def test_what_is_costly_counts_as_what_it_costs(method: str, path: str, use: Use) -> None:
    assert rule_of(method, path).use is use


def test_an_hour_s_defaults_and_the_pool_s() -> None:
    settings = Settings()
    limits = (settings.limit_general, settings.limit_model, settings.limit_search, settings.limit_export)
    assert limits == (1000, 100, 50, 10)
    assert (settings.database_pool_min, settings.database_pool_max) == (5, 20)
    assert (settings.database_connect_seconds, settings.database_idle_seconds) == (30, 300)
