"""The configuration that the module response_headers_policy wants."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.modules.response_headers_policy import config_of

CORS = {
    "allow_origins": ["https://example.org"],
    "allow_methods": ["GET"],
    "allow_headers": ["*"],
    "expose_headers": [],
    "allow_credentials": False,
    "max_age": 600,
    "override": True,
}


def wanted(**options: Any) -> dict[str, Any]:
    return {"name": "site", **options}


def test_each_header_has_its_member() -> None:
    headers = {
        "content_security_policy": {"policy": "default-src 'self'", "override": True},
        "content_type_options": {"override": False},
        "frame_options": None,
        "strict_transport_security": {"max_age": 60, "include_subdomains": False, "preload": False, "override": True},
        "xss_protection": {"protection": True, "mode_block": False, "report_uri": None, "override": True},
    }
    assert config_of(wanted(security_headers=headers), None)["SecurityHeadersConfig"] == {
        "ContentSecurityPolicy": {"ContentSecurityPolicy": "default-src 'self'", "Override": True},
        "ContentTypeOptions": {"Override": False},
        "StrictTransportSecurity": {
            "AccessControlMaxAgeSec": 60,
            "IncludeSubdomains": False,
            "Preload": False,
            "Override": True,
        },
        "XSSProtection": {"Protection": True, "ModeBlock": False, "Override": True},
    }


def test_a_section_that_is_not_given_stays_and_an_empty_one_goes() -> None:
    current = config_of(wanted(cors=CORS, remove_headers=["Server"], server_timing=5.0), None)
    assert config_of(wanted(), current) == current
    assert "CorsConfig" not in config_of(wanted(cors={**CORS, "allow_origins": []}), current)
    assert "RemoveHeadersConfig" not in config_of(wanted(remove_headers=[]), current)
    assert "ServerTimingHeadersConfig" not in config_of(wanted(server_timing=0.0), current)


def test_a_policy_that_says_nothing_is_refused() -> None:
    with pytest.raises(RefusedError, match="would say nothing"):
        config_of(wanted(custom_headers=[]), None)
