"""The questions for other systems: each format read back by its own rules gives the course's questions again."""

from __future__ import annotations

import base64
import html
import io
import os
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from lrlab.cli import main
from lrlab.publishing import question_bank as bank

COURSE = Path(__file__).resolve().parents[2] / "course"
ALL = bank.load(COURSE)
PICTURES = [question for question in ALL if "picture" in question]


def plain(text: str | None) -> str:
    """HTML without its tags."""
    return html.unescape(re.sub(r"<[^>]+>", "", text or ""))


def words(text: str) -> str:
    """The course's own markup without its signs."""
    return re.sub(r"\*(\w[\w, ]*)\*", r"\1", text).replace("`", "")


def expected(question: bank.Question) -> tuple[str, str, list[tuple[str, str, bool]]]:
    choices = [
        (words(text), words(reason), letter == question["answer"])
        for letter, (text, reason) in question["choices"].items()
    ]
    return question["id"], words(question["question"]), choices


def test_predictions_and_quizzes_are_in_it_in_the_order_of_the_course() -> None:
    kinds = [re.match(r"\d\d-(prediction|quiz)-", question["id"])[1] for question in ALL]
    assert kinds.count("quiz") >= 57
    assert kinds.count("prediction") >= 33
    numbers = [question["id"][:2] for question in ALL]
    assert numbers == sorted(numbers)
    assert len({question["id"] for question in ALL}) == len(ALL)


def test_moodle_xml() -> None:
    quiz = ElementTree.fromstring(bank.moodle(ALL, COURSE))
    assert quiz.tag == "quiz"
    found = []
    for one in quiz.iterfind("question[@type='multichoice']"):
        assert one.findtext("single") == "true"
        choices = [
            (plain(answer.findtext("text")), plain(answer.findtext("feedback/text")), answer.get("fraction") == "100")
            for answer in one.iterfind("answer")
        ]
        found.append((one.findtext("name/text"), plain(one.findtext("questiontext/text")), choices))
        assert {answer.get("fraction") for answer in one.iterfind("answer")} == {"0", "100"}
    assert found == [expected(question) for question in ALL]
    categories = [one.findtext("category/text") for one in quiz.iterfind("question[@type='category']")]
    assert categories == [f"$course$/top/Learning rates/{n}" for n in sorted({question["id"][:2] for question in ALL})]
    files = {file.get("name"): base64.b64decode(file.text or "") for file in quiz.iter("file")}
    assert files == {Path(p["picture"]["file"]).name: (COURSE / p["picture"]["file"]).read_bytes() for p in PICTURES}
    for name in files:
        assert f"@@PLUGINFILE@@/{name}" in ElementTree.tostring(quiz, encoding="unicode")


def read_gift(text: str) -> list[tuple[str, str, list[tuple[str, str, bool]]]]:
    """Read GIFT: questions part at empty lines; ``\\`` takes its meaning from the signs ~ = # { } : and itself."""
    found = []
    for part in text.strip().split("\n\n"):
        if part.startswith("$CATEGORY: "):
            continue
        bare = r"(?:[^~=#{}:\\]|\\[~=#{}:\\])*"
        head = re.fullmatch(rf"::([\w-]+)::\[html\]({bare})\{{\n((?:\t[=~]{bare}#{bare}\n)+)\}}", part)
        assert head, part
        answers = re.findall(rf"\t([=~])({bare})#({bare})\n", head[3])
        read = [(_read(text), _read(reason).rstrip("\n"), sign == "=") for sign, text, reason in answers]
        found.append((head[1], _read(head[2]), read))
    return found


def _read(text: str) -> str:
    return plain(re.sub(r"\\(.)", r"\1", text))


def test_gift() -> None:
    for found, question in zip(read_gift(bank.gift(ALL, COURSE).decode()), ALL, strict=True):
        name, asked, choices = expected(question)
        alt = question["picture"]["alt"] if "picture" in question else ""
        assert found == (name, asked + alt, choices)


def test_qti() -> None:
    """Elements stand in the order that the schema of QTI 2.1 asks for; every file of the package is in its manifest."""
    with zipfile.ZipFile(io.BytesIO(bank.qti(ALL, COURSE))) as package:
        files = {name: package.read(name) for name in package.namelist()}
    manifest = ElementTree.fromstring(files.pop("imsmanifest.xml"))
    listed = [file.get("href", "") for file in manifest.iter(f"{{{bank.PACKAGING}}}file")]
    assert sorted(listed) == sorted(files)
    resources = list(manifest.iter(f"{{{bank.PACKAGING}}}resource"))
    assert {resource.get("type") for resource in resources} == {"imsqti_item_xmlv2p1"}
    ns = {"q": bank.QTI}
    for resource, question in zip(resources, ALL, strict=True):
        item = ElementTree.fromstring(files[resource.get("href")])
        order = [child.tag.removeprefix(f"{{{bank.QTI}}}") for child in item]
        first = ["responseDeclaration", "outcomeDeclaration", "outcomeDeclaration", "itemBody", "responseProcessing"]
        assert order == [*first, *["modalFeedback"] * len(question["choices"])]
        assert re.fullmatch(r"[A-Za-z_][\w.-]*", item.get("identifier"))
        answer = item.findtext("q:responseDeclaration/q:correctResponse/q:value", namespaces=ns)
        reasons = {one.get("identifier"): "".join(one.itertext()) for one in item.iterfind("q:modalFeedback", ns)}
        choices = [
            ("".join(one.itertext()), reasons[one.get("identifier")], one.get("identifier") == answer)
            for one in item.iterfind(".//q:simpleChoice", ns)
        ]
        asked = "".join(item.find(".//q:prompt", ns).itertext())
        assert (item.get("title"), asked, choices) == expected(question)
        for picture in item.iterfind(".//q:img", ns):
            assert f"items/{picture.get('src')}" in files


@pytest.mark.skipif(
    "LRLAB_QTI_SCHEMAS" not in os.environ, reason="LRLAB_QTI_SCHEMAS names no folder with IMS's schemas"
)
def test_qti_is_valid_by_the_schemas_of_ims() -> None:
    """The folder has imsqti_v2p1.xsd and imscp_v1p1.xsd, with what these import beside them; it needs lxml."""
    etree = pytest.importorskip("lxml.etree")
    folder = Path(os.environ["LRLAB_QTI_SCHEMAS"])
    item, manifest = (
        etree.XMLSchema(etree.parse(next(folder.rglob(name)))) for name in ("imsqti_v2p1.xsd", "imscp_v1p1.xsd")
    )
    with zipfile.ZipFile(io.BytesIO(bank.qti(ALL, COURSE))) as package:
        read = {name: etree.fromstring(package.read(name)) for name in package.namelist() if name.endswith(".xml")}
    manifest.assertValid(read.pop("imsmanifest.xml"))
    assert len(read) == len(ALL)
    for root in read.values():
        item.assertValid(root)
    etree.SubElement(root, "unheardOf")
    assert not item.validate(root)


@pytest.mark.parametrize("name", bank.FORMATS)
def test_the_command_writes_a_file(tmp_path: Path, name: str, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["questions", name]) == 0
    assert (tmp_path / bank.FORMATS[name][1]).stat().st_size > 20_000
    assert f"{len(ALL)} questions" in capsys.readouterr().out


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, capsys) -> None:
    assert main(["questions", "gift", "--to", str(tmp_path / "no" / "file")]) == 1
    said = capsys.readouterr().err
    assert said.startswith("lrlab: ")
    assert said.endswith("can't be written (No such file or directory)\n")
