"""The application, for `flask` and for servers."""

from inventory import create_app

app = create_app()
