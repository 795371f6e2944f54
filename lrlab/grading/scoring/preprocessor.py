"""Score a submission from outside: its process answers calls with plain values, and these are compared here.

The student's cells run in the kernel. In place of each check cell, and once more after the last cell, the judge runs
the exercise's adapter there on public and hidden cases: arguments go in, plain values come out as text. The better of
the two results counts. For the end other hidden cases are drawn, so that the cells between can't prepare for them. The
right values, the reference and the verdict stay outside: the process can't look up a right value, and it writes no
score.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from operator import attrgetter
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.coursedir import CourseDirectory
from traitlets import Bool, Integer

from lrlab.grading.sandbox.archive import pack_files
from lrlab.grading.scoring.calls import Answered, CallAnswers
from lrlab.grading.scoring.execution import not_run
from lrlab.grading.scoring.test_specs import TestSpec, drawn_seed, hidden_cases, read_test_spec
from lrlab.grading.scoring.verdicts import Result, count_right, failed, verdict
from lrlab.grading.submission.cells import cell_name
from lrlab.grading.submission.notebook import python_metadata, read
from lrlab.grading.submission.restore_cells import assignment_cells
from lrlab.grading.submission.unused_work import find_other_definitions, find_replaced_texts, find_unused_work

RANK = attrgetter("passed", "right")  # of a Result: the better one counts
AT_END = 2**32  # what is added to a submission's seed for the cases that are drawn for the end

# Names that suggest tampering. A match adds a note for the instructor; it never changes the score.
SUSPICIOUS = re.compile(
    r"lrlab\.checks\.\w+|from lrlab\.checks import (?!(check|summary)\s*($|#))[^\n]*|_lrlab\w*|\bsys\.modules\b"
    r"|\b(setprofile|getprofile|_profile_hook|settrace|_getframe|ctypes|run_code|run_cell|input_transformers?\w*|os\._exit|gc\.\w+|tb_frame|add\w*audit\w*)\b"
    r"|\b(f_locals|f_builtins|walk_stack|_current_frames|currentframe|inspect\.stack|sys\.monitoring|builtins)\b"
    r"|\b(get_objects|get_referrers|get_referents|import gc|from gc)\b"
    r"|\b(getsource\w*|FunctionType|CodeType|co_\w+|f_globals|f_back|__(code|globals|closure|subclasses|builtins)__)\b",
    re.MULTILINE,
)

# It knows the checks of its own kernel, and there are none here. On the page it would say that all of them are open.
SUMMARY = re.compile(r"from lrlab\.checks import summary\s+summary\([^()]*\)")
INSTEAD_OF_SUMMARY = "Graded: the points are beside each check and each text above.\n"


class Judge(CallAnswers):
    """CallAnswers, with check cells that are judged instead of run.

    Where the time of the whole submission was up, a person marks the answers that are not right. The graded notebook's
    ``metadata.lrlab`` has the seed, how many cases were right for each check cell, and what waits for a person.
    """

    cases_seed = Integer(0, help="Seed of the hidden cases, together with the submission itself.").tag(config=True)
    record_timing = Bool(False, help="Write into each cell when it ran; then no two gradings are equal.").tag(
        config=True
    )

    def preprocess(
        self, nb: NotebookNode, resources: Any = None, km: Any = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        course = resources["nbgrader"]
        kept = nb.metadata.get("lrlab", {})
        seed = drawn_seed(self.cases_seed, course["assignment"], course["student"], nb)
        known, source = assignment_cells(course), self._folder(course, "source") / f"{course['notebook']}.ipynb"
        self._begin(self._test_specs(known, source.parent, seed))
        self._specs_at_end = self._test_specs(known, source.parent, seed + AT_END)
        self._answered: dict[str, list[tuple[TestSpec, Answered]]] = {name: [] for name in self._specs}
        self._whole: set[str] = set()  # check cells that were asked with all earlier cells run
        submitted = self._folder(course, "submitted")
        # Where the submission runs, nbgrader has left out other notebooks.
        folder = submitted if submitted.is_dir() else None
        replaced = find_replaced_texts(read(folder / source.name), known) if folder is not None else {}
        unused, unwritten = find_unused_work(nb, known, source, folder, _not_packed(folder), replaced)
        answers = {name: spec.answer for name, spec in self._specs.items()}
        elsewhere = find_other_definitions(nb, known, source, answers, replaced)
        notes = [*kept.get("notes", ()), *unused, *_suspicious(nb, self._specs)]
        nb, resources = super().preprocess(nb, resources, km)
        # Only now: no process of the student's is left to send anything, and memory that the grader itself needs to
        # train with a schedule is not mistaken for a flood of messages.
        results = {name: self._best(spec, notes) for name, spec in self._specs.items()}
        for cell in nb.cells:
            if cell_name(cell) in self._specs:
                cell.execution_count = None
                cell.outputs = results[cell_name(cell)].outputs
        late = [name for name, result in results.items() if not result.passed and name not in self._whole]
        if self._late:
            notes.append(
                f"The time of {self.submission_timeout} seconds was up. The assignment's own cells were run without "
                f"the others{', and a person has to mark ' * bool(late)}{', '.join(late)}."
            )
        elsewhere = {name: note for name, note in elsewhere.items() if not results[name].passed}
        notes += dict.fromkeys(elsewhere.values())
        if self._restarts:
            notes.append(f"The student's process died and was started again {self._restarts} times.")
        scores = {name: {"passed": r.passed, "right": r.right, "cases": r.count} for name, r in results.items()}
        waiting = [*unwritten, *late, *elsewhere]
        nb.metadata = python_metadata(notes, seed=seed, judged=scores, waiting=waiting)
        return nb, resources

    def preprocess_cell(self, cell: NotebookNode, resources: Any, index: int) -> tuple[NotebookNode, Any]:
        if index == 0:
            self._prepare(resources)
        spec = self._specs.get(cell_name(cell))
        if spec is not None:
            self._ask_and_keep(spec, resources, index)
        elif self._late and not cell_name(cell) and cell.cell_type == "code":
            cell.outputs = [not_run("Not run: the time for the whole submission was up.")]
        elif cell.cell_type == "code" and SUMMARY.fullmatch(cell.source.strip()):
            cell.outputs = [new_output("stream", name="stdout", text=INSTEAD_OF_SUMMARY)]
        else:
            self._run(cell, resources, index)
        if index == len(self.nb.cells) - 1:
            for spec in self._specs_at_end.values():
                self._ask_and_keep(spec, resources, index + 1)
        return cell, resources

    def _ask_and_keep(self, spec: TestSpec, resources: Any, upto: int) -> None:
        """Call an answer after the cells before ``upto``, and keep the reply."""
        whole = not self._late
        answered = self._reply_to(spec, resources, upto)
        if whole and self._is_over():
            self._run_assignment_alone(resources, upto)
            if answered[0] is None:
                answered, whole = self._reply_to(spec, resources, upto), False
        if whole:
            self._whole.add(spec.cell)
        self._answered[spec.cell].append((spec, answered))

    def _best(self, spec: TestSpec, notes: list[str]) -> Result:
        """Return the better one of an answer's results."""
        results: list[Result] = []
        for asked, (reply, reason) in self._answered[spec.cell]:
            if reply is None:
                result = failed(asked, reason)
            elif results and RANK(counted := count_right(asked, reply)) <= max(map(RANK, results)):
                result = counted  # no page shows it, and to say what is wrong takes long
            else:
                result = verdict(asked, reply)
            results.append(result)
        best = max(results, key=RANK)
        if not all(result.passed == best.passed for result in results) and not self._late:
            rights = " and ".join(str(result.right) for result in results)
            notes.append(
                f"{spec.answer} ({spec.cell}) was asked after its cell and at the end: {rights} of {best.count} "
                "right. The better one counts."
            )
        return best

    def _folder(self, course: Mapping[str, str], step: str) -> Path:
        """Return the folder of the assignment's "source", or of what was "submitted"."""
        layout = CourseDirectory(config=self.config)
        student = "." if step == "source" else course["student"]
        return Path(layout.format_path(getattr(layout, f"{step}_directory"), student, course["assignment"]))

    def _test_specs(self, known: Mapping[str, Mapping[str, Any]], folder: Path, seed: int) -> dict[str, TestSpec]:
        """Return what each check cell of the assignment tests, by the cell's name."""
        checks = {name: part["source"] for name, part in known.items() if _is_check(part)}
        hidden = hidden_cases(folder, seed) if checks else {}
        return {name: read_test_spec(name, source, hidden, folder) for name, source in checks.items()}


def _not_packed(folder: Path | None) -> list[str]:
    """Return the names of the files that the submission's code can't read."""
    with open(os.devnull, "wb") as archive:
        return pack_files(folder, archive)


def _is_check(part: Mapping[str, Any]) -> bool:
    metadata = part["metadata"]
    return bool(metadata["grade"] and not metadata["solution"] and part["cell_type"] == "code")


def _suspicious(nb: NotebookNode, specs: Mapping[str, TestSpec]) -> list[str]:
    notes = []
    for number, cell in enumerate(nb.cells, start=1):
        if cell.cell_type == "code" and cell_name(cell) not in specs:
            words = sorted({match.group() for match in SUSPICIOUS.finditer(cell.source)})
            if words:
                notes.append(f"Cell {number} uses {', '.join(words[:5])}, which no exercise asks for.")
    return notes
