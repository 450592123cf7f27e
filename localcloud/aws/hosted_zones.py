"""Route 53's hosted zones: what moto leaves out of them, and what Lightsail looks up in them.

CreateHostedZone: a caller reference serves once.

A client whose reply got lost asks again with the same reference, and Route 53 refuses it instead of making a second
zone of that name (API reference, CreateHostedZone: HostedZoneAlreadyExists).
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from lxml import etree
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.route53.models import route53_backends

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

PATH = "/2013-04-01/hostedzone"
NAMESPACE = "{https://route53.amazonaws.com/doc/2013-04-01/}"


def repeated_reference(environ: WSGIEnvironment) -> str | None:
    """The caller reference of a request for a zone that was made with it already; None for any other request."""
    if environ["REQUEST_METHOD"] != "POST" or environ.get("PATH_INFO", "").rstrip("/") != PATH:
        return None
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    try:
        request = etree.fromstring(body, etree.XMLParser(resolve_entities=False))
    except etree.XMLSyntaxError:
        return None  # moto's to refuse
    reference = request.findtext(f"{NAMESPACE}CallerReference")
    zones = route53_backends[DEFAULT_ACCOUNT_ID]["aws"].zones.values()
    return reference if any(zone.caller_reference == reference for zone in zones) else None


def canonical_names(name: str) -> list[str]:
    """What the zones' CNAME records say that a name stands for, in lower case without a last dot."""
    wanted = name.lower().rstrip(".")
    zones = list(route53_backends[DEFAULT_ACCOUNT_ID]["aws"].zones.values())
    return [
        str(value).lower().rstrip(".")
        for zone in zones
        for record in list(zone.rrsets)
        if record.type == "CNAME" and record.name.lower().rstrip(".") == wanted
        for value in record.records
    ]
