"""The course's questions for other systems: Moodle XML, GIFT, and IMS QTI 2.1.

The predictions (``course/questions.json``) and the quizzes (``course/quizzes.json``) are the one source. A curve to
sketch has no form in these systems and is left out.

Sources: the Moodle documentation, *Moodle XML format* and *GIFT format*; IMS Global, *Question and Test
Interoperability 2.1* and *Content Packaging 1.1.4*.
"""

from __future__ import annotations

import base64
import html
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from lrlab.explorers.shared import questions

QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
PACKAGING = "http://www.imsglobal.org/xsd/imscp_v1p1"
Question = dict[str, Any]


def load(course: Path) -> list[Question]:
    """Return all questions with choices, the predictions of a notebook before its quiz.

    Args:
        course: the folder with ``questions.json`` and ``quizzes.json``.

    Raises:
        ValueError: a question is not well formed.
    """
    chosen = []
    for name, kind in (("questions.json", "prediction"), ("quizzes.json", "quiz")):
        listed = questions.load(course / name)
        chosen += [{**one, "id": f"{key[:2]}-{kind}{key[2:]}"} for key, one in listed.items() if "choices" in one]
    return sorted(chosen, key=lambda question: str(question["id"][:4]))  # by notebook, then kind; else as they are


def _markup(text: str) -> str:
    """Plain text with ``code`` and *emphasis* as HTML."""
    coded = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))
    return re.sub(r"\*(\w[^*]*)\*", r"<em>\1</em>", coded)


# -- Moodle XML ---------------------------------------------------------------------------------------------------


def moodle(listed: list[Question], course: Path) -> bytes:
    """Return a question bank in Moodle's XML, a category for each notebook."""
    quiz, category = Element("quiz"), ""
    for question in listed:
        if question["id"][:2] != category:
            category = question["id"][:2]
            opening = SubElement(quiz, "question", type="category")
            _text(opening, "category", f"$course$/top/Learning rates/{category}")
        one = SubElement(quiz, "question", type="multichoice")
        _text(one, "name", question["id"])
        asked = _text(one, "questiontext", f"<p>{_markup(question['question'])}</p>", format="html")
        picture = question.get("picture")
        if picture:
            file = course / picture["file"]
            alt = html.escape(picture["alt"])
            asked[0].text = f'{asked[0].text}<p><img src="@@PLUGINFILE@@/{file.name}" alt="{alt}"></p>'
            content = SubElement(asked, "file", name=file.name, path="/", encoding="base64")
            content.text = base64.b64encode(file.read_bytes()).decode()
        for name, value in (("defaultgrade", "1"), ("penalty", "0.5"), ("hidden", "0"), ("single", "true")):
            SubElement(one, name).text = value
        # The pictures and some answers name each other by place or letter.
        for name, value in (("shuffleanswers", "false"), ("answernumbering", "abc")):
            SubElement(one, name).text = value
        for letter, (text, reason) in question["choices"].items():
            fraction = "100" if letter == question["answer"] else "0"
            answer = SubElement(one, "answer", fraction=fraction, format="html")
            SubElement(answer, "text").text = _markup(text)
            _text(answer, "feedback", _markup(reason), format="html")
    ElementTree.indent(quiz)
    return _bytes(quiz)


def _text(parent: Element, name: str, text: str, **attributes: str) -> Element:
    made = SubElement(parent, name, attributes)
    SubElement(made, "text").text = text
    return made


def _bytes(root: Element) -> bytes:
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


# -- GIFT ---------------------------------------------------------------------------------------------------------


def gift(listed: list[Question], course: Path) -> bytes:
    """Return a question bank in GIFT, which has no place for pictures: their text stands in for them."""
    parts, category = [], ""
    for question in listed:
        if question["id"][:2] != category:
            category = question["id"][:2]
            parts.append(f"$CATEGORY: $course$/top/Learning rates/{category}")
        picture = question.get("picture")
        shown = f"<p><em>{html.escape(picture['alt'])}</em></p>" if picture else ""
        answers = [
            f"\t{'=' if letter == question['answer'] else '~'}{_escaped(_markup(text))}#{_escaped(_markup(reason))}"
            for letter, (text, reason) in question["choices"].items()
        ]
        asked = _escaped(f"<p>{_markup(question['question'])}</p>{shown}")
        parts.append("\n".join([f"::{question['id']}::[html]{asked}{{", *answers, "}"]))
    return ("\n\n".join(parts) + "\n").encode()


def _escaped(text: str) -> str:
    return re.sub(r"([\\~=#{}:])", r"\\\1", text)


# -- QTI 2.1 ------------------------------------------------------------------------------------------------------


def qti(listed: list[Question], course: Path) -> bytes:
    """Return a zip in the form of an IMS content package: an item for each question, its pictures, a manifest."""
    manifest = Element("manifest", {"xmlns": PACKAGING, "identifier": "lrlab-questions"})
    about = SubElement(manifest, "metadata")
    SubElement(about, "schema").text = "QTIv2.1 Package"
    SubElement(about, "schemaversion").text = "1.0.0"
    SubElement(manifest, "organizations")
    resources = SubElement(manifest, "resources")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for question in listed:
            name = f"q{question['id']}"  # an identifier must start with a letter
            href = f"items/{name}.xml"
            package.writestr(href, _bytes(_item(question, name)))
            kind = {"identifier": name, "type": "imsqti_item_xmlv2p1", "href": href}
            resource = SubElement(resources, "resource", kind)
            SubElement(resource, "file", href=href)
            if "picture" in question:
                place = f"items/{question['picture']['file']}"
                package.writestr(place, (course / question["picture"]["file"]).read_bytes())
                SubElement(resource, "file", href=place)
        package.writestr("imsmanifest.xml", _bytes(manifest))
    return buffer.getvalue()


def _item(question: Question, name: str) -> Element:
    about = {"identifier": name, "title": question["id"], "adaptive": "false", "timeDependent": "false"}
    item = Element("assessmentItem", {"xmlns": QTI, **about})
    response = SubElement(item, "responseDeclaration", _declared("RESPONSE", "identifier"))
    SubElement(SubElement(response, "correctResponse"), "value").text = question["answer"].upper()
    score = SubElement(item, "outcomeDeclaration", _declared("SCORE", "float"))
    SubElement(SubElement(score, "defaultValue"), "value").text = "0"
    SubElement(item, "outcomeDeclaration", _declared("FEEDBACK", "identifier"))

    body = SubElement(item, "itemBody")
    if "picture" in question:
        SubElement(SubElement(body, "p"), "img", src=question["picture"]["file"], alt=question["picture"]["alt"])
    asked = {"responseIdentifier": "RESPONSE", "shuffle": "false", "maxChoices": "1"}
    choices = SubElement(body, "choiceInteraction", asked)
    _marked(SubElement(choices, "prompt"), question["question"])
    for letter, (text, _) in question["choices"].items():
        _marked(SubElement(choices, "simpleChoice", identifier=letter.upper()), text)

    processing = SubElement(item, "responseProcessing")
    right = SubElement(SubElement(processing, "responseCondition"), "responseIf")
    match = SubElement(right, "match")
    SubElement(match, "variable", identifier="RESPONSE")
    SubElement(match, "correct", identifier="RESPONSE")
    scored = SubElement(right, "setOutcomeValue", identifier="SCORE")
    SubElement(scored, "baseValue", baseType="float").text = "1"
    said = SubElement(processing, "setOutcomeValue", identifier="FEEDBACK")
    SubElement(said, "variable", identifier="RESPONSE")
    for letter, (_, reason) in question["choices"].items():
        shown = {"outcomeIdentifier": "FEEDBACK", "identifier": letter.upper(), "showHide": "show"}
        _marked(SubElement(item, "modalFeedback", shown), reason)
    return item


def _declared(name: str, kind: str) -> dict[str, str]:
    return {"identifier": name, "cardinality": "single", "baseType": kind}


def _marked(parent: Element, text: str) -> None:
    """Put ``text`` with its markup into ``parent``."""
    span = ElementTree.fromstring(f"<span>{_markup(text)}</span>")
    parent.text = span.text
    parent.extend(span)


FORMATS: dict[str, tuple[Callable[[list[Question], Path], bytes], str]] = {
    "moodle": (moodle, "questions.moodle.xml"),
    "gift": (gift, "questions.gift.txt"),
    "qti": (qti, "questions.qti.zip"),
}
