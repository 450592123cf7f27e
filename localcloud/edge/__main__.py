"""`python -m localcloud.edge --port 8080 --endpoint http://127.0.0.1:4566 --state DIR`."""

from __future__ import annotations

import errno
import signal
import sys
import threading
from pathlib import Path

import click

from localcloud.edge.control_plane import Endpoint
from localcloud.edge.edge import Edge
from localcloud.edge.server import EdgeServer

PORT_IN_USE = 10


@click.command()
@click.option("--port", default=8080, show_default=True, help="Port to listen on; 0 chooses a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--endpoint", default="http://127.0.0.1:4566", show_default=True, help="The AWS endpoint's address.")
@click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder for edge.pid and edge.port.",
)
def main(port: int, host: str, endpoint: str, state: Path) -> None:
    """Serve the CloudFront distributions that exist at the endpoint."""
    try:
        server = EdgeServer((host, port), Edge(Endpoint(endpoint)))
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        click.echo(f"port {port} cannot be used ({error.strerror}): free it or choose another with --port", err=True)
        sys.exit(PORT_IN_USE)
    state.mkdir(parents=True, exist_ok=True)
    (state / "edge.port").write_text(f"{server.server_address[1]}\n")
    for stop in (signal.SIGTERM, signal.SIGINT):
        # shutdown() waits for the serving loop, which a signal handler interrupts: it needs a thread of its own.
        signal.signal(stop, lambda *_: threading.Thread(target=server.shutdown).start())
    click.echo(f"serving {endpoint} at http://{host}:{server.server_address[1]}", err=True)
    server.serve_forever()
    server.server_close()


if __name__ == "__main__":
    main()
