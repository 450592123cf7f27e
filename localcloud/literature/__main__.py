"""python -m localcloud.literature CORPUS… --port 4600 [--host 127.0.0.1]…: serve until SIGTERM."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import click
from werkzeug.serving import WSGIRequestHandler, make_server

from localcloud.errors import LocalcloudError
from localcloud.literature.application import Literature
from localcloud.literature.corpus import load


class _QuietHandler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, _code: int | str = "-", _size: int | str = "-") -> None:
        return


@click.command()
@click.argument("corpus", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--port", required=True, type=click.IntRange(1, 65535))
@click.option("--host", "hosts", multiple=True, default=("127.0.0.1",), show_default=True, help="May be given again.")
def main(corpus: tuple[Path, ...], port: int, hosts: tuple[str, ...]) -> None:
    """Serve PubMed and the citation sources over PubMed XML files."""
    try:
        documents = load(corpus)
    except LocalcloudError as error:
        raise click.ClickException(f"{error.cause}; {error.remedy}") from error
    literature = Literature(documents)
    servers = [make_server(host, port, literature, threaded=True, request_handler=_QuietHandler) for host in hosts]
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    signal.signal(signal.SIGINT, lambda *_: ended.set())
    threads = [threading.Thread(target=server.serve_forever) for server in servers]
    for thread in threads:
        thread.start()
    click.echo(f"{len(documents):,} articles at " + ", ".join(f"http://{host}:{port}" for host in hosts), err=True)
    ended.wait()
    for server in servers:
        server.shutdown()


if __name__ == "__main__":
    main()
