"""A load balancer as HAProxy's configuration, and the states of its servers that a new configuration begins with.

As AWS's application load balancers do: requests go to healthy instances in turn, a cookie of the balancer's own keeps a
visitor at one of them, X-Forwarded-* headers tell who asked and how, only an answer of 200 to the health check counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from localcloud.lightsail.records import LoadBalancer
from localcloud.lightsail.tls_policies import TlsPolicy

CERTIFICATE = "/etc/haproxy/certificate.pem"
STATES = "/etc/haproxy/states"
SOCKET = "/run/haproxy/admin.sock"
BACKEND = "instances"
COOKIE = "AWSALB"
# On AWS a check is made every 30 seconds, and 5 must pass or 2 fail; nobody waits for that here.
CHECK_SECONDS, CHECKS_TO_PASS, CHECKS_TO_FAIL = 1, 2, 2
CHECK_TIMEOUT_SECONDS = 5
IDLE_SECONDS = 60
# For how long a replaced configuration's last answers may take; on AWS deregistration waits for 300.
DRAIN_SECONDS = 60
REQUEST, FAILED = "request", "failed"  # the first words of the log's lines
# HAProxy's own format for states, whose first line is its version, and its columns.
STATES_VERSION = "1"
STATES_COLUMNS = (
    "be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight "
    "srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state "
    "bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr "
    "srv_agent_addr srv_agent_port"
)


@dataclass(frozen=True, kw_only=True)
class Target:
    """An attached instance: its name and its private address."""

    name: str
    address: str


def configuration(balancer: LoadBalancer, targets: Sequence[Target], policy: TlsPolicy | None) -> str:
    """HAProxy's configuration; `policy` is that of the HTTPS listener, which is there with a certificate alone.

    The global section's description is the rest's hash, by which a running HAProxy tells what it runs with.
    """
    lines = [
        "defaults",
        "  mode http",
        "  log global",
        "  timeout connect 5s",
        f"  timeout client {IDLE_SECONDS}s",
        f"  timeout server {IDLE_SECONDS}s",
        f"  timeout check {CHECK_TIMEOUT_SECONDS}s",
        "  option redispatch",
        "  load-server-state-from-file global",
        # Who answered, with what, after how many milliseconds, and how it ended.
        f'  log-format "{REQUEST} %ft %s %ST %Tr %tsc"',
        f'  error-log-format "{FAILED} %ft"',
        *_frontend("http", 80, ""),
    ]
    if balancer.https_redirection and policy is not None:
        lines.append("  http-request redirect scheme https code 301")
    if policy is not None:
        # Debian's OpenSSL allows the older protocols at its lowest security level only.
        level = ":@SECLEVEL=0" if policy.protocols[0] != "TLSv1.2" else ""
        tls = (
            f" ssl crt {CERTIFICATE} ssl-min-ver {policy.protocols[0]} ssl-max-ver TLSv1.2"
            f" ciphers {':'.join(policy.ciphers)}{level}"
        )
        lines += _frontend("https", 443, tls)
    lines += [
        f"backend {BACKEND}",
        "  balance roundrobin",
        "  option httpchk",
        f"  http-check send meth GET uri {_quoted(balancer.health_check_path)} ver HTTP/1.1"
        f" hdr Host {balancer.dns_name} hdr User-Agent ELB-HealthChecker/2.0 hdr Connection close",
        "  http-check expect status 200",
        f"  default-server inter {CHECK_SECONDS}s rise {CHECKS_TO_PASS} fall {CHECKS_TO_FAIL}",
    ]
    if balancer.session_stickiness:
        lines.append(f"  cookie {COOKIE} insert indirect nocache maxlife {balancer.cookie_seconds}s")
    for target in targets:
        cookie = hashlib.sha256(f"{balancer.id}/{target.name}".encode()).hexdigest()[:32]
        sticky = f" cookie {cookie}" if balancer.session_stickiness else ""
        lines.append(f"  server {target.name} {target.address}:{balancer.instance_port} check{sticky}")
    rest = "\n".join(lines) + "\n"
    return "\n".join(
        [
            "global",
            "  log stdout format raw local0 info",
            f"  stats socket {SOCKET} mode 600 level admin",
            f"  server-state-file {STATES}",
            f"  hard-stop-after {DRAIN_SECONDS}s",
            f"  description {hashlib.sha256(rest.encode()).hexdigest()[:16]}",
            rest,
        ]
    )


def description(configured: str) -> str:
    """The hash in a configuration."""
    return next(line.split()[1] for line in configured.splitlines() if line.startswith("  description "))


def states(running: str, balancer: LoadBalancer, targets: Iterable[Target]) -> str:
    """What the next configuration knows of its servers from the start.

    A server that the running one has (`show servers state`) stays as healthy as it was found; a new one is down until
    its checks pass, where HAProxy would send it requests first and look later.
    """
    known = {}
    for line in running.splitlines():
        columns = line.split()
        if len(columns) > 18 and columns[1] == BACKEND:
            known[columns[3], columns[4], columns[18]] = line
    port = str(balancer.instance_port)
    lines = [
        known.get((target.name, target.address, port)) or _down(position, target, port)
        for position, target in enumerate(targets, start=1)
    ]
    return "\n".join([STATES_VERSION, f"# {STATES_COLUMNS}", *lines]) + "\n"


def _down(position: int, target: Target, port: str) -> str:
    """A server that is down since no check of it has been made (status 1), checks being on (6)."""
    return f"0 {BACKEND} {position} {target.name} {target.address} 0 0 1 1 0 1 0 0 6 0 0 0 - {port} - 0 0 - - 0"


def _frontend(name: str, port: int, tls: str) -> list[str]:
    return [
        f"frontend {name}",
        f"  bind :{port}{tls}",
        "  acl FORWARDED req.hdr(x-forwarded-for) -m found",
        # As AWS does: one header, to whose end the visitor's address goes.
        '  http-request set-header X-Forwarded-For "%[req.fhdr(x-forwarded-for)], %[src]" if FORWARDED',
        "  http-request set-header X-Forwarded-For %[src] unless FORWARDED",
        f"  http-request set-header X-Forwarded-Proto {name}",
        f"  http-request set-header X-Forwarded-Port {port}",
        f"  default_backend {BACKEND}",
    ]


def _quoted(text: str) -> str:
    """Text that HAProxy takes as it stands."""
    return "'" + text.replace("'", "'\\''") + "'"
