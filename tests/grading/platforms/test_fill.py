"""`lrlab export --into`: tables in the form that Canvas's and Moodle's exporters write, filled and otherwise kept."""

import csv
import io

import pytest

from lrlab.cli import main
from lrlab.grading.batch.errors import CourseError
from lrlab.grading.batch.gradebook import Student
from lrlab.grading.batch.table import Entry, Table
from lrlab.grading.platforms import fill as filling
from lrlab.grading.platforms.fill import fill
from lrlab.grading.platforms.people import Directory, Origin
from lrlab.grading.platforms.sheets import CANVAS_SHEET, MOODLE_SHEET, WORKSHEET, read_sheet

CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Notes,Decay formulas (4711),Cycles (4712),Essay (4713),"
    "Assignments Current Score,Final Grade\r\n"
    ",,,,,,,Manual Posting,,,\r\n"
    '"    Points Possible",,,,,(read only),14.00,10.00,5.00,(read only),(read only)\r\n'
    '"Lovelace, Ada",123,S1,ada@uni.example,"A and B",,,,4.50,90.00,A\r\n'
    '"Kovalevskaya, Sofia",124,S2,sofia,A,"=1+1",3.00,EX,,,\r\n'
    '"Lee, Kim",125,S3,kim.one,A,,N/A,,,,\r\n'
    '"Lee, Kim",126,S4,kim.two,A,,2.00,,,,\r\n'
    '"Student, Test",999,,test,A,,,,,,\r\n'
)
WORKSHEET_TEXT = (
    "Identifier,Full name,Email address,Status,Grade,Maximum grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\n"
    'Participant 12,Ada Lovelace,ada@uni.example,Submitted,-,14.00,Yes,"Sunday, 1 March 2026, 12:00 PM",-,\n'
    "Participant 13,Ada Lovelace,other@uni.example,No submission,5.00,14.00,Yes,-,-,\n"
    "Participant 14,Sofia Kovalevskaya,sofia@uni.example,Submitted,-,14.00,Yes,-,-,\n"
)
GRADES_TEXT = (
    "First name;Last name;ID number;Email address;Assignment: Decay formulas (Real);"
    "Assignment: Decay formulas (Feedback);Course total (Real);Last downloaded from this course\n"
    "Ada;Lovelace;4001;ada@uni.example;-;;-;1772366400\n"
    "Sofia;Kovalevskaya;4002;sofia@uni.example;3,00;gut;3,00;1772366400\n"
    "Jürgen;Groß;4003;;-;;-;1772366400\n"
)
PEOPLE = [
    Student("ada", "Lovelace", "Ada", "ada@uni.example"),
    Student("sofia", "Kovalevskaya", "Sofia", "sofia@uni.example"),
    Student("Kim Lee", "", "", ""),
    Student("jg", "Groß", "Jürgen", ""),
    Student("gone", "Noether", "Emmy", ""),
]
SCORES = {"ada": 10, "sofia": 12.5, "Kim Lee": 9, "jg": 1 / 3, "gone": 8}


@pytest.fixture
def scores(monkeypatch, tmp_path):
    """Two units, in which everyone has a score; sofia's second one waits."""
    units = {"decay_formulas": 14.0, "cycles": 10.0}
    entries = {(s, u): Entry("graded", units[u], score) for s, score in SCORES.items() for u in units}
    entries["sofia", "cycles"] = Entry("to be marked by a person", 10.0)
    found = Table(tuple(Student(p.id) for p in PEOPLE), tuple(units), units, entries)

    def table(wanted=None, root=None):
        return Table(found.students, tuple(wanted or found.units), found.points, found.entries)

    class FakeCourse:
        def __init__(self, unit, root):
            self.root = tmp_path
            self.gradebook = self

        def students(self):
            return PEOPLE

    monkeypatch.setattr(filling, "table", table)
    monkeypatch.setattr(filling, "Course", FakeCourse)
    monkeypatch.setattr(filling.people, "read_origins", lambda root, unit: ORIGINS.get(unit, {}))
    monkeypatch.setattr(filling.people, "earlier_numbers", lambda root: {"123": "ada"})
    return tmp_path


ORIGINS = {
    "decay_formulas": {
        "ada": Origin("moodle", "12", "Ada Lovelace", ""),
        "Kim Lee": Origin("canvas", "126", "leekim", ""),
    }
}


def written(path, text, encoding="utf-8", *units, **options):
    path = path / "table.csv"
    path.write_bytes(text.encode(encoding))
    return fill(path, units or None, **options), path.read_bytes().decode(encoding)


def rows(text, delimiter=","):
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_canvas(scores):
    """By Canvas's number, the login, or the name; what is excused or not assigned, and all else, stays."""
    filled, text = written(scores, CANVAS)
    before, after = rows(CANVAS), rows(text)
    assert filled.kind == CANVAS_SHEET
    assert filled.columns == {"decay_formulas": "Decay formulas (4711)", "cycles": "Cycles (4712)"}
    assert [row[6] for row in after[3:]] == ["10", "12.5", "N/A", "9", ""]
    assert [row[7] for row in after[3:]] == ["10", "EX", "", "", ""]
    for row in (*before, *after):
        del row[6:8]
    assert before == after
    assert "\r\n" in text
    notes = "\n".join(filled.notes)
    assert "gone, decay_formulas: is not in the table" in notes
    assert "sofia, cycles: to be marked by a person, so the table stays as it is" in notes
    assert "Lee, Kim 125 S3 kim.one A" not in notes.partition("cycles")[0]  # 126 is the one who submitted


def test_canvas_reads_back_what_it_wrote(scores):
    """Its importer takes the columns by their order up to Section, and finds assignments by `Title (number)`."""
    _, text = written(scores, CANVAS, "utf-8-sig")
    header, _, points, *people = rows(text)
    assert header[0] == "Student"
    assert header[1] == "ID"
    assert "Points Possible" in points[0]
    assert points[6:9] == ["14.00", "10.00", "5.00"]
    assert [row[1] for row in people] == ["123", "124", "125", "126", "999"]


def test_two_of_one_name_are_left_to_a_person(scores, monkeypatch):
    monkeypatch.setitem(ORIGINS, "decay_formulas", {})
    people = [Student("kim", "Lee", "Kim"), *PEOPLE]
    monkeypatch.setattr(filling.Course, "students", lambda course: people)
    filled, text = written(scores, CANVAS, "utf-8", "decay_formulas")
    assert [row[6] for row in rows(text)[5:7]] == ["N/A", "2.00"]
    assert sum("may be" in note for note in filled.notes) == 2


def test_moodles_worksheet(scores):
    filled, text = written(scores, WORKSHEET_TEXT, "utf-8-sig", "decay_formulas")
    assert filled.kind == WORKSHEET
    assert [row[4] for row in rows(text)[1:]] == ["10", "5.00", "12.5"]  # the other Ada keeps hers
    assert [[*row[:4], *row[5:]] for row in rows(text)] == [[*row[:4], *row[5:]] for row in rows(WORKSHEET_TEXT)]
    with pytest.raises(CourseError, match=r"is the worksheet of one assignment: name its unit"):
        written(scores, WORKSHEET_TEXT)
    german = (
        WORKSHEET_TEXT.replace("Identifier", "ID")
        .replace("Participant ", "Teilnehmer/in")
        .replace("Grade,", "Bewertung,", 1)
    )
    _, text = written(scores, german, "utf-8", "decay_formulas", columns={"decay_formulas": "Bewertung"})
    assert rows(text)[1][4] == "10"
    french = german.replace("Status,Bewertung,", "Statut,Note,")
    spanish = german.replace("Status,Bewertung,", "Estado,Calificación,")
    for table in (german, french):
        _, text = written(scores, table, "utf-8", "decay_formulas")
        assert rows(text)[1][4] == "10"
    with pytest.raises(CourseError, match=r"if the column of grades is not called Grade, add --column decay_formulas="):
        written(scores, spanish, "utf-8", "decay_formulas")


@pytest.mark.parametrize("delimiter", [";", ",", "\t", ":"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1"])
def test_moodles_gradebook(scores, encoding, delimiter):
    plain = GRADES_TEXT.replace("3,00", "3.00").replace(
        "Assignment: ", "Assignment. " if delimiter == ":" else "Assignment: "
    )
    before = plain.replace(";", delimiter)
    named = {"decay_formulas": rows(before, delimiter)[0][4]}
    filled, text = written(scores, before, encoding, "decay_formulas", columns=named if delimiter == ":" else None)
    assert filled.kind == MOODLE_SHEET
    expected = rows(before, delimiter)
    for row, score in zip(expected[1:], ("10", "12.5", "0.3333"), strict=True):
        row[4] = score
    assert rows(text, delimiter) == expected
    assert text.count("\n") == before.count("\n")


def test_another_maximum_is_refused_or_scaled(scores):
    hundred = CANVAS.replace("14.00,10.00", '"100,00",10.00')
    with pytest.raises(
        CourseError, match=r"decay_formulas has 14 points, but 100 in .*table\.csv: change the platform's to 14"
    ):
        written(scores, hundred)
    assert (scores / "table.csv").read_bytes().decode() == hundred
    _, text = written(scores, hundred, scale=True)
    assert rows(text)[3][6] == "71.4286"


def test_another_file_and_another_name(scores):
    to = scores / "filled.csv"
    filled, kept = written(
        scores, CANVAS, "utf-8", "decay_formulas", to=to, columns={"decay_formulas": "Essay (4713)"}, scale=True
    )
    assert (filled.path, kept) == (to, CANVAS)
    assert rows(to.read_text(encoding="utf-8"))[3][8] == "3.5714"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "must be a CSV file that Canvas or Moodle exported, with a header and students"),
        ("PK\x03\x04\x00\x00\n\x00", "must be a CSV file that Canvas or Moodle exported"),
        ("a,b,c\n1,2\n", "must have 3 fields in each row, as its header has, got 2 in row 2"),
        ('a,b,c\n"1,2,3\n', "is no CSV file"),
        (CANVAS.replace("Decay formulas (4711)", "HW 1 (4711)"),
         r"has no column for decay_formulas; name it with --column decay_formulas=NAME; its columns are: 'Notes'"),
        (CANVAS.replace("Essay (4713)", "decay-formulas (4713)"),
         r"has several columns for decay_formulas: 'Decay formulas \(4711\)', 'decay-formulas \(4713\)'; choose one"),
        (CANVAS.replace("14.00", "nan"), "the maximum of decay_formulas must be more than 0, got nan in"),
        (CANVAS.replace("14.00", "0"), "the maximum of decay_formulas must be more than 0, got 0 in"),
        (WORKSHEET_TEXT.replace("5.00,14.00", "5.00,15.00"), "has several maximum grades of decay_formulas: 14.00, 15"),
    ],
)  # fmt: skip
def test_wrong_tables_are_one_sentence(scores, text, says):
    with pytest.raises(CourseError, match=says):
        written(scores, text, "utf-8", "decay_formulas", scale=True)


def test_wrong_calls_are_one_sentence(scores, capsys, monkeypatch):
    monkeypatch.chdir(scores)
    for argv, says in (
        (["--into", "none.csv"], "none.csv can't be read: No such file"),
        (["--scale"], "add --into FILE.csv"),
        (["--into", "t.csv", "--format", "canvas"], "leave out --format canvas"),
        (["--into", "t.csv", "--column", "cycles"], "--column must be UNIT=NAME, got cycles"),
        (["--into", "t.csv", "--column", "other=X"], "--column names the unit 'other', but the units are"),
        (["--into", "t.csv", "--column", "cycles=ID"], "the column 'ID' of t.csv says who it is: no score of cycles"),
        (
            ["--into", "t.csv", "--column", "cycles=Decay formulas (4711)"],
            "the scores of two units: decay_formulas, cy",
        ),
        (["--into", "t.csv", "--to", "nowhere/t.csv"], "to must be a file in a folder that exists"),
    ):
        (scores / "t.csv").write_text(CANVAS)
        assert main(["export", *argv]) == 1
        error = capsys.readouterr().err
        assert says in error
        assert error.count("\n") == 1


def test_a_number_of_a_grade_is_no_student(scores, monkeypatch):
    """What is right of the person's columns does not count."""
    monkeypatch.setattr(filling.Course, "students", lambda course: [*PEOPLE, Student("4.50"), Student("90.00")])
    filled, _ = written(scores, CANVAS, "utf-8", "decay_formulas")
    assert not [note for note in filled.notes if "may be" in note and "Ada" in note]


def test_the_form_is_found_by_what_is_in_it(tmp_path):
    for name, text, kind in (
        ("c", CANVAS, CANVAS_SHEET),
        ("w", WORKSHEET_TEXT, WORKSHEET),
        ("m", GRADES_TEXT, MOODLE_SHEET),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert read_sheet(tmp_path / name).kind == kind


def test_a_name_counts_only_if_nothing_speaks_against_it():
    directory = Directory(PEOPLE)
    assert directory.find(["Ada Lovelace"], ["Ada Lovelace"]) == {"ada"}
    assert directory.find(["Ada Lovelace", "x@uni.example"], ["Ada Lovelace"]) == set()
    certain, doubtful = directory.match([(["x"], ["Emmy Noether"]), (["y"], ["Emmy Noether"]), (["ADA"], [])])
    assert (certain, doubtful) == ({2: "ada"}, {0: {"gone"}, 1: {"gone"}})
