"""The `flask` commands, one file for each noun."""

from flask import Flask

from inventory.cli.clinic import clinic
from inventory.cli.demo import demo
from inventory.cli.ledger import ledger
from inventory.cli.load import load
from inventory.cli.people import people
from inventory.cli.recall import recall
from inventory.cli.udi import udi


def register_commands(app: Flask) -> None:
    """Add every group of commands to the `flask` program."""
    for group in (clinic, demo, ledger, load, people, recall, udi):
        app.cli.add_command(group)
