"""Nothing that was handed in is dropped without a word, and what may be an answer gets no 0."""

import base64
import os
import re
import time

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell
from support.judging import judged, points
from support.lrlab_command import ONE, lrlab
from support.made_course import POINTS, RIGHT, UNIT, answer, cell

from lrlab.grading.submission import files, folders
from lrlab.grading.submission.cells import LARGEST_PICTURES
from lrlab.grading.submission.invalid import InvalidSubmission
from lrlab.grading.submission.notebook import LARGEST_FILE, read
from lrlab.grading.submission.unused_work import find_other_definitions, find_replaced_texts, find_unused_work

WRITTEN = "which-formula-answer"


def make_files(root, *paths):
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).touch()


def test_what_looks_like_a_submission_and_lies_elsewhere(tmp_path):
    lost = ["tim/unit_a.ipynb", "kim/Unit-A/x.ipynb", "unit_a/lou/unit_a.ipynb", "ada/unit_a (1)/x", "unit_a.zip"]
    lost += ["tim/Kopie von unit_a.ipynb", "tim/unit_a - Kopie/x", "tim/week 2/unit_a.ipynb", "tim_unit_a.ipynb.txt"]
    make_files(tmp_path, *lost, "ada/unit_a/unit_a.ipynb", "ada/unit_b/x", ".hidden/unit_a.ipynb", "max/other.ipynb")
    assert folders.misplaced_submissions(tmp_path, "unit_a") == [
        *("ada/unit_a (1)", "kim/Unit-A", "tim/Kopie von unit_a.ipynb", "tim/unit_a - Kopie", "tim/unit_a.ipynb"),
        *("tim/week 2/unit_a.ipynb", "tim_unit_a.ipynb.txt", "unit_a", "unit_a.zip"),
    ]
    assert folders.misplaced_submissions(tmp_path / "none", "unit_a") == []


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-28 10:00:00 UTC", "2026-11-28 10:00:00.000000 UTC"),
        ("2026-11-28 10:00:00 +0100", "2026-11-28 09:00:00.000000 UTC"),
        ("2026-11-28 10:00:00.5 Europe/Berlin", "2026-11-28 09:00:00.500000 UTC"),
        ("2026-11-28T10:00Z", "2026-11-28 10:00:00.000000 UTC"),
        ("10:00", None),
        ("11/12/2026", None),
        ("1 2 3", None),
    ],
)
def test_the_time_of_submission_is_read_right_or_not_at_all(tmp_path, text, utc):
    make_files(tmp_path, "ada/unit/unit.ipynb")
    (tmp_path / "ada/unit/timestamp.txt").write_text(text)
    if utc is None:
        with pytest.raises(InvalidSubmission, match=r"such as 2026-01-31 10:00:00 UTC"):
            files.read_submission(tmp_path / "ada/unit", ["unit"])
        return
    _, contents = files.read_submission(tmp_path / "ada/unit", ["unit"])
    assert contents["timestamp.txt"] == utc.encode()


def test_a_time_before_the_notebook_was_saved_is_noted(tmp_path):
    make_files(tmp_path, "ada/unit/unit.ipynb")
    stamp = tmp_path / "ada/unit/timestamp.txt"
    assert files.time_notes(stamp.parent, ["unit"]) == []
    stamp.write_text("1999-01-01 00:00:00 UTC")
    (note,) = files.time_notes(stamp.parent, ["unit"])
    assert note.startswith("timestamp.txt says 1999-01-01 00:00:00.000000 UTC, but the notebook was saved later, 20")
    stamp.write_text(time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()))
    assert files.time_notes(stamp.parent, ["unit"]) == []


def test_a_checkpoint_that_is_newer_than_its_notebook_is_noted(tmp_path):
    make_files(tmp_path, "unit.ipynb", ".ipynb_checkpoints/unit-checkpoint.ipynb")
    assert files.time_notes(tmp_path, ["unit"]) == []
    os.utime(tmp_path / "unit.ipynb", (0, 0))
    assert files.time_notes(tmp_path, ["unit"]) == [
        ".ipynb_checkpoints/unit-checkpoint.ipynb is newer than unit.ipynb, and was not used."
    ]


def test_a_picture_that_is_left_out_is_named_in_its_cell(tmp_path):
    photo = base64.b64encode(bytes(4_000_000)).decode()
    assert len(photo) < LARGEST_PICTURES < LARGEST_FILE
    made = new_markdown_cell("see ![](attachment:a.heic)")
    made["attachments"] = {"a.heic": {"image/heic": "AAAA"}, "b.jpg": {"image/jpeg": photo}}
    nbformat.write(nbformat.v4.new_notebook(cells=[made]), tmp_path / "n.ipynb")
    (found,) = read(tmp_path / "n.ipynb").cells
    assert list(found.attachments) == ["b.jpg"]
    assert found.source.endswith(
        "*[The attachment a.heic is in the submitted notebook alone: no PNG, JPEG or GIF, or too large.]*"
    )


@pytest.fixture
def handed_in(tmp_path):
    """The instructor's notebook, what the gradebook has of it, and a folder for what a student hands in."""
    nbformat.write(nbformat.v4.new_notebook(cells=released_cells()), tmp_path / "u.ipynb")
    (tmp_path / "own").mkdir()
    known = {
        c.id: {
            "metadata": {"solution": "answer" in c.id, "grade": c.id != "half-answer"},
            "cell_type": c.cell_type,
            "source": c.source,
        }
        for c in released_cells()[1:]
    }
    return known, tmp_path / "u.ipynb", tmp_path / "own"


def released_cells():
    return [
        named("text", new_markdown_cell("What is half?")),
        named("half-answer", new_code_cell("def half(x):\n    raise NotImplementedError")),
        named("half-check", new_code_cell('check("half")')),
        named("written-answer", new_markdown_cell("*Put your answer here.*")),
    ]


def named(name, made):
    made.id = name
    if name != "text":
        made.metadata["nbgrader"] = {"grade_id": name}
    return made


@pytest.mark.parametrize(
    "name", ["u.zip", "u.ipynb.txt", "u.ipynb ", "U.IPYNB", "u", "work/u.ipynb", "u.json", "half.py", ".~u.ipynb"]
)
def test_any_file_beside_the_untouched_notebook_is_for_a_person(handed_in, name):
    known, source, folder = handed_in
    make_files(folder, "u.ipynb", "timestamp.txt", "._u.ipynb", "__MACOSX/._u.ipynb", ".DS_Store", "data.csv")
    make_files(source.parent, "data.csv")
    notebook = nbformat.v4.new_notebook(cells=released_cells())
    assert find_unused_work(notebook, known, source, folder) == ([], [])
    make_files(folder, name)
    with pytest.raises(InvalidSubmission, match=rf"u\.ipynb is as it was released, and {re.escape(name)} is beside it"):
        find_unused_work(notebook, known, source, folder)
    notebook.cells[1].source = "def half(x):\n    return x / 2"
    notes, waiting = find_unused_work(notebook, known, source, folder)
    assert waiting == ["written-answer"] * name.endswith((".zip", ".txt"))
    assert bool(notes) == (name not in ("u", "u.json", "half.py"))


@pytest.mark.parametrize(
    ("text", "is_text"),
    [
        ("# Half of it,\n\n# because", True),
        ('"""Half of it."""', True),
        ("%%markdown\nHalf of it.", True),
        ('"""Half""" + """of it"""', False),
        ("x = 1  # mine", False),
        ("", False),
        ("# It is the exponential one", True),
        ("# plt.plot(x)\n# for x in rates:\n#     half(x)", False),
        ("# half = x / 2\n# and that is why it is the exponential one", True),
        ("# my own", True),
        ("# it diverges", True),
        ("# it is steep", True),
        ("# B", True),
        ("# Antwort: Schwingung", True),
        ("# oscillation (divergence)", True),
        ("# 発散", True),
        ("# steepest = fastest, (see above)", True),
        ("# steepest = fastest", True),
        ("# warm-up", True),
        ("# e.g. momentum", True),
        ("# SGD + momentum", True),
        ("# plt.plot(x)\n# momentum", True),
        ("# plt.plot(x)\n# oscillation (divergence)", True),
        ("# lr = 0.1\n# 1e-3\n#", False),
        ('# plt.title("Loss. (mine)")', False),
        ("# x[0]\n# loss * 2\n# pass\n# %matplotlib inline", False),
        ("# plt.plot(\n#     x,\n# )\nif x:\n    pass", False),
        ("# plt.plot(\n#     x,\n# )\n# if (x):\n#     y\n# else:\n#     print (y)", False),
        ("#   half(1)\n# half(2)", False),
        ("# half(3)\n" * 600, True),  # not looked at line by line
    ],
)
def test_a_text_in_a_cell_of_code_waits_for_a_person(handed_in, text, is_text):
    known, source, folder = handed_in
    notebook = nbformat.v4.new_notebook(cells=[*released_cells(), new_code_cell(text)])
    notes, waiting = find_unused_work(notebook, known, source, folder)
    assert (len(notes), waiting) == ((1, ["written-answer"]) if is_text else (0, []))


@pytest.mark.parametrize(
    ("code", "is_text"),
    [
        ('print("Exponential, because it halves.")', True),
        ('display(Markdown("Exponential."))', True),
        ('"The exponential one."', True),
        ("The exponential one, because its rate halves early.", True),
        ("x = 1\n# The exponential one, because it halves.", True),
        ('mine = "The exponential one, because it halves."', True),
        ("print(half(3))", False),
        ("print('Momentum overshoots')", True),
        ("print('steepest = fastest')", True),
        ("print('発散')", True),
        ('print("hello")', False),
        ('print("--- half: 3")', False),
        ('print("half:", half(3))', False),
        ('print("---")', False),
        ('plt.title("Loss of the run with each rate")', False),
        ("for i in range(3) print(i)", False),
        ("%time half(3)  # half", False),
        ("# What is half of it then?\nx = 1", False),
    ],
)
def test_text_that_is_shown_or_said_by_code_waits_for_a_person(handed_in, code, is_text):
    known, source, folder = handed_in
    released = nbformat.read(source, as_version=4)
    released.cells[0].source += "\n# What is half of it then?"
    nbformat.write(released, source)
    notebook = nbformat.v4.new_notebook(cells=[*released.cells, new_code_cell(code)])
    notes, waiting = find_unused_work(notebook, known, source, folder)
    assert waiting == ["written-answer"] * is_text
    assert notes == ["written-answer: nothing is written there, but cell 5 has text: mark it."] * is_text


def test_an_untouched_notebook_beside_a_checkpoint_with_answers_is_for_a_person(handed_in):
    known, source, folder = handed_in
    notebook = nbformat.v4.new_notebook(cells=released_cells())
    nbformat.write(notebook, folder / "u.ipynb")
    make_files(folder, files.checkpoint_of("u"))
    nbformat.write(notebook, folder / files.checkpoint_of("u"))
    assert files.read_submission(folder, ["u"], [files.CHECKPOINTS])[1].keys() == {"u.ipynb"}
    assert find_unused_work(notebook, known, source, folder) == ([], [])
    earlier = nbformat.v4.new_notebook(cells=released_cells())
    earlier.cells[1].source = HALF
    before = files.check_submission(folder, ["u"], [files.CHECKPOINTS])
    nbformat.write(earlier, folder / files.checkpoint_of("u"))
    digest, contents = files.read_submission(folder, ["u"], [files.CHECKPOINTS])
    assert (digest, set(contents)) == (before, {"u.ipynb", files.checkpoint_of("u")})
    with pytest.raises(InvalidSubmission, match=r"as it was released, and \.ipynb_checkpoints/u-checkpoint\.ipynb is"):
        find_unused_work(notebook, known, source, folder)
    assert find_unused_work(earlier, known, source, folder) == ([], [])


HALF = "def half(x):\n    return x / 2"


@pytest.mark.parametrize(
    ("own", "place", "counts"),
    [
        (new_markdown_cell(f"```\n{HALF}\n```"), 4, False),
        (new_raw_cell(HALF), 0, False),
        (new_code_cell(HALF), 0, False),
        (new_code_cell("half = lambda x: x / 2"), 1, False),
        (new_code_cell(HALF), 2, True),  # below the released one it replaces that
        (new_markdown_cell("half of x"), 0, True),
    ],
)
def test_an_answer_that_is_not_run_waits_for_a_person(handed_in, own, place, counts):
    known, source, _ = handed_in
    notebook = nbformat.v4.new_notebook(cells=released_cells())
    notebook.cells.insert(place, own)
    found = find_other_definitions(notebook, known, source, {"half-check": "half"})
    note = f"half is written in cell {place + 1}, which does not count there: mark it."
    assert found == ({} if counts else {"half-check": note})
    next(c for c in notebook.cells if c.id == "half-answer").source = HALF
    assert find_other_definitions(notebook, known, source, {"half-check": "half"}) == {}


CHECK = 'check("half")'


@pytest.mark.parametrize(
    ("place", "text", "waits", "written"),
    [
        (2, f"{HALF}\n\n{CHECK}", True, False),
        (2, f"mine = lambda x: x / 2\n{CHECK}", True, False),
        (2, f"return x / 2\n{CHECK}", True, False),
        (0, f"What is half?\n\n    {HALF}", True, False),
        (2, f"# The half is what is left of it.\n{CHECK}", False, True),
        (2, f"%%time\n  {CHECK}\n", False, False),
        (2, f"# {CHECK}", False, False),
        (2, "", False, False),
        (2, f"print(half(3))\n{CHECK}", False, False),
    ],
)
def test_an_answer_in_a_cell_of_the_instructors_waits_for_a_person(handed_in, place, text, waits, written):
    known, source, folder = handed_in
    known["text"] = {
        "metadata": {"solution": False, "grade": False},
        "cell_type": "markdown",
        "source": "What is half?",
    }
    notebook = nbformat.v4.new_notebook(cells=released_cells())
    notebook.cells[0].metadata["nbgrader"] = {"grade_id": "text"}
    given = nbformat.v4.new_notebook(cells=[*notebook.cells])
    given.cells[place] = given.cells[place].copy()
    given.cells[place].source = text
    replaced = find_replaced_texts(given, known)
    name = given.cells[place].id
    found = find_other_definitions(notebook, known, source, {"half-check": "half"}, replaced)
    assert found == (
        {"half-check": f"half is written in cell {name}, which does not count there: mark it."} if waits else {}
    )
    assert find_unused_work(notebook, known, source, folder, (), replaced)[1] == ["written-answer"] * written
    notebook.cells[1].source = HALF
    assert find_other_definitions(notebook, known, source, {"half-check": "half"}, replaced) == {}
    notebook.cells[1].source = ""
    assert bool(find_other_definitions(notebook, known, source, {"half-check": "half"}, replaced)) == waits


def test_an_answer_above_its_own_cell_counts_where_that_defines_nothing(handed_in):
    known, source, _ = handed_in
    notebook = nbformat.v4.new_notebook(cells=[new_code_cell(HALF), *released_cells()])
    note = {"half-check": "half is written in cell 1, which does not count there: mark it."}
    own = next(c for c in notebook.cells if c.id == "half-answer")
    assert find_other_definitions(notebook, known, source, {"half-check": "half"}) == note
    for cleared in ("", "# see above", "pass"):  # what is above is run and called, so it counts
        own.source = cleared
        assert find_other_definitions(notebook, known, source, {"half-check": "half"}) == {}
        notebook.cells[0] = new_markdown_cell(HALF)
        assert find_other_definitions(notebook, known, source, {"half-check": "half"}) == note
        notebook.cells[0] = new_code_cell(HALF)


def test_an_answer_in_the_cell_of_an_earlier_one_waits_for_a_person(handed_in):
    known, source, _ = handed_in
    first = named("third-answer", new_code_cell("def third(x):\n    raise NotImplementedError"))
    known["third-answer"] = {**known["half-answer"], "source": first.source}
    notebook = nbformat.v4.new_notebook(cells=[first, *released_cells()])
    first = notebook.cells[0]
    assert find_other_definitions(notebook, known, source, {"half-check": "half"}) == {}
    first.source = f"def third(x):\n    return x / 3\n\n{HALF}"
    assert find_other_definitions(notebook, known, source, {"half-check": "half"}).keys() == {"half-check"}


@pytest.fixture(scope="module")
def course(new_course):
    return new_course()


@pytest.mark.slow
@pytest.mark.xdist_group("judge")
class TestJudged:
    def test_a_written_answer_in_a_cell_of_its_own_waits_for_a_person(self, course, zygote):
        made = answer(course.released(), RIGHT)
        assert judged(course, course.submit("ada", made)).metadata.lrlab.waiting == []
        made.cells.append(new_markdown_cell("The exponential one."))
        graded = judged(course, course.submit("ada", made))
        assert graded.metadata.lrlab.waiting == [WRITTEN]
        assert graded.metadata.lrlab.notes == [
            f"{WRITTEN}: nothing is written there, but cell {len(made.cells)} has text: mark it."
        ]
        cell(made, WRITTEN).source = "The exponential one."
        assert judged(course, course.submit("ada", made)).metadata.lrlab.waiting == []

    def test_an_answer_in_a_check_cell_waits_for_a_person(self, course, zygote):
        made = answer(course.released(), {name: text for name, text in RIGHT.items() if name != "half_life"}, "So.")
        check = cell(made, "half-life-check")
        check.source = f"{RIGHT['half_life']}\n\n{check.source}"
        about = judged(course, course.submit("ada", made), student="ada").metadata.lrlab
        assert about.waiting == ["half-life-check"]
        assert "half_life is written in cell half-life-check, which does not count there: mark it." in about.notes

    def test_files_that_are_not_used_are_named(self, course, zygote):
        path = course.submit("bob", answer(course.released(), RIGHT))
        (path.parent / "code.py").write_text("x = 1")
        (path.parent / "mine.py").write_text("x = 1")
        for name in ("answer.pdf", "helpers.ipynb", ".secret"):
            (path.parent / name).write_text("{}")
        with (path.parent / "data.csv").open("wb") as file:
            file.truncate(17 << 20)
        graded = judged(course, path, student="bob")
        assert graded.metadata.lrlab.waiting == [WRITTEN]
        assert graded.metadata.lrlab.notes == [
            "Beside the notebook, and not used: helpers.ipynb, answer.pdf.",
            "The submission's code can't read, as too large or hidden: .secret, data.csv.",
            "Another module is imported in place of code.py, which has its name.",
        ]
        assert all(points(graded).values())

    def test_a_copy_beside_the_untouched_notebook_is_for_a_person(self, course, zygote):
        path = course.submit("kim", course.released())
        nbformat.write(answer(course.released(), RIGHT), path.parent / f"{UNIT}-Copy1.ipynb")
        with pytest.raises(
            InvalidSubmission, match=rf"{UNIT}.ipynb is as it was released, and {UNIT}-Copy1.ipynb is beside"
        ):
            judged(course, path, student="kim")


@pytest.mark.slow(reason="a class is graded twice, once on another file system")
@pytest.mark.usefixtures("sandboxed")
def test_the_table_names_what_was_not_used(new_course, tmp_path):
    course = new_course()
    made = answer(course.released(), RIGHT)
    made.cells.append(new_markdown_cell("The exponential one."))
    course.submit("Jürgen Müller-O'Brien+lr@uni.edu", made)
    course.submit("Ju\u0308lia अनिता", answer(course.released(), RIGHT, "The exponential one."))
    nbformat.write(made, course.root / "submitted" / "tim.ipynb")
    make_files(course.root / "submitted", f"tim/{UNIT}.ipynb", f"Ju\u0308lia अनिता/{UNIT}/work/{UNIT}.ipynb")
    shm = os.path.join("/dev/shm", f"lrlab-test-{os.getpid()}")
    os.mkdir(shm)
    try:
        if os.stat(shm).st_dev != course.root.stat().st_dev:
            (course.root / "autograded").symlink_to(shm)
        shown = lrlab(course, "grade", UNIT, *ONE)
        assert f"Not looked at, because a submission belongs at submitted/STUDENT/{UNIT}/{UNIT}.ipynb" in shown
        assert f"submitted/tim/{UNIT}.ipynb" in shown
        assert "2 graded" in shown
        assert shown.count("1 to be marked by a person") == 2
        assert shown.count("1 note on it") == 2
        assert set(course.scores()) == {"Jürgen Müller-O'Brien+lr@uni.edu", "Jülia अनिता"}
        assert all(sum(filter(None, found.values())) == sum(POINTS.values()) for found in course.scores().values())
        assert "2 graded" in lrlab(course, "grade", UNIT, "--again", *ONE)
        assert f"submitted/tim/{UNIT}.ipynb: looks like a submission" in lrlab(course, "export")
    finally:
        for path, _, _ in os.walk(shm):
            assert "old-" not in path
        import shutil

        shutil.rmtree(shm)
