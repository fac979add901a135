"""Quality at the screen: the papers of a recall, taken away as often as they are asked for."""


def test_the_copy_with_names_is_taken_away_twice_from_one_page(as_role, live):
    with live.app.app_context():
        (unit,) = live.clinic.receive_kits("Q1")
        session = live.clinic.open_session("MRN 77", name="Rossi Maria")
        live.clinic.scan(session, unit)
        recall = live.clinic.recall("Q1")
    page = as_role("quality")
    page.goto(f"/recalls/{recall}")
    page.on("dialog", lambda dialog: dialog.accept())
    for _ in range(2):
        with page.expect_download() as taken:
            page.get_by_role("button", name="Copy with names (PDF)").click()
        assert taken.value.suggested_filename == f"recall-{recall}-confidential.pdf"
    with page.expect_download() as taken:
        page.get_by_role("link", name="Report (PDF)").click()
    assert taken.value.suggested_filename == f"recall-{recall}.pdf"
    assert page.url.endswith(f"/recalls/{recall}")
