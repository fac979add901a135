"""Every route, every verb, every role and nobody: decided by one table, refused without a line."""

import pytest
from flask import Flask
from werkzeug.routing import Rule

from inventory.store.people import ROLES
from inventory.web.permissions import ANYBODY, PERMISSIONS, who_may

EXAMPLES = {"filename": "kittrace.css", "code": "it", "username": "nobody-of-that-name"}


def routes(app: Flask) -> list[tuple[str, Rule]]:
    return [
        (verb, rule)
        for rule in app.url_map.iter_rules()
        for verb in sorted(rule.methods - {"HEAD", "OPTIONS"})
    ]


def address(app: Flask, rule: Rule) -> str:
    values = {
        name: 1 if "Integer" in type(converter).__name__ else EXAMPLES.get(name, "PS00000000A")
        for name, converter in rule._converters.items()
    }
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, values)


def is_refused(answer) -> bool:
    """Sent to the sign-in, asked for a token, or told that it is for others."""
    to_sign_in = answer.status_code == 302 and answer.location.startswith("/sign-in")
    return to_sign_in or answer.status_code in (401, 403)


def test_every_route_has_its_line(app):
    without = sorted(
        {
            f"{verb} {rule.endpoint}"
            for verb, rule in routes(app)
            if not who_may(rule.endpoint, verb)
        }
    )
    assert without == []


def test_every_line_has_its_route(app):
    known = {rule.endpoint for _, rule in routes(app)}
    known |= {f"{verb} {rule.endpoint}" for verb, rule in routes(app)}
    assert sorted(set(PERMISSIONS) - known) == []


def test_every_line_names_known_roles():
    named = set().union(*PERMISSIONS.values())
    assert named <= {*ROLES, "anybody"}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_what_its_line_says_and_nothing_else(app, as_role, token_of, role):
    wrong = []
    for verb, rule in routes(app):
        expected = role in who_may(rule.endpoint, verb)
        path = address(app, rule)
        if path.startswith("/api/"):
            headers = {"Authorization": f"Bearer {token_of(role)}"}
            answer = app.test_client().open(path, method=verb, headers=headers)
        else:
            answer = as_role(role).open(path, method=verb)
        answer.close()
        if is_refused(answer) == expected:
            wrong.append((verb, path, answer.status_code))
    assert wrong == []


def test_nobody_may_what_is_not_open_to_anybody(app):
    wrong = []
    for verb, rule in routes(app):
        expected = who_may(rule.endpoint, verb) == ANYBODY
        path = address(app, rule)
        answer = app.test_client().open(path, method=verb)
        answer.close()
        if is_refused(answer) == expected:
            wrong.append((verb, path, answer.status_code))
    assert wrong == []


def test_no_change_without_the_proof_of_a_page_of_ours(app, as_role):
    """No token, another site's page, a form that a browser sends without asking."""
    changes = [(verb, rule) for verb, rule in routes(app) if verb != "GET"]
    passed = []
    for verb, rule in changes:
        path = address(app, rule)
        if path.startswith("/api/"):
            continue
        role = sorted(who_may(rule.endpoint, verb))[-1]
        browser = as_role("nurse" if role == "anybody" else role)
        for sent in (
            {},
            {"headers": {"Origin": "https://elsewhere.example"}},
            {"data": "x=1", "content_type": "text/plain"},
            {"data": {"csrf_token": "made up"}},
            {"json": {"a": 1}},
        ):
            answer = browser.open(path, method=verb, **sent)
            if answer.status_code != 400:
                passed.append((verb, path, sent, answer.status_code))
    assert passed == []


def test_another_sites_page_is_refused_even_with_the_token(app, as_role):
    from tests.web.conftest import token_in

    browser = as_role("nurse")
    token = token_in(browser.get("/").text)
    answer = browser.post(
        "/language/en", headers={"X-CSRFToken": token, "Origin": "https://elsewhere.example"}
    )
    assert answer.status_code == 400
    same = browser.post(
        "/language/en", headers={"X-CSRFToken": token, "Origin": "http://localhost"}
    )
    assert same.status_code == 302


def test_a_cookie_is_no_key_to_the_api(app, as_role):
    answer = as_role("admin").get("/api/v1/nothing")
    assert answer.status_code in (401, 404)
    assert answer.mimetype == "application/problem+json"


def test_a_token_is_no_key_to_the_pages(app, token_of):
    answer = app.test_client().get(
        "/people/", headers={"Authorization": f"Bearer {token_of('admin')}"}
    )
    assert answer.status_code == 302
    assert answer.location == "/sign-in?next=/people/"


def test_the_wrong_role_is_told_which_one_may(as_role):
    answer = as_role("nurse").get("/people/")
    assert answer.status_code == 403
    assert "Only these roles may: admin." in answer.text


def test_a_route_without_a_line_is_refused_to_everybody(another):
    from tests.web.conftest import enrol, sign_in

    app = another()
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    enrol(app, "root", *ROLES)
    browser = app.test_client()
    sign_in(browser, "root")
    answer = browser.get("/forgotten")
    assert answer.status_code == 403
    assert "secret" not in answer.text


def test_the_way_back_from_a_fault_never_leads_to_another_host(client):
    sender = {"Referer": "http://localhost//evil.example/x"}
    page = client.post("/nowhere", headers=sender).text
    assert 'href="/evil.example/x"' in page
    assert 'content="/evil.example/x"' in page
    assert '"//' not in page
