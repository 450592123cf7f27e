"""Prime Time, whole, on this machine: its own cloud, the unchanged playbooks, a corpus, an analysis, an address.

`make demo` runs this. Each step looks first and does what is missing, so after any failure the same command goes on.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import boto3
import click

from playbook import REPOSITORY, Recap, run_playbook
from primetime.articles.pubmed_xml import read_pubmed_file
from primetime.articles.record import Article, SkippedRecord
from primetime.errors import PrimeTimeError

INVENTORY = REPOSITORY / "inventory" / "local"
MADE_UP = REPOSITORY / "build" / "corpus" / "made-up.xml.gz"


class DemoStopped(Exception):  # noqa: N818 (the name says what happened)
    """{cause}; {remedy}"""

    def __init__(self, cause: str, remedy: str, status: int) -> None:
        super().__init__(f"{cause.rstrip('.')}; {remedy}")
        self.status = status


@dataclass
class Demo:
    """One deployment to this machine's own cloud, and what was measured on the way."""

    name: str
    state: Path
    seconds: dict[str, float] = field(default_factory=dict)
    recaps: dict[str, Recap] = field(default_factory=dict)

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        click.secho(f"{title} …", fg="cyan", err=True)
        started = time.monotonic()
        yield
        self.seconds[title] = round(time.monotonic() - started, 1)
        click.secho(f"{title}: {self.seconds[title]:.0f} s", fg="green", err=True)

    def start_cloud(self) -> None:
        """Start the local cloud, or find it running, and point this process and its children at it."""
        localcloud = [str(Path(sys.executable).parent / "localcloud")]
        run = subprocess.run([*localcloud, "up"], stdout=sys.stderr, check=False)
        if run.returncode != 0:
            raise SystemExit(run.returncode)  # localcloud has said why, in one line
        exports = subprocess.run([*localcloud, "env"], check=True, capture_output=True, text=True).stdout
        for word in exports.split():
            if "=" in word:
                key, value = word.split("=", 1)
                os.environ[key] = value

    def start_literature(self, corpus: tuple[Path, ...]) -> None:
        """Let the platform's searches of PubMed find these files' articles."""
        command = [str(Path(sys.executable).parent / "localcloud"), "literature", *map(str, corpus)]
        run = subprocess.run(command, stdout=sys.stderr, check=False)
        if run.returncode != 0:
            raise SystemExit(run.returncode)  # localcloud has said why, in one line

    def play(self, playbook: str, **variables: str) -> Recap:
        log = self.state / "logs" / f"{playbook}.jsonl"
        recap = run_playbook(
            REPOSITORY / "playbooks" / f"{playbook}.yml", inventory=INVENTORY, log=log, variables=variables
        )
        if recap.status != 0:
            raise DemoStopped(
                recap.failure or "the playbook failed",
                f"every event is in {log}; mend the cause and run the same command, it goes on from here",
                20,
            )
        self.recaps[playbook] = recap
        return recap

    def parameter(self, name: str) -> str:
        """A secret of this deployment, from its parameter store."""
        value = boto3.client("ssm").get_parameter(Name=f"/prime-time/local/{name}", WithDecryption=True)
        return str(value["Parameter"]["Value"])


def check_corpus(paths: tuple[Path, ...]) -> None:
    """Read every record of every file before anything is deployed: a bad file should cost seconds, not minutes."""
    for path in paths:
        read = skipped = 0
        for record in read_pubmed_file(path):
            if isinstance(record, SkippedRecord):
                skipped += 1
                click.echo(f"  {path}: skipped {record}", err=True)
            elif isinstance(record, Article):
                read += 1
        if read == 0:
            raise DemoStopped(f"{path} holds no readable PubMed record", "give PubMed XML, plain or gzipped", 3)
        click.echo(f"  {path}: {read:,} records{f', {skipped} that cannot be read' if skipped else ''}", err=True)


def split_paths(_context: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[Path, ...]:
    paths = tuple(Path(part.strip()).expanduser() for part in (value or "").split(",") if part.strip())
    for path in paths:
        if not path.is_file():
            raise click.BadParameter(f"{path} is not a file; give paths of PubMed XML, separated by commas")
    return paths


@click.command()
@click.option("--corpus", callback=split_paths, help="PubMed XML files, plain or gzipped, separated by commas.")
@click.option("--name", envvar="LOCALCLOUD_NAME", default="demo", show_default=True, help="Which local cloud to use.")
@click.option("--articles", default=3000, show_default=True, help="Size of the made-up corpus, where none is given.")
@click.option("--summary", type=click.Path(path_type=Path), help="Write addresses, sign-in and timings as JSON here.")
def main(corpus: tuple[Path, ...], name: str, articles: int, summary: Path | None) -> None:
    """Deploy to this machine's own cloud, import a corpus, run the analysis, and say where to look."""
    try:
        run_demo(corpus, name=name, articles=articles, summary=summary)
    except PrimeTimeError as error:
        stop(error.one_line, error.exit_status)
    except DemoStopped as error:
        stop(str(error), error.status)
    except KeyboardInterrupt:
        stop("stopped by hand; run the same command again, it goes on from where it was", 130)


def stop(reason: str, status: int) -> NoReturn:
    click.secho(f"demo: {reason}", fg="red", err=True)
    raise SystemExit(status)


def run_demo(corpus: tuple[Path, ...], *, name: str, articles: int, summary: Path | None) -> None:
    """The demo's steps, in order. Raises DemoStopped or PrimeTimeError at the first that fails."""
    os.environ["LOCALCLOUD_NAME"] = name
    state = Path(os.environ.get("LOCALCLOUD_STATE", REPOSITORY / ".localcloud" / name))
    demo = Demo(name=name, state=state)
    if corpus:
        with demo.step("Read the corpus"):
            check_corpus(corpus)
    with demo.step("Start the local cloud"):
        demo.start_cloud()
    try:
        with demo.step("Provision, configure, release, verify"):
            demo.play("site")
        if not corpus:
            with demo.step("Make up a corpus"):
                corpus = (make_up(articles),)
        with demo.step("Start a stand-in for PubMed over it"):
            demo.start_literature(corpus)
        with demo.step("Import, embed, analyse"):
            demo.play("import", corpus=",".join(str(path.resolve()) for path in corpus))
    finally:
        hand_over(state)
    tell(demo, made_up=corpus[0] == MADE_UP, summary=summary)


def hand_over(state: Path) -> None:
    """Give what was made to the person who typed `sudo`: `fab` reads the server's key, a build writes to build/."""
    user, group = os.environ.get("SUDO_UID"), os.environ.get("SUDO_GID")
    if os.geteuid() != 0 or user is None or group is None:
        return
    made = [REPOSITORY / folder for folder in ("build", "app/web/node_modules", "app/web/build", "app/web/.svelte-kit")]
    kept = [state / name for name in ("deployment", "logs", "outputs.json")]
    os.chown(state, int(user), int(group))
    existing = [str(path) for path in (*made, *kept) if path.exists()]
    subprocess.run(["chown", "--recursive", f"{user}:{group}", *existing], check=True)


def make_up(articles: int) -> Path:
    """The generated corpus; the same number of articles gives the same file."""
    MADE_UP.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "localcloud.corpus", str(MADE_UP), "--articles", str(articles)]
    subprocess.run(command, check=True, stdout=sys.stderr)
    return MADE_UP


def tell(demo: Demo, *, made_up: bool, summary: Path | None) -> None:
    """The last words: the address, how to sign in, what to try next, and what it costs on AWS."""
    outputs = json.loads((demo.state / "outputs.json").read_text())
    password = demo.parameter("administrator/password")
    total = sum(demo.seconds.values())
    click.echo(f"""
Prime Time is running, in {total / 60:.1f} minutes.

  Open       {outputs["public_url"]}
  Sign in    {outputs["administrator_email"]}
  Password   {password}

  Try        search "side effects of blood pressure drugs in elderly patients" by meaning, then the topic map
             .venv/bin/fab status · .venv/bin/fab logs · .venv/bin/fab ssh
             make demo CORPUS=pubmed.xml.gz  adds your own records
             make down  stops it, make clean removes it all

  On AWS     {outputs["monthly_usd"]:.2f} dollars a month for the same plan: {outputs["price_lines"]}""")
    if made_up:
        click.echo("\n  The corpus is made up, and every page says so; none of its findings are real.")
    if summary is not None:
        document = outputs | {
            "administrator_password": password,
            "seconds": demo.seconds,
            "plays": {name: dict(recap.plays) for name, recap in demo.recaps.items()},
            "changed": {name: recap.changed for name, recap in demo.recaps.items()},
        }
        summary.write_text(json.dumps(document, indent=2))


if __name__ == "__main__":
    main()
