"""`primetime account create`, `list`."""

import sys
from dataclasses import asdict

import click
import orjson

from primetime.accounts.people import Role, create_account, list_accounts, normal_email
from primetime.commands.session import begin, database, leave_record, read_only


@click.group("account")
def account_group() -> None:
    """Create and list accounts."""


@account_group.command("create")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--name", default="", help="As shown on the pages; default: the e-mail's first part.")
@click.option("--password-stdin", is_flag=True, help="Read the password from stdin instead of asking for it.")
@click.option("--if-missing", is_flag=True, help="Do nothing, successfully, when the account exists.")
def create_command(email: str, role: str, name: str, password_stdin: bool, if_missing: bool) -> None:
    """Create an account for EMAIL."""
    settings = begin()
    address = normal_email(email)
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    with database(settings) as connection:
        if if_missing and any(account.email == address for account in list_accounts(connection)):
            click.echo(f"there is an account {address} already")
            return
        account = create_account(connection, email=email, password=password, role=Role(role), name=name)
        leave_record(connection, subject=account.email, role=role)
    click.echo(f"created {account.email} ({account.role})")


@account_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
def list_command(as_json: bool) -> None:
    """List the accounts."""
    with read_only(begin()) as connection:
        accounts = list_accounts(connection)
    if as_json:
        click.echo(orjson.dumps([asdict(account) for account in accounts]))
        return
    for account in accounts:
        click.echo(f"{account.email}\t{account.role}\t{account.name}")
