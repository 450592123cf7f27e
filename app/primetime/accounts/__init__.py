"""Accounts: people, passwords, roles, sessions."""
