"""`nbgrader zip_collect` as the guide says: zips of learning platforms, also where a stranger packed them."""

import io
import zipfile

import nbformat
import pytest
from nbformat.v4 import new_notebook
from support.made_course import UNIT

from lrlab.grading.submission import zip_files
from lrlab.grading.submission.zip_files import Collector, Extractor

NOTEBOOK = nbformat.writes(new_notebook())
NAME = f"{UNIT}.ipynb"


def zipped(members):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize(
    ("path", "student", "notebook"),
    [
        ("Ann Lee_12_assignsubmission_file/a.ipynb", "Ann Lee", "a"),
        ("class/Ann Lee_12_assignsubmission_file_/deep/a.ipynb", "Ann Lee", "a"),
        ("leeann_123_456_decay_formulas-1.ipynb", "leeann", "decay_formulas"),
        ("leeann_LATE_123_456_decay_formulas.ipynb", "leeann", "decay_formulas"),
        ("ann_12/decay_formulas.ipynb", "ann_12", "decay_formulas"),
        ("ann_l/decay_formulas/decay_formulas.ipynb", "ann_l", "decay_formulas"),
        ("Ju\u0308rgen/a.ipynb", "Jürgen", "a"),
        ("a.ipynb", None, None),
        ("ann/a.pdf", None, None),
    ],
)
def test_whose_a_notebook_is(path, student, notebook):
    found = Collector().collect(f"/course/downloaded/unit/extracted/{path}")
    assert found == (None if student is None else {"student_id": student, "file_id": notebook})


def test_two_of_one_name_are_two():
    collector = Collector()
    paths = [
        "Ann_1_assignsubmission_file/a.ipynb",
        "Ann_2_assignsubmission_file/a.ipynb",
        "Ann_1_assignsubmission_file/b/a.ipynb",
    ]
    found = [collector.collect(f"/d/u/extracted/{path}") for path in paths]
    assert [one and one["student_id"] for one in found] == ["Ann", "Ann_2", None]


def test_a_hostile_zip_costs_itself_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(zip_files, "MOST_BYTES", 1_000_000)
    link = zipfile.ZipInfo("Link_6_assignsubmission_file/link.ipynb")
    link.external_attr = 0o120777 << 16
    bomb = zipped({"bomb.txt": b"0" * 5_000_000, NAME: NOTEBOOK})
    archive, extracted = tmp_path / "archive", tmp_path / "extracted"
    archive.mkdir()
    (archive / "class.zip").write_bytes(
        zipped(
            {
                "../../../outside.ipynb": "x",
                "/absolute.ipynb": "x",
                "__MACOSX/._a.ipynb": "x",
                link: "/etc/passwd",
                f"Ann_1_assignsubmission_file/{NAME}": NOTEBOOK,
                f"Bob_2_assignsubmission_file/{NAME}": NOTEBOOK,
                "Eve_3_assignsubmission_file/eve.zip": bomb,
                "Kim_4_assignsubmission_file/broken.zip": b"PK\3\4",
                "Lou_5_assignsubmission_file/lou.zip": zipped({f"work/{NAME}": NOTEBOOK}),
            }
        )
    )
    (archive / "tim.zip").write_bytes(zipped({NAME: NOTEBOOK}))
    (archive / "broken.zip").write_bytes(b"PK\3\4nothing")
    Extractor().extract(str(archive), str(extracted))
    there = sorted(str(path.relative_to(extracted)) for path in extracted.rglob("*.ipynb"))
    assert there == [
        f"Ann_1_assignsubmission_file/{NAME}",
        f"Bob_2_assignsubmission_file/{NAME}",
        f"Lou_5_assignsubmission_file/lou/work/{NAME}",
        f"tim/{NAME}",
    ]
    assert sum(path.stat().st_size for path in extracted.rglob("*") if path.is_file()) < 2_000_000
    assert {path.name for path in tmp_path.iterdir()} == {"archive", "extracted"}


@pytest.mark.slow
def test_the_guides_command(new_course):
    course = new_course()
    archive = course.root / "downloaded" / UNIT / "archive"
    archive.mkdir(parents=True)
    folders = [
        f"{name}_{number}_assignsubmission_file/{NAME}" for number, name in enumerate(("Ann Lee", "Jürgen O'Hara"))
    ]
    (archive / "moodle.zip").write_bytes(zipped(dict.fromkeys(folders, NOTEBOOK)))
    course.nbgrader("zip_collect", UNIT)
    there = sorted(path.parent.parent.name for path in (course.root / "submitted").glob(f"*/{UNIT}/{NAME}"))
    assert there == ["Ann Lee", "Jürgen O'Hara"]
