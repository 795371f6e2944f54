"""Cells deleted, copied, added, moved, retyped or re-flagged."""

import copy
import itertools

import nbformat

from support.made_course import RIGHT, WRONG, check_cells, without_checks

from . import FULL, NOTHING, TO_A_PERSON, cell, edited, without

SCRIPT = "<script>document.title = 'taken over'</script>"


def written(notebook):
    return cell(notebook, "which-formula-answer")


@edited("tests tagged to be skipped", NOTHING, WRONG)
def _(notebook):
    for one in notebook.cells:
        one.metadata["tags"] = ["skip-execution", "raises-exception"]


@edited("answers tagged to be skipped", FULL)
def _(notebook):
    for one in notebook.cells:
        one.metadata["tags"] = ["skip-execution"]


for _name, _answers, _points in (("right", RIGHT, FULL), ("wrong", WRONG, NOTHING)):

    @edited(f"{_name}, tests deleted", _points, _answers)
    def _(notebook):
        notebook.cells = without_checks(notebook)

    @edited(f"{_name}, tests replaced by a print", _points, _answers)
    def _(notebook):
        for one in check_cells(notebook):
            one.source = "print('all right')"

    @edited(f"{_name}, tests turned into Markdown", _points, _answers)
    def _(notebook):
        for one in check_cells(notebook):
            one.cell_type = "markdown"
            del one["outputs"], one["execution_count"]

    @edited(f"{_name}, tests before the answers", _points, _answers)
    def _(notebook):
        moved = check_cells(notebook)
        notebook.cells = [*moved, *(c for c in notebook.cells if c not in moved)]

    @edited(f"{_name}, all points at 100", _points, _answers)
    def _(notebook):
        for one in check_cells(notebook):
            one.metadata.nbgrader.points = 100

    @edited(f"{_name}, points of a wild kind", _points, _answers)
    def _(notebook):
        for one, points in zip(check_cells(notebook), itertools.cycle((-1, 1e300, "many", None, [7])), strict=False):
            one.metadata.nbgrader.points = points

    @edited(f"{_name}, grade flags flipped", _points, _answers)
    def _(notebook):
        for one in notebook.cells:
            if "nbgrader" in one.metadata:
                one.metadata.nbgrader.grade = not one.metadata.nbgrader.grade

    @edited(f"{_name}, tests flagged as answers", _points, _answers)
    def _(notebook):
        for one in check_cells(notebook):
            one.metadata.nbgrader.solution = True
            one.source += "\n# mine"

    @edited(f"{_name}, tests unlocked and changed", _points, _answers)
    def _(notebook):
        for one in check_cells(notebook):
            one.metadata.nbgrader.locked = False
            one.source = "pass"

    @edited(f"{_name}, an old schema", _points, _answers)
    def _(notebook):
        for one in notebook.cells:
            if "nbgrader" in one.metadata:
                one.metadata.nbgrader.schema_version = 1

    @edited(f"{_name}, a schema from the future", _points, _answers)
    def _(notebook):
        for one in notebook.cells:
            if "nbgrader" in one.metadata:
                one.metadata.nbgrader.schema_version = 99

    @edited(f"{_name}, metadata lost", _points, _answers)
    def _(notebook):
        for one in notebook.cells:
            one.metadata = {}


@edited("a solution copied and left", FULL)
def _(notebook):
    twin = copy.deepcopy(cell(notebook, "half-life-answer"))
    twin.id = "twin"
    notebook.cells.insert(notebook.cells.index(cell(notebook, "half-life-answer")), twin)


@edited("a test copied a hundred times", NOTHING, WRONG)
def _(notebook):
    for number in range(100):
        twin = copy.deepcopy(cell(notebook, "half-life-check"))
        twin.id, twin.source = f"twin-{number}", "pass"
        notebook.cells.append(twin)


@edited("an added test worth 100 points", NOTHING, WRONG)
def _(notebook):
    extra = copy.deepcopy(cell(notebook, "half-life-check"))
    extra.id, extra.source = "extra", "pass"
    extra.metadata.nbgrader.update(grade_id="extra", points=100)
    notebook.cells.append(extra)


@edited("answers under the tests' names", TO_A_PERSON, WRONG)
def _(notebook):
    for one in notebook.cells:
        if one.id.endswith("-answer") and one.cell_type == "code":
            one.metadata.nbgrader.grade_id = one.id.replace("-answer", "-check")


@edited("an answer turned into Markdown", FULL)
def _(notebook):
    one = cell(notebook, "half-life-answer")
    one.cell_type = "markdown"
    del one["outputs"], one["execution_count"]


@edited("the set-up cell deleted", FULL)
def _(notebook):
    notebook.cells.remove(cell(notebook, "setup"))


@edited("the set-up cell replaced", FULL)
def _(notebook):
    cell(notebook, "setup").source = "np = None"


@edited("one answer deleted", without("half_life"))
def _(notebook):
    notebook.cells.remove(cell(notebook, "half-life-answer"))


@edited("every cell deleted", NOTHING)
def _(notebook):
    notebook.cells = []


@edited("all cells in the reverse order", FULL)
def _(notebook):
    notebook.cells.reverse()


@edited("one id for all cells", FULL)
def _(notebook):
    for one in notebook.cells:
        one.id = "same"


@edited("another language's kernel", FULL)
def _(notebook):
    notebook.metadata.kernelspec = {"name": "bash", "display_name": "x", "language": "bash"}
    notebook.metadata.language_info = {"name": "bash"}


@edited("scripts wherever a text can be", FULL)
def _(notebook):
    notebook.metadata.title = SCRIPT
    notebook.metadata.widgets = {"application/vnd.jupyter.widget-state+json": {"state": {"x": SCRIPT}}}
    written(notebook).source += f"\n\n{SCRIPT}\n\n<img src=x onerror=alert(1)>\n\n[here](javascript:alert(1))"
    written(notebook)["attachments"] = {"a.svg": {"image/svg+xml": SCRIPT}}
    for one in notebook.cells:
        one.metadata["evil"] = SCRIPT
        if one.cell_type == "code":
            data = {"text/html": SCRIPT, "application/javascript": "alert(1)", "image/svg+xml": SCRIPT}
            one.outputs = [nbformat.v4.new_output("display_data", data)]


@edited("outputs that claim the points", NOTHING, WRONG)
def _(notebook):
    for one in check_cells(notebook):
        one.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "3.0"}, execution_count=1)]
