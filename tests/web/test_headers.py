"""What a browser is told to refuse."""


def test_nothing_inline_runs_and_nothing_frames_us(client):
    policy = client.get("/sign-in").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "script-src 'self' 'nonce-" in policy
    assert "style-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy


def test_a_page_holds_no_inline_script_or_style(client):
    page = client.get("/sign-in").text
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick=" not in page
    assert all("src=" in tag for tag in page.split("<script")[1:])


def test_a_page_is_never_kept_by_the_browser(client):
    for path in ("/sign-in", "/nowhere", "/healthz"):
        assert "no-store" in client.get(path).headers["Cache-Control"], path


def test_what_never_changes_may_be_kept(client):
    with client.get("/static/kittrace.css") as answer:
        assert "no-store" not in answer.headers["Cache-Control"]


def test_types_are_not_guessed_and_addresses_do_not_leak(client):
    headers = client.get("/sign-in").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"


def test_every_answer_has_its_number(client):
    numbers = {client.get(path).headers["X-Request-ID"] for path in ("/sign-in", "/x", "/healthz")}
    assert len(numbers) == 3
    assert all(numbers)


def test_on_plain_http_the_cookie_is_strict_and_hidden_from_scripts(client):
    answer = client.get("/sign-in")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("kittrace=")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Secure" not in cookie
    assert "Strict-Transport-Security" not in answer.headers


def test_with_tls_the_cookie_belongs_to_this_host_alone(another):
    client = another(secure_cookies=True).test_client()
    answer = client.get("/sign-in", base_url="https://kittrace.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-kittrace=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert "max-age=" in answer.headers["Strict-Transport-Security"]


def test_an_answer_of_the_api_runs_frames_and_keeps_nothing(client, another):
    headers = client.get("/api/v1/items").headers
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in headers
    client = another(secure_cookies=True).test_client()
    assert "max-age=" in client.get("/api/v1/items").headers["Strict-Transport-Security"]
