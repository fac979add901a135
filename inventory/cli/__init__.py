"""The `flask` commands, one file for each noun."""

from flask import Flask

from inventory.cli.people import people


def register_commands(app: Flask) -> None:
    """Add every group of commands to the `flask` program."""
    app.cli.add_command(people)
