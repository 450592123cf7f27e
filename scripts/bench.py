"""The figures of the README, measured on this machine: python scripts/bench.py WHAT [--json].

Each bench is a room of `benches/` named like its command, and holds a click command named `bench`.
"""

# ruff: noqa: ARG002 (the signatures are click's)

from importlib import import_module
from pathlib import Path

import click


class _Benches(click.Group):
    """Imports a bench when it is asked for: each needs other packages."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(path.stem for path in (Path(__file__).parent / "benches").glob("[a-z]*.py"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(f"benches.{cmd_name}").bench
        return command


@click.group(cls=_Benches)
def main() -> None:
    """Measure, and say how it was measured."""


if __name__ == "__main__":
    main()
