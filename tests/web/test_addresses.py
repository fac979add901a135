"""Pages are asked for with a cookie, calls with a token; neither pays for the other."""

from flask import Flask, Response

from inventory.web.addresses import pages_only


def test_a_call_is_given_no_cookie_and_reads_none(app, as_role):
    browser = as_role("nurse")
    answer = browser.get("/api/v1/items")
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers
    assert browser.get("/").status_code == 200


def test_hooks_of_an_extension_run_for_its_pages_alone():
    app = Flask("small")
    ran: list[str] = []

    def mark(answer: Response) -> Response:
        ran.append("after")
        return answer

    app.before_request(lambda: ran.append("always"))
    with pages_only(app):
        app.before_request(lambda: ran.append("before"))
        app.after_request(mark)
    app.add_url_rule("/api/call", view_func=lambda: "call", endpoint="call")
    app.add_url_rule("/page", view_func=lambda: "page", endpoint="page")

    app.test_client().get("/api/call")
    assert ran == ["always"]
    ran.clear()
    app.test_client().get("/page")
    assert ran == ["always", "before", "after"]
