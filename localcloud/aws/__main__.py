"""`python -m localcloud.aws --port 4566 --state DIR`: the endpoint without Lightsail; `localcloud up` has both."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

import click
from werkzeug.serving import WSGIRequestHandler, make_server

from localcloud.aws.application import application
from localcloud.aws.moto_state import StateError

UNUSABLE_STATE = 3


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, _code: int | str = "-", _size: int | str = "-") -> None:
        return


@click.command()
@click.option("--port", default=4566, show_default=True, help="Port to listen on; 0 chooses a free one.")
@click.option("--state", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder of the state.")
def main(port: int, state: Path) -> None:
    """Serve S3, CloudFront, Route 53, ACM, IAM, SNS, SSM, Secrets Manager, CloudWatch, logs and STS."""
    try:
        app = application(state)
    except StateError as error:
        click.echo(str(error), err=True)
        sys.exit(UNUSABLE_STATE)
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
    for stop in (signal.SIGTERM, signal.SIGINT):
        # shutdown() waits for the serving loop, which a signal handler interrupts: it needs a thread of its own.
        signal.signal(stop, lambda *_: threading.Thread(target=server.shutdown).start())
    click.echo(f"http://127.0.0.1:{server.server_port}")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
