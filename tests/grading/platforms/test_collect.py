"""`lrlab collect`: zips in the form of Canvas's and Moodle's own sources, and zips of strangers."""

import io
import json
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from support.empty_gradebook import empty_gradebook

from lrlab.cli import main
from lrlab.grading.batch.errors import Busy, CourseError
from lrlab.grading.batch.journal import Journal
from lrlab.grading.platforms import unpack
from lrlab.grading.platforms.collect import LEFT_OUT, NEW, REPLACED, SAME, collect
from lrlab.grading.platforms.people import read_origins
from lrlab.grading.platforms.zip_names import CANVAS, MOODLE, Member, read_name
from lrlab.grading.submission.files import MOST_FILES, read_submission, time_notes
from lrlab.grading.submission.invalid import InvalidSubmission

UNIT = "decay"
CLASS = {
    "ada": ("Ada", "Lovelace", "ada@uni.example"),
    "émilie": ("Émilie", "du Châtelet", "emilie@uni.example"),
    "sofia": ("Sofia", "Kovalevskaya", "sofia@uni.example"),
}
CANVAS_LIST = """\
Student,ID,SIS User ID,SIS Login ID,Section,Decay (4711)
    Points Possible,,,,,4
"Lovelace, Ada",123,S1,ada,A,
"du Châtelet, Émilie",124,S2,émilie,A,
"Noether, Emmy",125,S3,noether@uni.example,A,
"Late, Late",126,S4,late,A,
"Student, Test",999,,,A,
"""
WORKSHEET = """\
\ufeffIdentifier,Full name,Email address,Status,Grade,Maximum grade,Grade can be changed,\
Last modified (submission),Last modified (grade),Feedback comments
Participant 12,Ada Lovelace,ada@uni.example,Submitted for grading,-,4.00,Yes,"Sunday, 1 March 2026, 12:00 PM",-,
Participant 13,Ada Lovelace,other@uni.example,Submitted for grading,-,4.00,Yes,"Sunday, 1 March 2026, 12:01 PM",-,
Participant 14,Émilie du Châtelet,emilie@uni.example,No submission,-,4.00,Yes,-,-,
"""


def zipped(members: dict[str | zipfile.ZipInfo, bytes | str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def locked(zip_file: bytes) -> bytes:
    """With the mark of a member that needs a password, in both of its headers."""
    return zip_file.replace(b"PK\3\4\x14\0\0", b"PK\3\4\x14\0\1").replace(
        b"PK\1\2\x14\3\x14\0\0", b"PK\1\2\x14\3\x14\0\1"
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("made")
    (root / "nbgrader_config.py").write_text(
        'c = get_config()\nc.CourseDirectory.course_id = "lrlab"\nc.CourseDirectory.source_directory = "solutions"\n'
    )
    (root / "solutions" / UNIT).mkdir(parents=True)
    with Gradebook(empty_gradebook(root), "lrlab") as gradebook:
        gradebook.add_assignment(UNIT)
        gradebook.add_notebook(UNIT, UNIT)
        for student, (first, last, email) in CLASS.items():
            gradebook.add_student(student, first_name=first, last_name=last, email=email)
    return root


@pytest.fixture
def course(made, tmp_path):
    """The gradebook is the same for all; each test has folders of its own."""
    for path in made.iterdir():
        (tmp_path / path.name).symlink_to(path)
    return tmp_path


def collected(course, members, **options):
    path = course / "class.zip"
    path.write_bytes(zipped(members))
    return collect(UNIT, path, root=course, **options)


def files(course, student) -> dict[str, str]:
    folder = course / "submitted" / student / UNIT
    return {str(p.relative_to(folder)): p.read_text() for p in sorted(folder.rglob("*")) if p.is_file()}


def states(found):
    return {one.student: one.state for one in found.received}


@pytest.mark.parametrize(
    ("name", "member"),
    [
        ("lovelaceada_123_456_decay.ipynb",
         Member(CANVAS, "lovelaceada", "123", "decay.ipynb", "lovelaceada_123_456_", 456)),
        ("folder/lovelaceada_LATE_123_457_decay-1.ipynb",
         Member(CANVAS, "lovelaceada", "123", "decay-1.ipynb", "lovelaceada_LATE_123_457_", 457, True)),
        ("teamone_lovelaceada_123_456_2_b.ipynb",
         Member(CANVAS, "teamone_lovelaceada", "123", "2_b.ipynb", "teamone_lovelaceada_123_456_", 456)),
        ("anon_x7Kq2_456_a.ipynb", Member(CANVAS, "anon", "x7Kq2", "a.ipynb", "anon_x7Kq2_456_", 456)),
        ("LATE_anon_12345_456_a.ipynb", Member(CANVAS, "anon", "12345", "a.ipynb", "LATE_anon_12345_456_", 456, True)),
        ("lovelaceada_LATE_123_text.html", Member(CANVAS, "lovelaceada", "123", "", late=True)),
        ("anon_x7Kq2_text.html", Member(CANVAS, "anon", "x7Kq2", "")),
        ("LATE_anon_x7Kq2_link.html", Member(CANVAS, "anon", "x7Kq2", "", late=True)),
        ("lovelaceada_x7Kq2_text.html", None),
        ("decay.ipynb", None),
    ],
)  # fmt: skip
def test_names_of_canvas(name, member):
    assert read_name(name, CANVAS) == member


@pytest.mark.parametrize(
    ("name", "member"),
    [
        ("Ada Lovelace_12_assignsubmission_file/a_b.ipynb",
         Member(MOODLE, "Ada Lovelace", "12", "a_b.ipynb", "Ada Lovelace_12_assignsubmission_file_")),
        ("all/Ada Lovelace_12_assignsubmission_file_/work/a.ipynb",
         Member(MOODLE, "Ada Lovelace", "12", "work/a.ipynb", "Ada Lovelace_12_assignsubmission_file_")),
        ("Ada Lovelace_12_assignsubmission_file_a_b.ipynb",
         Member(MOODLE, "Ada Lovelace", "12", "a_b.ipynb", "Ada Lovelace_12_assignsubmission_file_")),
        ("Participant_12_assignsubmission_onlinetext/onlinetext.html", Member(MOODLE, "Participant", "12", "")),
        ("Ada_12/a.ipynb", None),
    ],
)  # fmt: skip
def test_names_of_moodle(name, member):
    assert read_name(name, MOODLE) == member


@pytest.mark.parametrize(
    "members",
    [
        {"Group A_7_assignsubmission_file/decay.ipynb": "theirs", "Standard-Gruppe_assignsubmission_file/a.ipynb": "x"},
        {"all/Default group_assignsubmission_onlinetext/onlinetext.html": "theirs"},
        {"Default group_assignsubmission_file_decay.ipynb": "theirs"},
    ],
)
def test_a_zip_of_groups_is_refused(course, members):
    with pytest.raises(CourseError, match=r"has files of a group .*: a submission must be one student's, so switch"):
        collected(course, members)
    assert not (course / "submitted").exists()


def test_a_worksheet_of_groups_is_refused(course):
    path = course / "list.csv"
    path.write_text(WORKSHEET.replace("Status,Grade,", "Status,Group,Grade,").replace(",-,4.00", ",Group A,-,4.00"))
    with pytest.raises(
        CourseError, match=r"list\.csv is of an assignment in which groups submit: a submission must be"
    ):
        collected(course, {"Group A_7_assignsubmission_file/decay.ipynb": "theirs"}, participants=path)


def test_a_students_file_that_is_called_like_a_groups_is_a_file(course):
    inside = "Ada Lovelace_12_assignsubmission_file/Default group_assignsubmission_file/a.ipynb"
    found = collected(course, {inside: "hers", "Ada Lovelace_12_assignsubmission_file/decay.ipynb": "hers"})
    assert states(found) == {"ada": NEW}
    assert files(course, "ada").keys() == {"decay.ipynb", "Default group_assignsubmission_file/a.ipynb"}


def test_canvas_without_a_list(course):
    """The newest file of each number, under the gradebook's names where there is one, and who is missing."""
    name = "duchâteletémilie_LATE_124_460_decay-2.ipynb".encode()
    placeholder = "x" * len(name)
    content = zipped(
        {
            "lovelaceada_123_456_decay.ipynb": "first",
            "lovelaceada_123_458_decay-1.ipynb": "second",
            "lovelaceada_123_459_notes.pdf": "notes",
            placeholder: "hers",
            "noetheremmy_125_461_decay (1).ipynb": "downloaded twice",
            "__MACOSX/._lovelaceada_123_456_decay.ipynb": "x",
            "textonly_130_text.html": "I have none",
        },
    )
    path = course / "class.zip"
    path.write_bytes(content.replace(placeholder.encode(), name))  # in UTF-8 without a flag for it, as rubyzip does
    found = collect(UNIT, path, root=course)
    assert found.platform == CANVAS
    assert states(found) == {"ada": NEW, "émilie": NEW, "noetheremmy": NEW, "textonly": LEFT_OUT}
    assert files(course, "ada") == {"decay.ipynb": "second", "older-456-decay.ipynb": "first", "notes.pdf": "notes"}
    assert files(course, "émilie") == {"decay.ipynb": "hers"}
    assert files(course, "noetheremmy") == {"decay.ipynb": "downloaded twice"}
    assert found.missing == ["sofia"]
    assert found.left_out == []
    origins = read_origins(course, UNIT)
    assert [origins[s].late for s in ("ada", "émilie")] == [False, True]
    assert (origins["ada"].number, origins["ada"].order) == ("123", 459)
    assert [p.name for p in (course / "submitted").iterdir() if p.name.startswith(".")] == []


def test_with_canvas_list_the_login_is_the_student(course):
    path = course / "list.csv"
    path.write_text(CANVAS_LIST)
    found = collected(
        course,
        {
            "lovelaceada_123_456_decay.ipynb": "1",
            "noetheremmy_125_457_decay.ipynb": "2",
            "new_777_458_decay.ipynb": "3",
        },
        participants=path,
    )
    assert states(found) == {"ada": NEW, "noether@uni.example": NEW, "new": NEW}
    assert found.missing == ["late", "émilie"]  # not sofia, who is not on the list, nor Canvas's test student


def test_two_numbers_of_one_login_are_two_submissions(course):
    path = course / "list.csv"
    path.write_text(CANVAS_LIST.replace('"Late, Late",126,S4,late', '"Lovelace, Ada",126,S4,ada'))
    members = {"lovelaceada_123_456_decay.ipynb": "1", "lovelaceada_126_457_decay.ipynb": "2"}
    for state in (NEW, SAME):
        assert states(collected(course, members, participants=path)) == {"ada": state, "ada_126": state}
    assert files(course, "ada") == {"decay.ipynb": "1"}


@pytest.mark.parametrize("text_first", [True, False])
def test_moodles_text_beside_a_file_keeps_the_way_back(course, text_first):
    members = {
        "Ada Lovelace_12_assignsubmission_onlinetext/onlinetext.html": "a text",
        "Ada Lovelace_12_assignsubmission_file/decay.ipynb": "hers",
    }
    order = list(members) if text_first else list(reversed(members))
    assert states(collected(course, {name: members[name] for name in order})) == {"ada": NEW}
    assert read_origins(course, UNIT)["ada"].returned == "Ada Lovelace_12_assignsubmission_file_"


def test_two_of_one_name_in_moodle(course, berlin):
    path = course / "list.csv"
    path.write_text(WORKSHEET, encoding="utf-8")
    members = {f"Ada Lovelace_{n}_assignsubmission_file/decay.ipynb": str(n) for n in (12, 13)}
    found = collected(course, members, participants=path)
    assert states(found) == {"ada": NEW, "other@uni.example": NEW}
    assert files(course, "ada") == {"decay.ipynb": "12", "timestamp.txt": "2026-03-01 11:00:00 UTC\n"}
    assert files(course, "other@uni.example") == {"decay.ipynb": "13", "timestamp.txt": "2026-03-01 11:01:00 UTC\n"}
    assert found.missing == ["émilie"]


def test_moodles_worksheet_says_when_it_was_handed_in_and_who_is_late(course, capsys, monkeypatch, berlin):
    path = course / "list.csv"
    path.write_text(WORKSHEET.replace("Submitted for grading,-", "Submitted for grading - 2 hours late -  - ,-", 1))
    members = {
        **{f"Ada Lovelace_{n}_assignsubmission_file/decay.ipynb": str(n) for n in (12, 13)},
        "Ada Lovelace_12_assignsubmission_file/timestamp.txt": "2020-01-01 10:00:00 UTC",  # what she says
    }
    assert states(collected(course, members)) == {"Ada Lovelace_12": NEW, "Ada Lovelace_13": NEW}
    assert files(course, "Ada Lovelace_12").keys() == {"decay.ipynb", "handed-in-timestamp.txt"}
    (course / "class.zip").write_bytes(zipped(members))
    monkeypatch.chdir(course)
    assert main(["collect", UNIT, "class.zip", "--participants", "list.csv"]) == 0
    assert "ada: new; late" in capsys.readouterr().out
    origins = read_origins(course, UNIT)
    assert [origins[student].late for student in ("ada", "other@uni.example")] == [True, False]
    assert files(course, "ada")["timestamp.txt"] == "2026-03-01 11:00:00 UTC\n"
    folder = course / "submitted" / "ada" / UNIT
    assert read_submission(folder, [UNIT])[1]["timestamp.txt"] == b"2026-03-01 11:00:00.000000 UTC"
    assert time_notes(folder, [UNIT]) == []
    assert CourseDirectory().get_existing_timestamp(str(folder)) == datetime(2026, 3, 1, 11)  # for nbgrader's penalty
    assert states(collected(course, members, participants=path)) == {"ada": SAME, "other@uni.example": SAME}
    assert states(collected(course, members)) == {"ada": SAME, "other@uni.example": SAME}
    assert "timestamp.txt" in files(course, "ada")  # what is known stays
    assert read_origins(course, UNIT)["ada"].late
    path.write_text(path.read_text().replace("12:00 PM", "12:30 PM").replace("12:01 PM", "yesterday"))
    found = collected(course, members, participants=path)
    assert states(found) == {"ada": REPLACED, "other@uni.example": SAME}
    assert files(course, "ada")["timestamp.txt"] == "2026-03-01 11:30:00 UTC\n"
    assert len(found.notes) == 1
    assert "a time such as 'Sunday, 1 March 2026, yesterday' can't be read (1 of them)" in found.notes[0]


def test_the_time_is_not_one_of_the_files_that_a_student_may_hand_in(course):
    path = course / "list.csv"
    path.write_text(WORKSHEET)
    folder = "Ada Lovelace_12_assignsubmission_file/"
    members = {f"{folder}decay.ipynb": "hers", **{f"{folder}z{n}.txt": "" for n in range(MOST_FILES - 1)}}
    assert states(collected(course, members, participants=path)) == {"ada": NEW}
    there = read_submission(course / "submitted" / "ada" / UNIT, [UNIT])[1]
    assert len(there) == MOST_FILES + 1
    (course / "submitted" / "ada" / UNIT / "one-more.txt").touch()
    with pytest.raises(InvalidSubmission, match=f"may have {MOST_FILES} files, and this one has more"):
        read_submission(course / "submitted" / "ada" / UNIT, [UNIT])


def test_two_of_one_name_without_a_list(course):
    members = {f"Kim Lee_{n}_assignsubmission_file/decay.ipynb": str(n) for n in (12, 13)}
    assert states(collected(course, members)) == {"Kim Lee_12": NEW, "Kim Lee_13": NEW}
    members["Kim Lee_13_assignsubmission_file/decay.ipynb"] = "new"
    del members["Kim Lee_12_assignsubmission_file/decay.ipynb"]
    assert states(collected(course, members)) == {"Kim Lee_13": REPLACED}


def test_anonymous_grading_has_numbers_alone(course):
    """All have one name, and none is that of the gradebook's student who happens to be called so."""
    path = course / "list.csv"
    path.write_text(
        "Identifier,Status,Grade,Maximum grade\nParticipant 12,x,-,4\nParticipant 13,x,-,4\nParticipant 14,x,-,4\n"
    )
    members = {f"Participant_{n}_assignsubmission_file/decay.ipynb": str(n) for n in (12, 13)}
    found = collected(course, members, participants=path)
    assert states(found) == {"Participant_12": NEW, "Participant_13": NEW}
    assert found.missing == ["Participant 14"]
    assert found.notes[0].endswith("so when they were handed in is not known")
    members = {f"Ada Lovelace_{n}_assignsubmission_file/decay.ipynb": str(n) for n in (22, 23)}
    assert states(collected(course, members)) == {"Ada Lovelace_22": NEW, "Ada Lovelace_23": NEW}


def test_again(course):
    """The same zip changes nothing, a newer one replaces, an older one does not, nor does one with other numbers."""
    first = {"lovelaceada_123_456_decay.ipynb": "first"}
    second = {"lovelaceada_LATE_123_459_decay-1.ipynb": "second"}
    assert states(collected(course, first)) == {"ada": NEW}
    place = course / "submitted" / "ada" / UNIT
    (place / "timestamp.txt").write_text("2026-01-31 10:00:00 UTC")
    assert states(collected(course, first)) == {"ada": SAME}
    assert (place / "timestamp.txt").exists()
    assert states(collected(course, second)) == {"ada": REPLACED}
    found = collected(course, first)
    assert states(found) == {"ada": LEFT_OUT}
    assert found.received[0].notes == ["what was collected before is newer"]
    assert files(course, "ada") == {"decay.ipynb": "second"}
    assert read_origins(course, UNIT)["ada"].late
    (course / "grading" / "other.collected.json").write_text(
        json.dumps({"kim": {"platform": "canvas", "number": "200", "name": "leekim", "returned": "", "order": 1}})
    )
    found = collected(course, {"leekim_200_500_decay.ipynb": "kim's", "kim_201_501_decay.ipynb": "another Kim's"})
    assert states(found) == {"kim": NEW, "kim_201": NEW}  # a number of Canvas's is a person's, in all units


def test_a_list_that_comes_later_names_what_is_there_twice(course):
    path = course / "list.csv"
    path.write_text(CANVAS_LIST)
    members = {"noetheremmy_125_457_decay.ipynb": "hers"}
    collected(course, members)
    found = collected(course, members, participants=path)
    assert states(found) == {"noether@uni.example": NEW}
    assert found.received[0].notes == [
        "is also in submitted/noetheremmy, where it was collected before: remove that one"
    ]
    assert list(read_origins(course, UNIT)) == ["noether@uni.example"]


def test_a_hostile_zip_costs_itself_alone(course, monkeypatch, capsys):
    monkeypatch.setattr(unpack, "MOST_BYTES", 1_000_000)
    link = zipfile.ZipInfo("link_6_70_decay.ipynb")
    link.external_attr = 0o120777 << 16
    inner = zipped({"../../../../outside.ipynb": "x", "/etc/outside.ipynb": "x", "work/decay.ipynb": "inner"})
    members = {
        link: "/etc/passwd",
        "lovelaceada_123_456_decay.ipynb": "hers",
        "bomb_1_71_bomb.txt": b"0" * 5_000_000,
        "zipbomb_2_72_work.zip": zipped({"bomb.txt": b"0" * 5_000_000, "decay.ipynb": "x"}),
        "locked_13_84_work.zip": locked(zipped({"decay.ipynb": "x"})),
        f"digits_14_{'8' * 5000}_decay.ipynb": "x",
        "broken_3_73_work.zip": b"PK\3\4nothing",
        "zipped_4_74_work.zip": inner,
        "many_5_75_work.zip": zipped({f"{k}.txt": "" for k in range(500)}),
        "both_7_76_a.zip": zipped({"a": "file", "a/b": "in it"}),
        "eve\x1b[2J\u202e_8_77_decay.ipynb": "x",
        "eve_9_78_\x1b[2Jdecay.ipynb": "x",
        "<b>eve_10_79_decay.ipynb": "x",
        ".hidden_11_80_decay.ipynb": "x",
        "evil_124_81_decay.ipynb": "not hers",
        "duchâteletémilie_124_82_decay.ipynb": "hers",
        "a_12_83_" + "n" * 240 + ".ipynb": "x",
        "readme.txt": "x",
    }
    (course / "class.zip").write_bytes(zipped(members))
    monkeypatch.chdir(course)
    assert main(["collect", UNIT, "class.zip"]) == 1
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    there = {str(p.relative_to(course / "submitted")) for p in (course / "submitted").rglob("*") if p.is_file()}
    assert there == {
        f"ada/{UNIT}/decay.ipynb",
        f"beve_10/{UNIT}/decay.ipynb",  # its name without the signs
        f"zipped/{UNIT}/decay.ipynb",
    }
    assert files(course, "zipped") == {"decay.ipynb": "inner"}
    assert {p.name for p in course.iterdir()} == {
        "class.zip", "gradebook.db", "grading", "nbgrader_config.py", "solutions", "submitted"
    }  # fmt: skip
    for sentence in (
        "bomb: left out; bomb.txt unpacks to more than 1 MB",
        "zipbomb: left out; bomb.txt unpacks to more than 1 MB",
        "locked: left out; decay.ipynb in work.zip: it needs a password",
        "broken: left out; File is not a zip file",
        "many: left out; a submission may have 200 files, and this one has 500",
        "the zip has two names for 124: duchâteletémilie and evil",
        "link_6_70_decay.ipynb: it is a link or a device and no file",
        "readme.txt: it is not a name that Canvas makes",
        "its name is longer than 150 bytes",
        "../../../../outside.ipynb in work.zip: it would be outside of its folder",
    ):
        assert sentence in shown, shown
    assert not list(course.parent.glob("outside*"))


@pytest.mark.parametrize(
    "name",
    [
        "Eve_1_assignsubmission_file//etc/x",
        "Eve_1_assignsubmission_file/../../x",
        "/x/Eve_1_assignsubmission_file/x",
        "Eve_1_assignsubmission_file\\..\\..\\x",
    ],
)
def test_no_path_of_moodles_leads_outside(course, name):
    found = collected(course, {name: "x", "Ada Lovelace_12_assignsubmission_file/decay.ipynb": "hers"})
    assert states(found) == {"ada": NEW}
    assert len(found.left_out) == 1
    assert "it would be outside of its folder" in found.left_out[0]


def test_wrong_input_is_one_sentence(course, tmp_path):
    path = course / "class.zip"
    path.write_bytes(b"no zip")
    with pytest.raises(CourseError, match=r"class\.zip is no zip, or a damaged one"):
        collect(UNIT, path, root=course)
    with pytest.raises(CourseError, match=r"missing\.zip can't be read"):
        collect(UNIT, course / "missing.zip", root=course)
    with pytest.raises(CourseError, match="must be a class's zip from Canvas or Moodle, but no name in it is like"):
        collected(course, {"ada/decay.ipynb": "x"})
    with pytest.raises(CourseError, match="solutions/ has no unit 'cycles'"):
        collect("cycles", path, root=course)
    bad = course / "list.csv"
    bad.write_text("First name,Last name,Email address,Assignment: Decay (Real)\nAda,Lovelace,ada@uni.example,-\n")
    with pytest.raises(CourseError, match="has no numbers of students: it must be Canvas's gradebook or Moodle's"):
        collected(course, {"lovelaceada_123_456_decay.ipynb": "x"}, participants=bad)
    with Journal(course, UNIT).lock(), pytest.raises(Busy, match="is in use by another `lrlab grade` or"):
        collected(course, {"lovelaceada_123_456_decay.ipynb": "x"})
