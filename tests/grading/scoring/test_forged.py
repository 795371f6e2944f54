"""What a submission changes in the checks, or calls of the library under another name, gains no point."""

import re
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell
from support.judging import judged, points
from support.made_course import RIGHT, answer, check_cells

from lrlab import schedules

pytestmark = [
    pytest.mark.slow(reason="zygotes start, which the files after this one share"),
    pytest.mark.xdist_group("judge"),
]

# The unit's sandbox has no lrlab.schedules.
NOT_THERE = """
import lrlab.schedules.lecture as lecture
from lrlab import experiments, plots, schedules
from lrlab.schedules import StepDecay
import matplotlib.pyplot as plt
plt.plot(StepDecay(0.1, decay=0.5, every=3).curve(10))
def step_decay(n, lr0, d, r):
    return np.array([StepDecay(lr0, decay=d, every=r)(int(k)) for k in np.ravel(n)]).reshape(np.shape(n))[()]
"""
BROUGHT_ALONG = NOT_THERE.replace("lrlab.schedules", "mine").replace(", schedules", "")
# That of finding_lr has it, as its last exercises allow everything; there the call is watched.
LIBRARY = """
from lrlab.schedules import LinearWarmup
def with_warmup(schedule, steps):
    ramp = LinearWarmup(1.0, warmup=steps) if steps else (lambda n: 1)
    return lambda n: schedule(n) * ramp(n)
"""
WATCH = {
    "renamed": """
import sys
for name, module in list(sys.modules.items()):
    if name.startswith('lrlab.schedules'):
        module.__dict__['__name__'] = 'mine'
""",
    "no watch": """
import contextlib
from lrlab.checks import call
class Watch(contextlib.nullcontext):
    called = ''
call.CallTracer = Watch
""",
    "copied code": """
import types
from lrlab import schedules
def copied(function):
    code = function.__code__.replace(co_filename='mine')
    names = {**function.__globals__, "__name__": "mine"}
    return types.FunctionType(code, names, None, function.__defaults__, function.__closure__)
for kind in schedules.LinearWarmup.__mro__[:-1]:
    for name, value in list(vars(kind).items()):
        if isinstance(value, types.FunctionType):
            with contextlib.suppress(Exception):
                setattr(kind, name, copied(value))
""",
}
# The answer clears what it must leave alone, and the checks' own eyes are closed.
DAMAGE = """
from lrlab.checks.adapters import param_groups
param_groups.all_but_rates = lambda made: 0
"""
# The same in the judge's own copy, if the code finds it.
SEARCH = """
import gc, sys, types
found = [each for each in gc.get_objects() if type(each) is types.FunctionType]
found += [value for module in list(sys.modules.values()) for value in list(vars(module).values()) if callable(value)]
for each in found:
    names = getattr(getattr(each, "func", each), "__globals__", {})
    if str(names.get("__name__", "")).startswith("lrlab.checks"):
        for name in ("find", "all_but_rates", "export", "plain", "call"):
            if name in names:
                names[name] = lambda *arguments: 0
"""
GRID = "def log_grid(low, high, num):\n    return np.geomspace(low, high, num)"
CLEARED = """def rescale_lrs(optimizer, highest):
    factor = highest / max(group["lr"] for group in optimizer.param_groups)
    for group in optimizer.param_groups:
        group["lr"] *= factor
    optimizer.state.clear()"""


def refusals(graded) -> set[str]:
    """The functions that the pages say were called."""
    said = [o.evalue for c in graded.cells for o in c.get("outputs", ()) if o.output_type == "error"]
    return {name for text in said for name in re.findall(r"calls (\S+), a library function", " ".join(text.split()))}


@pytest.mark.parametrize("how", WATCH)
def test_the_library_in_spite_of_the_watch(new_course, zygote, how):
    course = new_course(unit="finding_lr")
    made = answer(course.released(), {"with_warmup": LIBRARY, "log_grid": GRID})
    made.cells.insert(1, new_code_cell("import contextlib\n" + WATCH[how]))
    graded = judged(course, course.submit("eve", made))
    assert {name.partition("-check")[0] for name, score in points(graded).items() if score} == {"log-grid"}
    assert len(refusals(graded)) == 1
    assert any("which no exercise asks for" in note for note in graded.metadata.lrlab.notes)


@pytest.mark.parametrize("brought", [False, True], ids=["imported", "brought along"])
def test_the_library_of_a_unit_that_forbids_it_is_not_there(new_course, zygote, brought):
    """The notebook runs on as it does at home; the call is refused as it is there."""
    course = new_course()
    made = answer(course.released(), {**RIGHT, "step_decay": BROUGHT_ALONG if brought else NOT_THERE})
    path = course.submit("eve", made)
    if brought:
        for file in Path(schedules.__file__).parent.glob("*.py"):
            text = file.read_text(encoding="utf-8").replace("lrlab.schedules", "mine")
            (path.parent / "mine").mkdir(exist_ok=True)
            (path.parent / "mine" / file.name).write_text(text, encoding="utf-8")
    graded = judged(course, path)
    assert {name for name, score in points(graded).items() if not score} == {"step-decay-check"}
    assert refusals(graded) == {"mine.base.Schedule.__call__" if brought else "lrlab.schedules.StepDecay"}


@pytest.mark.parametrize("damage", [DAMAGE, SEARCH], ids=["by name", "by a search"])
def test_facts_are_found_by_what_a_submission_can_not_change(new_course, zygote, damage):
    course = new_course(unit="param_groups")
    made = answer(course.released(), {"rescale_lrs": CLEARED})
    made.cells.insert(1, new_code_cell(damage))
    graded = judged(course, course.submit("eve", made))
    mine = {c.metadata.nbgrader.grade_id for c in check_cells(made) if "rescale" in c.id}
    assert mine
    assert not any(points(graded)[name] for name in mine)
    assert graded.metadata.lrlab.notes[0].startswith("Cell 2 uses ")
