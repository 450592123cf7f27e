"""`primetime`: the platform's command line."""

# ruff: noqa: ARG002 (the signatures are click's)

import signal
import sys
from importlib import import_module
from types import FrameType
from typing import Any

import click

from primetime.errors import PrimeTimeError

# Command → where it is and what it does, so that `--help` imports no model, no server and no driver.
_COMMANDS = {
    "migrate": ("primetime.commands.corpus:migrate_command", "Bring the database to this release's schema."),
    "import": (
        "primetime.commands.corpus:import_command",
        "Store articles from PubMed XML, NBIB, RIS, EndNote XML or CSV.",
    ),
    "duplicates": ("primetime.commands.duplicates:duplicates_command", "Find records that are of one article."),
    "embed": ("primetime.commands.analysis:embed_command", "Encode the articles that have no vector yet."),
    "encode": ("primetime.commands.encoding:encode_command", "Encode a file of texts into a file of vectors."),
    "analyse": ("primetime.commands.analysis:analyse_command", "Find topics, forecasts and opportunities."),
    "nightly": ("primetime.commands.runs:nightly_command", "Do the night's work, and print its plan first."),
    "runs": ("primetime.commands.runs:runs_command", "Show what ran, step by step."),
    "forecast": ("primetime.commands.forecast:forecast_command", "Forecast a table of yearly series."),
    "backtest": ("primetime.commands.backtest:backtest_command", "Judge the score by what grew afterwards."),
    "opportunity": ("primetime.commands.opportunity:opportunity_group", "Compute a score again from its receipt."),
    "search": ("primetime.commands.analysis:search_command", "Find the articles nearest in meaning to a text."),
    "searches": ("primetime.commands.searches:searches_group", "Search PubMed, and run saved searches again."),
    "export": ("primetime.commands.corpus:export_command", "Write articles as CSV, RIS, BibTeX, NBIB or Excel."),
    "serve": ("primetime.commands.service:serve_command", "Serve HTTP."),
    "worker": ("primetime.commands.service:worker_command", "Run the jobs of the queue."),
    "model": (
        "primetime.commands.model:model_group",
        "Build, choose and verify the encoder's artifact; change the model.",
    ),
    "mail": ("primetime.commands.mail:mail_group", "See whether e-mail can be sent, and what waits."),
    "account": ("primetime.commands.account:account_group", "Create and list accounts."),
}


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, description) for name, (_, description) in _COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="prime-time")
def primetime() -> None:
    """Finds research opportunities in the medical literature.

    Settings come from the environment (PRIMETIME_DATABASE_URL, …). Without any, an embedded PostgreSQL is used and
    nothing else is needed.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; ends the process with a PrimeTimeError's own status."""
    # An orderly end stops the embedded PostgreSQL; the default action of SIGTERM would leave it running.
    signal.signal(signal.SIGTERM, _terminate)
    try:
        primetime.main(args=arguments, prog_name="primetime", standalone_mode=True)
    except PrimeTimeError as error:
        click.echo(f"primetime: {error.one_line}", err=True)
        sys.exit(error.exit_status)
    except BrokenPipeError:
        # The reader of our output has gone, as `head` does.
        sys.stderr.close()
        sys.exit(141)


def _terminate(_signal: int, _frame: FrameType | None) -> Any:
    sys.exit(128 + signal.SIGTERM)
