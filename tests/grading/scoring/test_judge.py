"""The judge: what it asks, what it believes, and that its scores are what Validate's checks say."""

import contextlib
import functools
import io
import itertools
import json
import sys

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.corpus import RIGHT, UNIT_OF, WRONG
from support.examples import examples
from support.judging import judged, points, refused
from support.made_course import ROOT, UNIT, cell

from lrlab.checks import CheckFailed, check, reply
from lrlab.checks.call import load_torch
from lrlab.checks.compare import gives_the_right_value
from lrlab.checks.registry import UNITS, exercises, find
from lrlab.grading.scoring.execution import ExecuteSubmission
from lrlab.grading.scoring.preprocessor import SUSPICIOUS
from lrlab.grading.scoring.test_specs import AssignmentError, drawn_seed, hidden_cases, read_check, read_test_spec
from lrlab.grading.scoring.verdicts import verdict
from lrlab.grading.submission.replies import Reply, parse_reply, verified

SOLUTIONS = ROOT / "solutions"
NUMBER = {"kind": "number", "values": [2.0], "shape": []}


drawn_once = functools.cache(hidden_cases)


@functools.cache
def asked(name="half_life", unit=None, seed=1, group=None):
    unit = UNIT_OF[name].name if unit is None else unit
    group = find(name).cases[0].group if group is None else group
    words = f', group="{group}"' if group else ""
    return read_test_spec(
        "cell",
        f'from lrlab.checks import check\n\ncheck("{name}"{words})',
        drawn_once(SOLUTIONS / unit, seed),
        SOLUTIONS / unit,
    )


def right_outcomes(question):
    return [{"kind": "number", "values": [case.expected], "shape": []} for case in question.cases]


@pytest.mark.parametrize(
    "text",
    [
        "for frame, _ in traceback.walk_stack(None): print(frame)",
        "frame.f_locals['before'] = 0",
        "inspect.stack()[3]",
        "import builtins",
        "from gc import get_objects",
        "sys._current_frames()",
        "sys.monitoring.use_tool_id(3, 'x')",
    ],
)
def test_words_of_a_search_through_the_process_are_noted(text):
    assert SUSPICIOUS.search(text)


class TestQuestions:
    @pytest.mark.parametrize("unit", UNITS)
    def test_every_check_cell_of_the_course_is_a_question(self, unit):
        drawn = hidden_cases(SOLUTIONS / unit, 5)
        notebook = nbformat.read(SOLUTIONS / unit / f"{unit}.ipynb", as_version=4)
        found = [read_test_spec(c.id, c.source, drawn, SOLUTIONS / unit) for c in notebook.cells if "-check" in c.id]
        assert {q.exercise.name for q in found} == set(drawn)
        assert sum(len(q.hidden) for q in found) == sum(len(c) for g in drawn.values() for c in g.values())
        for one in found:
            # The arguments travel as JSON, and must arrive as what they were.
            assert json.loads(json.dumps([c.args for c in one.cases])) == [list(c.args) for c in one.cases]
            assert not {repr(c.args) for c in one.public} & {repr(c.args) for c in one.hidden}

    @pytest.mark.parametrize(
        "source",
        [
            "",
            "assert half_life(1) == 2",
            'check("half_life", half_life); check("half_life", half_life)',
            'check("half_life", lambda d: 1)',
            'check("half_life", half_life, cases=[])',
            'check("half_life", half_life, group=name)',
            'check(name="half_life")',
            "def (",
            'print(check("half_life", half_life))',
        ],
    )
    def test_another_check_cell_is_the_instructors_mistake(self, source):
        with pytest.raises(
            AssignmentError, match=r"^the check cell 'q' must hold an import and one call check\(.*, and it"
        ):
            read_check("q", source)

    def test_what_is_not_there_is_named(self, tmp_path):
        with pytest.raises(AssignmentError, match=r"'q' can't be judged: name must be one of .*, got 'nothing'"):
            read_test_spec("q", 'check("nothing", x)', {}, tmp_path)
        with pytest.raises(AssignmentError, match=r"reference.py draws no hidden cases for 'half_life'"):
            read_test_spec("q", 'check("half_life", half_life)', {}, tmp_path)
        with pytest.raises(AssignmentError, match=r"reference.py is missing"):
            hidden_cases(tmp_path, 1)
        (tmp_path / "reference.py").write_text("def hidden_cases(seed):\n    return 1 / 0\n")
        with pytest.raises(AssignmentError, match="can't draw hidden cases: ZeroDivisionError: division by zero"):
            hidden_cases(tmp_path, 1)

    @pytest.mark.parametrize(
        ("source", "said"),
        [
            ("import sys\nsys.exit(3)", "can't be used: SystemExit: 3"),
            ("def hidden_cases(seed):\n    raise SystemExit(3)", "can't draw hidden cases: SystemExit: 3"),
            ("import os\nos._exit(3)", r"can't be used: SystemExit: os\._exit\(3\)"),
            (
                "from os import _exit\ndef hidden_cases(seed):\n    _exit(3)",
                r"can't draw hidden cases: SystemExit: os\._exit\(3\)",
            ),
        ],
    )
    def test_a_reference_that_exits_is_the_courses_fault(self, tmp_path, source, said):
        (tmp_path / "reference.py").write_text(source)
        with pytest.raises(AssignmentError, match=said):
            hidden_cases(tmp_path, 1)

    def test_a_changed_reference_is_read_anew(self, tmp_path):
        path = tmp_path / "reference.py"
        path.write_text("def hidden_cases(seed):\n    return {'a': [seed]}\n")
        assert hidden_cases(tmp_path, 3) == {"a": {"": [3]}}
        path.write_text("def hidden_cases(seed):\n    return {'a': {'g': [seed + 1]}}\n")
        assert hidden_cases(tmp_path, 3) == {"a": {"g": [4]}}

    def test_the_seed_is_the_submissions(self):
        made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1")])
        seed = drawn_seed(0, "unit", "ada", made)
        made.cells[0].id, made.cells[0].outputs = "other", [nbformat.v4.new_output("stream", text="hi")]
        assert drawn_seed(0, "unit", "ada", made) == seed
        other = [drawn_seed(1, "unit", "ada", made), drawn_seed(0, "unit", "bob", made)]
        made.cells[0].source = "x = 2"
        assert len({seed, *other, drawn_seed(0, "unit", "ada", made)}) == 4


class TestVerdict:
    def test_right(self):
        one = asked()
        result = verdict(one, parse_reply(json.dumps({"outcomes": right_outcomes(one)}), one.exercise, len(one.cases)))
        assert (result.passed, result.right) == (True, len(one.cases))
        (shown,) = result.outputs
        assert shown.output_type == "stream"
        assert f"All {len(one.public)} cases right" in shown.text
        assert f"All {len(one.hidden)} further cases right" in shown.text

    @pytest.mark.parametrize("place", range(6))
    def test_one_wrong_case_is_enough_and_no_hidden_value_shows(self, place):
        one = asked()
        outcomes = right_outcomes(one)
        outcomes[place]["values"] = [0.123]
        result = verdict(one, parse_reply(json.dumps({"outcomes": outcomes}), one.exercise, len(one.cases)))
        assert (result.passed, result.right) == (False, 5)
        text = json.dumps(result.outputs)
        assert result.outputs[-1].output_type == "error"
        assert ("2 of 3 cases right" if place < 3 else "2 of 3 further cases right") in text
        assert ("0.123" in text) == (place < 3)
        for case in one.hidden:
            assert f"{case.expected:.6g}" not in text
            assert str(case.args[0]) not in text

    def test_too_few_outcomes_are_wrong_answers(self):
        one = asked()
        reply = parse_reply(json.dumps({"outcomes": right_outcomes(one)[:4]}), one.exercise, len(one.cases))
        assert not verdict(one, reply).passed

    def test_absent(self):
        one = asked()
        assert "is not defined" in verdict(one, Reply(absent="undefined")).outputs[0].evalue
        assert "its type is float" in verdict(one, Reply(absent="float")).outputs[0].evalue

    @pytest.mark.parametrize("rates", [[0.1] * 10, [0.1] * 100_000, ["nan"] * 250, [True] * 250, None, {}, [[1]] * 250])
    def test_the_capstone_trains_with_as_many_rates_as_it_asks_for(self, rates):
        one = asked("my_schedule", "finding_lr")
        outcomes = [{"kind": "facts", "facts": {"rates": rates, "accuracy": 0.99}}] * len(one.cases)
        assert not verdict(one, parse_reply(json.dumps({"outcomes": outcomes}), one.exercise, len(one.cases))).passed


leaves = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=8))
plain = st.recursive(
    leaves,
    lambda s: st.lists(s, max_size=4) | st.dictionaries(st.text(max_size=8), s, max_size=4),
    max_leaves=examples(100),
)
keys = ("kind", "values", "shape", "facts", "type", "message", "line", "printed", "changed", "single", "integers")
kinds = st.sampled_from(["number", "array", "list", "none", "odd", "error", "facts", "refused"])


@st.composite
def outcomes(draw, wanted):
    """An outcome that is right but for a few keys."""
    made = {"kind": "facts", "facts": wanted} if isinstance(wanted, dict) else dict(NUMBER)
    for key in draw(st.lists(st.sampled_from(keys), max_size=4)):
        made[key] = draw(kinds) if key == "kind" else draw(plain)
    return made


class TestReplies:
    @pytest.mark.parametrize(
        "text",
        [None, 7, b"{}", "", "{", "[]", "7", "{}", '{"outcomes": 7}', '{"outcomes": {"a": 1}}', '{"outcomes": [NaN]}',
         '{"outcomes": [' + "9" * 400 + "]}", '{"outcomes": ' + "[" * 60 + "]" * 60 + "}", "[" * 10**5,
         "x" * 2_000_001],
    )  # fmt: skip
    def test_what_is_no_reply(self, text):
        assert parse_reply(text, find("half_life"), 2) is None

    def test_a_reply_counts_for_its_own_question_signed_with_the_kernels_key(self):
        key, question, text = b"the kernel's key", ("half_life", "half_life", "[[1.0]]"), '{"outcomes": []}'
        signed = reply.signature(key, question, text) + text
        assert verified(signed, key, question) == text
        assert verified(signed, b"a guess", question) is None
        assert verified(signed, key, ("half_life", "half_life", "[[2.0]]")) is None
        for forged in (text, signed + " ", "0" + signed[1:], signed[1:], "é" * 99, "", None, signed.encode()):
            assert forged == signed or verified(forged, key, question) is None

    @pytest.mark.slow
    @settings(deadline=None, max_examples=300, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def test_whatever_comes_back_there_is_a_verdict(self, data):
        name = data.draw(st.sampled_from(["half_life", "gradient_descent", "best_lr", "steps_to_reach"]))
        one = asked(name)
        given_back = [data.draw(outcomes(case.expected)) for case in one.cases]
        reply = parse_reply(json.dumps({"outcomes": given_back}), one.exercise, len(one.cases))
        if reply is not None:
            result = verdict(one, reply)
            nbformat.validate(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=result.outputs)]))

    def test_hidden_cases_are_explained_by_mistakes_that_are_right_on_the_public_ones(self):
        one = asked("read_log", "decay_formulas", 5, "stairs")
        named = {name for case in one.explained for name in case.mistaken}
        assert named
        assert all(gives_the_right_value(name, case) for name in named for case in one.public)

    @pytest.mark.slow
    @pytest.mark.parametrize("unit", UNITS)
    def test_the_public_values_earn_no_hidden_case(self, unit):
        drawn = drawn_once(SOLUTIONS / unit, 5)
        for name, groups in drawn.items():
            if find(name).adapter.finish is not None:
                continue
            for group in groups:
                one = asked(name, unit, 5, group)
                mine = itertools.islice(itertools.cycle(c.expected for c in one.public), len(one.cases))
                facts = [{"kind": "facts", "facts": e} if isinstance(e, dict) else number(e) for e in mine]
                reply = parse_reply(json.dumps({"outcomes": facts}), one.exercise, len(one.cases))
                assert not verdict(one, reply).passed, name


def number(expected):
    values = expected if isinstance(expected, list) else [expected]
    return {"kind": "array" if isinstance(expected, list) else "number", "values": values,
            "shape": [len(values)] * isinstance(expected, list)}  # fmt: skip


def module_source(unit):
    """An answers' module as a notebook's cell: its decorators do nothing there."""
    text = (SOLUTIONS / unit / "answers.py").read_text("utf-8")
    text = text.replace("from lrlab.units import Corpus\n\n", "").replace("corpus = Corpus()\n", "")
    text = text.replace("= corpus.right, corpus.wrong", "= [lambda *_: lambda function: function] * 2")
    return text.partition('"""\n')[2]


def rounds(kind, unit):
    """Submissions that between them hold every answer: the first of each exercise, the second, …"""
    mine = {e.name: [a for a in kind if a.exercise == e.name] for e in exercises().values()}
    names = list(hidden_cases(SOLUTIONS / unit, 1))
    for number in range(max(len(mine[name]) for name in names)):
        yield {name: mine[name][number] for name in names if number < len(mine[name])}


def passes(one, function):
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            check(one.exercise.name, function, cases=one.public)
            check(one.exercise.name, function, cases=one.hidden)
    except CheckFailed:
        return False
    return True


DRAWN_AT_NIGHT = pytest.mark.nightly(reason="all right answers on cases drawn nine times; once in every run")


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("seeds", [range(100, 101), pytest.param(range(101, 110), marks=DRAWN_AT_NIGHT)])
def test_a_right_answer_is_right_whatever_is_drawn(unit, seeds):
    load_torch()
    for seed in seeds:
        for name, groups in hidden_cases(SOLUTIONS / unit, seed).items():
            if name == "my_schedule":  # trained from the same starts whatever the seed
                continue
            for answer in (a for a in RIGHT if a.exercise == name):
                for cases in groups.values():
                    with contextlib.redirect_stdout(io.StringIO()):
                        check(name, answer.function, cases=cases)


def said_of(one, function, monkeypatch):
    """The judge's verdict on an answer, with this process in the place of the student's; what crosses is a text."""
    monkeypatch.setitem(sys.modules["__main__"].__dict__, "the_answer", function)
    with contextlib.redirect_stdout(io.StringIO()):
        text = reply.reply_to(one.exercise.name, "the_answer", json.dumps([case.args for case in one.cases]))
    return verdict(one, parse_reply(text, one.exercise, len(one.cases)))


def one_of_each(answers):
    """The first answer to each exercise, and the second, but for exercises that are judged by training."""
    mine = itertools.groupby(sorted(answers, key=lambda a: a.exercise), key=lambda a: a.exercise)
    return [a for name, some in mine for a in itertools.islice(some, 2 if find(name).adapter.finish is None else 1)]


def judged_alone(unit, choose, monkeypatch):
    """Whether each answer passes all its check cells, as the judge sees it in this process."""
    load_torch()
    drawn = hidden_cases(SOLUTIONS / unit, 5)
    notebook = nbformat.read(SOLUTIONS / unit / f"{unit}.ipynb", as_version=4)
    asked_of = [read_test_spec(c.id, c.source, drawn, SOLUTIONS / unit) for c in notebook.cells if "-check" in c.id]
    for kind in (RIGHT, WRONG):
        mine = [answer for answer in kind if answer.exercise in drawn]
        assert {answer.exercise for answer in mine} == set(drawn)
        for answer in choose(mine):
            cells = [one for one in asked_of if one.exercise.name == answer.exercise]
            passed = [said_of(one, answer.function, monkeypatch).passed for one in cells]
            assert all(passed) == (kind is RIGHT), answer.id


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
def test_the_judge_gives_right_answers_all_points_and_no_wrong_one(unit, monkeypatch):
    """Where a wrong answer passes one check cell of two, the night compares each with `check`."""
    judged_alone(unit, one_of_each, monkeypatch)


@pytest.mark.slow
@pytest.mark.nightly(reason="every answer of the corpora; `check` has each of them in every run, the judge two of each")
@pytest.mark.parametrize("unit", UNITS)
def test_the_judge_gives_every_right_answer_all_points(unit, monkeypatch):
    judged_alone(unit, lambda answers: [a for a in answers if a not in one_of_each(answers)
                                        and find(a.exercise).adapter.finish is None], monkeypatch)  # fmt: skip


@pytest.mark.slow
@pytest.mark.nightly(reason="90 notebooks, each in a kernel of Validate's; the judge's half of it is in every run")
@pytest.mark.parametrize("unit", UNITS)
def test_every_answer_of_the_corpora_gets_what_validate_gives_it(unit, zygote, new_course):
    load_torch()  # else the first answer with an optimizer imports it, against the clock
    course = new_course(unit=unit)
    for kind in (RIGHT, WRONG):
        for chosen in rounds(kind, unit):
            notebook = course.released()
            notebook.cells.insert(2, nbformat.v4.new_code_cell(module_source(unit)))
            for name, answer in chosen.items():
                cell(notebook, f"{name.replace('_', '-')}-answer").source = f"{name} = {answer.function.__name__}"
            path = course.submit("ada", notebook)
            failed = refused(path)
            graded = judged(course, path)
            found = points(graded)
            drawn = hidden_cases(SOLUTIONS / unit, graded.metadata.lrlab.seed)
            sources = {c.id: c.source for c in course.released().cells if "-check" in c.id}
            for check_cell, source in sources.items():
                one = read_test_spec(check_cell, source, drawn, SOLUTIONS / unit)
                if one.exercise.name in chosen:
                    answer = chosen[one.exercise.name]
                    most = cell(course.released(), check_cell).metadata.nbgrader.points
                    due = kind is RIGHT or passes(one, answer.function)
                    assert found[check_cell] == (most if due else 0), (answer.id, check_cell)
                    assert (source.strip() not in failed) == due, f"Validate says otherwise: {answer.id}, {check_cell}"


@pytest.fixture(scope="module")
def course(new_course):
    return new_course()


@pytest.mark.slow
@pytest.mark.xdist_group("judge")
class TestGraded:
    def test_the_same_submission_gets_the_same(self, course, zygote):
        path = course.submit("ada", course.released())
        first, again, other = (judged(course, path, cases_seed=seed) for seed in (0, 0, 1))
        assert first == again
        assert first.metadata.lrlab.seed != other.metadata.lrlab.seed

    def test_no_right_value_enters_the_students_process(self, course, zygote, monkeypatch):
        sent = []
        run = ExecuteSubmission.preprocess_cell

        def recorded(self, cell, resources, index):
            sent.append(cell.source)
            return run(self, cell, resources, index)

        monkeypatch.setattr(ExecuteSubmission, "preprocess_cell", recorded)
        graded = judged(course, course.submit("ada", course.released()))
        text, known = "\n".join(sent), "\n".join(cell.source for cell in course.released().cells)
        hidden = hidden_cases(SOLUTIONS / UNIT, graded.metadata.lrlab.seed)
        drawn = [(name, *case) for name, groups in hidden.items() for cases in groups.values() for case in cases]
        for name, args, _ in drawn:
            assert json.dumps(list(args)) in text, name
        for args in [args for _, args, _ in drawn] + [case.args for name in hidden for case in find(name).cases]:
            text = text.replace(json.dumps(list(args)), "")  # such as a rate of 1.0 at the start
        for name, _, expected in drawn:
            for value in expected if isinstance(expected, list) else [expected]:
                assert repr(value) not in text or repr(value) in known, name
        assert "cases=" not in text

    def test_unusual_words_are_noted(self, course, zygote):
        notebook = course.released()
        notebook.cells.insert(0, nbformat.v4.new_code_cell("import sys; sys.setprofile(None)"))
        graded = judged(course, course.submit("ada", notebook))
        assert graded.metadata.lrlab.notes == ["Cell 1 uses setprofile, which no exercise asks for."]


def test_the_corpora_are_all_here():
    assert len(RIGHT) + len(WRONG) == len([a for u in UNITS for k in (RIGHT, WRONG) for r in rounds(k, u) for a in r])
