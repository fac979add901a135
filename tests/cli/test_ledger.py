"""`flask ledger verify` held against a paper: what fits, what does not, what says nothing."""

import io

from pypdf import PdfReader


def text_of(app, clinic, folder):
    """The text of a recall report as somebody copies it out of the PDF."""
    path = folder / "report.pdf"
    done = app.test_cli_runner().invoke(
        args=["recall", "report", clinic.recall("A17"), "--out", str(path)]
    )
    assert done.exit_code == 0, done.output
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(path.read_bytes())).pages)


def verify(app, folder, text):
    (folder / "paper.txt").write_text(text, encoding="utf-8")
    return app.test_cli_runner().invoke(
        args=["ledger", "verify", "--checkpoint", str(folder / "paper.txt")]
    )


def test_the_text_of_a_paper_is_proof_enough(app, clinic, tmp_path):
    clinic.receive_kits("A17")
    paper = text_of(app, clinic, tmp_path)
    clinic.receive_kits("B1")
    done = verify(app, tmp_path, paper)
    assert done.exit_code == 0, done.output
    assert done.output.count("fits:") == 2


def test_a_paper_with_another_number_does_not_fit(app, clinic, tmp_path):
    clinic.receive_kits("A17")
    paper = text_of(app, clinic, tmp_path)
    size = paper.split("/TO\n")[1].split("\n")[0]
    done = verify(app, tmp_path, paper.replace(f"/TO\n{size}\n", "/TO\n1\n"))
    assert done.exit_code == 1
    assert "signature is not ours" in done.output


def test_a_file_without_a_checkpoint_or_with_a_strangers_proves_nothing(app, clinic, tmp_path):
    clinic.receive_kits("A17")
    assert "holds no signed checkpoint" in verify(app, tmp_path, "Recall report").output
    paper = text_of(app, clinic, tmp_path)
    done = verify(app, tmp_path, paper.replace("kittrace/", "elsewhere/"))
    assert done.exit_code == 1
    assert "NOT COMPARED" in done.output
