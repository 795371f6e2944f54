"""What is submitted is read as data: refused with a reason, or made anew from texts."""

import base64
import copy
import json
import os
import zipfile

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.made_course import ROOT, UNIT

from lrlab.explorers import schedule
from lrlab.grading.submission.invalid import InvalidSubmission
from lrlab.grading.submission.notebook import LARGEST_FILE, MOST_CELLS, read

RELEASED = json.loads((ROOT / "assignments" / UNIT / f"{UNIT}.ipynb").read_text(encoding="utf-8"))
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(40)).decode()


def notebook(*cells, **keys):
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)} | keys


def code(source="1", **keys):
    return {"cell_type": "code", "id": "a", "metadata": {}, "source": source, "outputs": []} | keys


@pytest.fixture
def place(tmp_path):
    path = tmp_path / "ada" / "unit" / "unit.ipynb"
    path.parent.mkdir(parents=True)
    return path


def put(path, content):
    if not isinstance(content, bytes):
        content = (content if isinstance(content, str) else json.dumps(content)).encode("utf-8")
    path.write_bytes(content)
    return path


def nested(depth):
    return json.dumps(notebook(code(), metadata={"x": 0})).replace('"x": 0', '"x": ' + "[" * depth + "]" * depth)


def test_the_released_notebook_passes_unchanged(place):
    notes = []
    found = read(put(place, RELEASED), notes)
    nbformat.validate(found)
    assert notes == []
    assert "lrlab" not in found.metadata
    wanted = nbformat.from_dict(RELEASED)
    assert [(c.id, c.cell_type, c.source) for c in found.cells] == [
        (c.id, c.cell_type, "".join(c.source)) for c in wanted.cells
    ]
    for got, due in zip(found.cells, wanted.cells, strict=True):
        assert got.metadata.get("nbgrader", {}) == due.metadata.get("nbgrader", {})
        assert set(got.metadata) <= {"nbgrader"}


REFUSED = {
    "empty": (b"", "The file unit.ipynb is empty"),
    "blank": (b" \n\n", "unit.ipynb is empty"),
    "truncated": (json.dumps(RELEASED)[:3000], "breaks off at line 1"),
    "no JSON": ("hello", "is not JSON at line 1, column 1"),
    "latin-1": ('{"a": "Gr\u00f6\u00dfe"}'.encode("latin-1"), "not UTF-8 text: byte 9"),
    "UTF-16": (json.dumps(RELEASED).encode("utf-16"), "not UTF-8 text: byte 0"),
    "NULs": (bytes(100), "is not JSON"),
    "zip": (b"PK\x03\x04abc", "is a zip archive, not a notebook"),
    "gzip": (b"\x1f\x8b\x08", "is a gzip archive, not a notebook"),
    "web page": ("<!DOCTYPE html><html></html>", "is a web page, not a notebook"),
    "web page below empty lines": ("\n\n<!DOCTYPE html>", "is a web page, not a notebook"),
    "LFS": (
        "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
        "is a pointer of Git LFS, not",
    ),
    "list": ("[]", "this file holds a list"),
    "number": ("7", "this file holds a number"),
    "deep list": ("[" * 100_000 + "]" * 100_000, "more than 40 deep"),
    "deep object": ('{"a":' * 100_000 + "1" + "}" * 100_000, "more than 40 deep"),
    "deeper than allowed": (nested(60), "more than 40 deep"),
    "NaN": ('{"nbformat": NaN}', "JSON has no number NaN"),
    "infinity": ('{"nbformat": -Infinity}', "JSON has no number -Infinity"),
    "huge integer": ('{"nbformat": ' + "9" * 100_000 + "}", "a number in it has 100000 digits"),
    "huge float": ('{"nbformat": 1e999}', "the number 1e999 in it is too large for a float"),
    "no version": ("{}", "names no nbformat"),
    "odd version": (notebook(nbformat="4"), "names no nbformat"),
    "true version": (notebook(nbformat=True), "names no nbformat"),
    "old": ({"nbformat": 3, "worksheets": []}, "format is 3, older than 4"),
    "new": (notebook(nbformat=5), "format is 5, newer than 4"),
    "no cells": ({"nbformat": 4}, "cells must be a list, and here they are nothing"),
    "cells an object": (notebook() | {"cells": {}}, "cells must be a list, and here they are an object"),
    "too many cells": (notebook(*[code()] * 1001), "may have 1000 cells, and this one has 1001"),
    "cell a text": (notebook("print(1)"), "cell 1 must be an object, and it is a text"),
    "cell of no type": (notebook(code(), {"source": ""}), "cell 2 is neither code nor Markdown nor raw"),
    "cell of an odd type": (notebook(code(cell_type=["code"])), "cell 1 is neither code"),
    "source missing": (notebook({"cell_type": "code", "metadata": {}}), "source of cell 1 must be a text"),
    "source of numbers": (notebook(code(source=[1, 2])), "source of cell 1 must be a text, and it is a list"),
    "long cell": (notebook(code("x" * 200_001)), "cell 1 has 200001"),
    "large file": (b"x" * 10_000_001, "may have 10 MB, and it has 10.0 MB"),
}


@pytest.mark.parametrize(("content", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_notebook_is_refused_with_a_sentence(place, content, reason):
    with pytest.raises(InvalidSubmission) as refused:
        read(put(place, content))
    said = str(refused.value)
    assert reason.lower() in said.lower()
    assert "Unit.ipynb" not in said  # a file's name is as it is
    assert said.endswith(".")
    assert "\n" not in said
    assert len(said) < 200


class TestFiles:
    def test_missing(self, place):
        with pytest.raises(InvalidSubmission, match="can't be opened: No such file"):
            read(place)

    @pytest.mark.parametrize("target", ["neighbour.ipynb", "/etc/passwd", "nowhere", "unit.ipynb"])
    def test_a_link_is_refused_wherever_it_leads(self, place, target):
        put(place.parent / "neighbour.ipynb", RELEASED)
        place.symlink_to(target)
        with pytest.raises(InvalidSubmission, match=r"The file unit\.ipynb is a link to another one"):
            read(place)

    @pytest.mark.parametrize("level", [0, 1])
    def test_a_folder_that_is_a_link_to_a_neighbours(self, place, level):
        put(place, RELEASED)
        folder = place.parents[level]
        other = folder.with_name("other")
        other.symlink_to(folder.name)
        with pytest.raises(InvalidSubmission, match="folder other is a link"):
            read(other / place.relative_to(folder))

    def test_a_fifo_is_refused_and_not_waited_for(self, place):
        os.mkfifo(place)
        with pytest.raises(InvalidSubmission, match="is not a regular one"):
            read(place)

    def test_folder_and_device(self, place):
        place.mkdir()
        with pytest.raises(InvalidSubmission, match=r"not a regular one|can't be opened"):
            read(place)
        with pytest.raises(InvalidSubmission, match="is not a regular one"):
            read("/dev/zero")

    def test_a_real_zip_under_a_notebooks_name(self, place):
        with zipfile.ZipFile(place, "w") as archive:
            archive.writestr("../../bob/unit/unit.ipynb", json.dumps(RELEASED))
        with pytest.raises(InvalidSubmission, match="zip archive"):
            read(place)

    def test_unreadable_by_its_mode(self, place):
        put(place, RELEASED).chmod(0)
        if os.access(place, os.R_OK):
            pytest.skip("this user reads everything")
        with pytest.raises(InvalidSubmission, match="Permission denied"):
            read(place)


class TestSanitised:
    def test_only_text_and_nbgraders_few_words_come_through(self, place):
        script = "<script>alert(1)</script>"
        cell = code(
            "x = 1",
            metadata={"tags": ["skip-execution"], "jupyter": {"source_hidden": True}, "x": script},
            outputs=[{"output_type": "display_data", "data": {"text/html": script}, "metadata": {}}],
            execution_count=7,
            more=script,
        )
        notes = []
        found = read(put(place, notebook(cell, metadata={"widgets": script, "kernelspec": {"name": "julia"}})), notes)
        assert script not in json.dumps(found)
        assert found.metadata.kernelspec.name == "python3"
        assert found.cells[0] == {
            "cell_type": "code", "id": "a", "metadata": {}, "source": "x = 1", "outputs": [], "execution_count": None,
        }  # fmt: skip
        assert notes == ["Cell 1 had tags, which were taken off."]
        assert found.metadata.lrlab.notes == notes

    def test_the_state_of_widgets_which_jupyterlab_saves_goes_without_a_word(self, place):
        one = schedule().get_state()  # the largest of the explorers; a cell that is run again leaves another one
        models = {f"{i:032x}": {"model_name": "AnyModel", "state": one} for i in range(50)}
        widgets = {"application/vnd.jupyter.widget-state+json": {"version_major": 2, "state": models}}
        notes = []
        found = read(put(place, notebook(code(), metadata={"widgets": widgets})), notes)
        assert place.stat().st_size > 4_000_000
        assert "widgets" not in found.metadata
        assert notes == []

    @pytest.mark.parametrize(
        "given",
        [
            7,
            [],
            "x",
            {"grade_id": 7},
            {"grade_id": ""},
            {"grade_id": "x" * 101},
            {"grade_id": "a\x00"},
            {"grade": True},
        ],
    )
    def test_nbgrader_metadata_that_name_no_cell_go(self, place, given):
        notes = []
        found = read(put(place, notebook(code(metadata={"nbgrader": given}))), notes)
        assert found.cells[0].metadata == {}
        assert "without a usable grade_id" in notes[0]

    def test_odd_nbgrader_metadata_are_put_right(self, place):
        given = {"grade_id": "q", "grade": True, "locked": "yes", "points": "many", "schema_version": 1, "evil": 1}
        notes = []
        found = read(put(place, notebook(code(metadata={"nbgrader": given}))), notes)
        assert found.cells[0].metadata.nbgrader == {
            "grade_id": "q", "grade": True, "locked": False, "solution": False, "task": False, "points": 0,
            "schema_version": 3,
        }  # fmt: skip
        assert notes == ["Cell 1 (q) had odd nbgrader metadata: locked, schema_version."]

    def test_ids_are_unique_and_fit(self, place):
        ids = ["a", "a", "a-x", "", None, 7, "x" * 65, "ö", "cell-3", "cell-10", "a"]
        found = read(put(place, notebook(*[code(id=i) for i in ids])))
        nbformat.validate(found)
        assert len({c.id for c in found.cells}) == len(ids)

    def test_half_a_character_can_be_written_again(self, place):
        content = json.dumps(notebook(code("x = '?'"))).replace("?", "\\ud800")
        notes = []
        found = read(put(place, content), notes)
        nbformat.writes(found).encode("utf-8")
        assert found.cells[0].source == "x = '?'"
        assert "no file can contain" in notes[0]

    def test_pictures_stay_and_other_attachments_go(self, place):
        given = {
            "a.png": {"image/png": PNG},
            "b.svg": {"image/svg+xml": "<svg onload=alert(1)>"},
            "c.html": {"text/html": "<script>"},
            "d.png": {"image/png": 'x" onerror="alert(1)'},
            "e.png": 7,
        }
        cell = {"cell_type": "markdown", "metadata": {}, "source": "![](attachment:a.png)", "attachments": given}
        notes = []
        found = read(put(place, notebook(cell)), notes)
        assert found.cells[0].attachments == {"a.png": {"image/png": PNG}}
        assert len(notes) == 1

    def test_reading_twice_is_reading_once(self, place):
        cell = code(metadata={"tags": ["x"], "nbgrader": {"grade_id": "q", "solution": True, "schema_version": 3}})
        first = read(put(place, notebook(cell)))
        assert read(put(place, nbformat.writes(first))) == first

    def test_a_byte_order_mark_and_windows_lines(self, place):
        text = json.dumps(RELEASED, indent=1).replace("\n", "\r\n")
        assert read(put(place, b"\xef\xbb\xbf" + text.encode())).cells == read(put(place, RELEASED)).cells


leaves = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.sampled_from(["code", "a", 4, 1e308])
)
values = st.recursive(leaves, lambda s: st.lists(s, max_size=3) | st.dictionaries(st.text(max_size=5), s, max_size=3))


def places(value, path=()):
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from places(one, (*path, key))


PLACES = list(places(RELEASED))


def mutated(data):
    """The released notebook with a few places replaced, left out or doubled."""
    made = copy.deepcopy(RELEASED)
    for path in data.draw(st.lists(st.sampled_from(PLACES[1:]), min_size=1, max_size=4)):
        holder = made
        try:
            for key in path[:-1]:
                holder = holder[key]
            match data.draw(st.sampled_from(["replace", "delete", "double"])):
                case "replace":
                    holder[path[-1]] = data.draw(values)
                case "delete":
                    del holder[path[-1]]
                case _ if isinstance(holder, list):
                    holder.append(copy.deepcopy(holder[path[-1]]))
        except (KeyError, IndexError, TypeError, AttributeError):
            continue  # an earlier change has taken the place away
    return made


def read_or_refused(path):
    try:
        found = read(path)
    except InvalidSubmission as refused:
        said = str(refused)
        return None if "\n" not in said else pytest.fail(said)
    nbformat.validate(found)
    nbformat.writes(found).encode("utf-8")
    return found


QUICK = settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))


class TestFuzz:
    @pytest.mark.slow
    @QUICK
    @given(data=st.data())
    def test_mutated_json(self, place, data):
        read_or_refused(put(place, json.dumps(mutated(data))))

    @pytest.mark.slow
    @QUICK
    @given(data=st.data())
    def test_mutated_bytes(self, place, data):
        content = bytearray(json.dumps(RELEASED, ensure_ascii=False).encode())
        for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=8)):
            content[at] = data.draw(st.integers(0, 255))
        read_or_refused(put(place, bytes(content)[: data.draw(st.integers(0, len(content)))]))

    @QUICK
    @given(st.binary(max_size=300))
    def test_any_bytes(self, place, content):
        assert read_or_refused(put(place, content)) is None

    @pytest.mark.slow
    @QUICK
    @given(values)
    def test_any_json(self, place, value):
        read_or_refused(put(place, json.dumps(value)))


def test_limits_are_far_above_what_honest_notebooks_have():
    for path in ROOT.glob("course/*.ipynb"):
        assert path.stat().st_size < LARGEST_FILE / 4
        assert len(read(path).cells) < MOST_CELLS / 4
