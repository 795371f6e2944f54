"""What a worker keeps of nbgrader's work from one submission to the next."""

import shutil
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.api import Course, Gradebook, MissingEntry
from nbgrader.nbgraderformat import MetadataValidator, common
from support.empty_gradebook import empty_gradebook

from lrlab.grading.batch import reuse


@pytest.fixture
def url(tmp_path, monkeypatch):
    """The address of a kept gradebook that has the student ada, in a process that forgets it afterwards."""
    monkeypatch.setattr(Gradebook, "__init__", Gradebook.__init__)
    monkeypatch.setattr(common, "jsonschema", jsonschema)
    monkeypatch.setattr(reuse, "_engines", {})
    address = f"sqlite:///{tmp_path}/kept.db"
    reuse.keep(address)
    fill(address, "ada")
    return address


def fill(address, student):
    """Make a gradebook with one student."""
    path = Path(address.removeprefix("sqlite:///"))
    empty_gradebook(path.parent, path.name)
    with Gradebook(address, "lrlab") as gradebook:
        gradebook.add_student(student)


def test_an_engine_is_kept_and_no_connection(url, tmp_path):
    other = f"sqlite:///{tmp_path}/other.db"
    fill(other, "bob")
    with Gradebook(other, "lrlab") as gradebook:
        elsewhere = gradebook.engine
    with Gradebook(url, "lrlab") as gradebook, Gradebook(other, "lrlab") as again:
        assert gradebook.engine is reuse._engines[url]["lrlab"]
        assert again.engine is not elsewhere
        gradebook.find_student("ada")
    shutil.copyfile(tmp_path / "other.db", tmp_path / "kept.db")
    with Gradebook(url, "lrlab") as gradebook:
        gradebook.find_student("bob")
        with pytest.raises(MissingEntry):
            gradebook.find_student("ada")
    assert gradebook.engine.pool.checkedin() == 0


def test_another_course_in_the_same_gradebook_is_made(url):
    with Gradebook(url, "another") as gradebook:
        assert [course.id for course in gradebook.db.query(Course)] == ["lrlab", "another"]


def test_a_run_keeps_nothing_after_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(Gradebook, "__init__", reuse._open)
    monkeypatch.setattr(common, "jsonschema", jsonschema)
    monkeypatch.setattr(reuse, "_engines", {})
    address = f"sqlite:///{tmp_path}/kept.db"

    def interrupted():
        with reuse.kept(address):
            fill(address, "ada")
            assert reuse._engines[address].keys() == {"lrlab"}
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert reuse._engines == {}
    assert Gradebook.__init__ is reuse._open
    assert common.jsonschema is jsonschema


def test_two_at_once_have_transactions_of_their_own(url):
    with Gradebook(url, "lrlab") as one, Gradebook(url, "lrlab") as two:
        one.find_student("ada").first_name = "Ada"
        assert two.find_student("ada").first_name is None
        one.db.commit()
        two.db.rollback()
        assert two.find_student("ada").first_name == "Ada"


def validated(**changes):
    cell = new_code_cell("x = 1")
    cell.metadata["nbgrader"] = {
        "grade_id": "one", "schema_version": 3, "grade": False, "solution": True, "locked": False, "task": False,
        **changes,
    }  # fmt: skip
    MetadataValidator().validate_nb(new_notebook(cells=[cell]))


def test_nbgraders_metadata_are_validated_as_before(url, monkeypatch):
    kind = jsonschema.validators.validator_for({"$schema": "http://json-schema.org/draft-04/schema"})
    checked, check = [], kind.check_schema
    monkeypatch.setattr(kind, "check_schema", lambda *given, **named: (checked.append(given), check(*given, **named)))
    reuse._validator.cache_clear()
    wrong = {"grade": "yes", "locked": 3}
    with pytest.raises(jsonschema.ValidationError) as ours:
        validated(**wrong)
    validated()
    assert len(checked) == 1
    monkeypatch.setattr(common, "jsonschema", jsonschema)
    with pytest.raises(jsonschema.ValidationError) as nbgraders:
        validated(**wrong)
    assert str(ours.value) == str(nbgraders.value)
