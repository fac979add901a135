"""Signing in and out, and what a stolen cookie is worth afterwards."""

from urllib.parse import urljoin, urlsplit

import pytest
from flask_security import hash_password

from inventory.operations import enrolling
from tests.web.conftest import PASSWORD, an_act, enrol, sign_in, token_in


def test_the_right_password_leads_to_the_start_page(client):
    answer = sign_in(client, "nurse1")
    assert (answer.status_code, answer.location) == (302, "/")
    assert client.get("/").status_code == 200


def test_a_user_name_may_be_typed_in_capitals(client):
    assert sign_in(client, " Nurse1 ").status_code == 302


@pytest.mark.parametrize(
    ("username", "password"), [("nurse1", "wrong wrong wrong"), ("nobody", PASSWORD)]
)
def test_a_wrong_name_and_a_wrong_password_read_the_same(client, username, password):
    answer = sign_in(client, username, password)
    assert answer.status_code == 200
    assert "The user name or the password is wrong." in answer.text
    assert client.get("/").status_code == 302


def test_what_is_wrong_is_said_once(client):
    assert sign_in(client, "", "").text.count("The user name or the password is wrong.") == 1


@pytest.mark.parametrize("sent", [[1], 5, {"username": 5}, {"username": "nurse1"}])
@pytest.mark.parametrize("path", ["/sign-in", "/verify"])
def test_what_is_no_form_signs_nobody_in(client, path, sent):
    token = token_in(client.get("/sign-in").text)
    answer = client.post(path, json=sent, headers={"X-CSRFToken": token})
    assert answer.status_code == 400
    assert "a machine sends its token with each call" in answer.text


def test_one_comes_back_to_the_page_that_was_asked_for(client):
    asked = client.get("/people/?page=2")
    assert asked.location == "/sign-in?next=/people/?page%3D2"
    token = token_in(client.get(asked.location).text)
    answer = client.post(
        asked.location,
        data={"csrf_token": token, "username": "admin1", "password": PASSWORD},
    )
    assert answer.location == "/people/?page=2"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", r"\\evil.example"])
def test_one_is_never_led_to_another_site(client, target):
    token = token_in(client.get("/sign-in").text)
    answer = client.post(
        "/sign-in",
        query_string={"next": target},
        data={"csrf_token": token, "username": "nurse1", "password": PASSWORD},
    )
    assert urlsplit(urljoin("http://localhost/sign-in", answer.location)).netloc == "localhost"


def test_a_copied_cookie_is_worth_nothing_after_signing_out(app, client):
    sign_in(client, "nurse1")
    copy = client.get_cookie("kittrace").value
    token = token_in(client.get("/").text)
    assert client.post("/sign-out", data={"csrf_token": token}).status_code == 302
    thief = app.test_client()
    thief.set_cookie("kittrace", copy)
    assert thief.get("/").status_code == 302
    assert client.get("/").status_code == 302


def test_signing_out_here_leaves_the_other_browser_signed_in(app, client):
    other = app.test_client()
    sign_in(client, "quality1")
    sign_in(other, "quality1")
    client.post("/sign-out", data={"csrf_token": token_in(client.get("/").text)})
    assert other.get("/").status_code == 200


def test_the_cookie_from_before_is_not_signed_in_by_signing_in(app, client):
    client.get("/sign-in")
    before = client.get_cookie("kittrace").value
    sign_in(client, "nurse1")
    fixed = app.test_client()
    fixed.set_cookie("kittrace", before)
    assert fixed.get("/").status_code == 302


def test_a_sign_in_ends_with_the_shift(app, client, monkeypatch):
    from datetime import timedelta

    from inventory.web import sign_in as module

    sign_in(client, "nurse1")
    monkeypatch.setattr(module, "SIGN_IN_LASTS", timedelta(0))
    assert client.get("/").status_code == 302


def test_whoever_left_is_signed_out_at_once(app, client, token_of):
    enrol(app, "leaver", "nurse")
    sign_in(client, "leaver")
    with app.app_context():
        token = enrolling.issue_token(an_act(), "leaver")
        enrolling.dismiss(an_act(), "leaver")
    assert client.get("/").status_code == 302
    assert sign_in(app.test_client(), "leaver").status_code == 200
    answer = client.get("/api/v1/nothing", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code in (401, 404)


def test_a_new_password_signs_other_browsers_out(app, client):
    enrol(app, "changer", "nurse")
    other = app.test_client()
    sign_in(client, "changer")
    sign_in(other, "changer")
    fresh = "another good password"
    token = token_in(client.get("/people/password").text)
    answer = client.post(
        "/people/password", data={"csrf_token": token, "old": PASSWORD, "new": fresh}
    )
    assert (answer.status_code, answer.location) == (302, "/")
    assert client.get("/").status_code == 200
    assert other.get("/").status_code == 302
    assert sign_in(app.test_client(), "changer", fresh).status_code == 302


def test_a_new_password_needs_the_present_one_and_twelve_characters(as_role):
    browser = as_role("nurse")
    token = token_in(browser.get("/people/password").text)
    wrong = browser.post(
        "/people/password", data={"csrf_token": token, "old": "no", "new": "long enough now"}
    )
    assert wrong.status_code == 422
    assert "not your present password" in wrong.text
    short = browser.post(
        "/people/password", data={"csrf_token": token, "old": PASSWORD, "new": "short"}
    )
    assert short.status_code == 422
    assert "at least 12 characters" in short.text


def test_the_sixth_attempt_in_a_minute_waits(another):
    app = another(rate_limit=True)
    enrol(app, "nurse1", "nurse")
    client = app.test_client()
    answers = [sign_in(client, "nurse1", "wrong wrong wrong").status_code for _ in range(6)]
    assert answers == [200, 200, 200, 200, 200, 429]
    assert sign_in(client, "somebody.else", "wrong wrong wrong").status_code == 200
    refused = sign_in(client, "NURSE1")
    assert refused.status_code == 429
    assert refused.headers["Retry-After"]
    assert "Too many attempts" in refused.text
    assert 'href="/sign-in">Try again' in refused.text


def test_the_present_password_is_guessed_no_faster_where_it_is_changed(another):
    app = another(rate_limit=True)
    enrol(app, "nurse1", "nurse")
    client = app.test_client()
    sign_in(client, "nurse1")
    token = token_in(client.get("/people/password").text)
    guess = {"csrf_token": token, "old": "wrong wrong wrong", "new": "another long one"}
    answers = [client.post("/people/password", data=guess).status_code for _ in range(6)]
    assert answers == [422, 422, 422, 422, 422, 429]


def test_passwords_are_kept_as_argon2id(app):
    with app.app_context():
        assert hash_password(PASSWORD).startswith("$argon2id$")


def test_the_administrator_lets_people_in_and_out(app, as_role):
    admin = as_role("admin")
    token = token_in(admin.get("/people/").text)
    person = {"csrf_token": token, "username": "newcomer", "role": "nurse", "password": PASSWORD}
    assert admin.post("/people/", data=person).status_code == 302
    again = admin.post("/people/", data=person)
    assert again.status_code == 422
    assert "The user name newcomer is taken." in again.text
    assert sign_in(app.test_client(), "newcomer").status_code == 302
    admin.post("/people/newcomer/disable", data={"csrf_token": token})
    assert sign_in(app.test_client(), "newcomer").status_code == 200


def test_the_administrator_cannot_lock_everybody_out(as_role):
    admin = as_role("admin")
    token = token_in(admin.get("/people/").text)
    admin.post("/people/admin1/disable", data={"csrf_token": token})
    assert admin.get("/people/").status_code == 200
