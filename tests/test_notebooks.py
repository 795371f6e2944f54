"""Every notebook of the course, run as a student would: top to bottom, offline, on both data sets."""

import os
import re
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from support import notebook_claims_schedules as claims_schedules
from support.notebook_claims import check_adaptive, check_finding
from support.notebook_claims_sgd import check_learning_rate, check_snapshots
from support.notebook_claims_since_2020 import check_since_2020

REPO = Path(__file__).parents[1]
COURSE = sorted((REPO / "course").glob("*.ipynb"))
MNIST = REPO.parent / "shared" / "mnist"
EXACT = claims_schedules.EXACT  # by a notebook's number: what its prose says, of which training changes nothing
TRAINED = claims_schedules.TRAINED | {
    "06": check_snapshots,
    "07": check_adaptive,
    "08": check_finding,
    "09": check_since_2020,
}
IMAGES = 320  # in a rehearsal
OTHERS = {"03": 96, "06": 500, "08": 1437}  # one trains CNNs, the others name so many or want 200 updates of an epoch
# Before the first cell of a notebook: there are few images, whatever trains does so for one epoch, and what takes the
# number of updates itself makes few, with two seeds.
LITTLE_TRAINING = """
import lrlab.data
import lrlab.train
from lrlab import experiments

whole_load = lrlab.data.load
lrlab.data.load = lambda *args, **kwargs: whole_load(*args, **{**kwargs, "max_train": IMAGES, "max_val": 100})
lrlab.train.epochs_for = lambda data, updates, **about: 1


def less(name, **few):
    whole = getattr(experiments, name)
    setattr(experiments, name, lambda *args, **kwargs: whole(*args, **{**kwargs, "seeds": range(2), **few}))


less("compare", epochs=1)
less("sweep", epochs=1)
less("track_sharpness", updates=60)
less("cooldowns")
less("snapshots", seeds=range(3), epochs=5)
less("width_transfer", updates=5)
less("updates_to_target", images=500)
less("compare_warmup", epochs=9)  # longer than the warm-up
"""


def run(path: Path, **environment: str) -> nbformat.NotebookNode:
    return execute(nbformat.read(path, as_version=4), **environment)


def execute(notebook: nbformat.NotebookNode, **environment: str) -> nbformat.NotebookNode:
    client = NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": REPO / "course"}}
    )
    client.execute(env={**os.environ, **environment})
    return notebook


def printed(notebook: nbformat.NotebookNode, cell_id: str) -> str:
    """All text that the cell with this id showed."""
    cell = next(cell for cell in notebook.cells if cell.id == cell_id)
    streams = "".join(output.text for output in cell.outputs if output.output_type == "stream")  # may come in parts
    return "\n".join([streams, *(output.data.get("text/plain", "") for output in cell.outputs if "data" in output)])


def check_outputs(notebook: nbformat.NotebookNode) -> None:
    """No cell warns, and each figure has words for those who do not see it."""
    for cell in notebook.cells:
        warned = any(output.get("name") == "stderr" for output in cell.get("outputs", []))
        assert not warned, f"{cell.id} warns"
        for output in cell.get("outputs", []):
            if "Figure" in output.get("data", {}).get("text/plain", ""):
                assert len(output.data["image/svg+xml"]) < 150_000, f"{cell.id}: a heavy figure"
                alt = output.metadata["image/svg+xml"]["alt"]
                assert len(alt) > 20, f"{cell.id}: {alt!r} does not say what the figure shows"


def check_what_you_should_see(name: str, notebook: nbformat.NotebookNode, dataset: str) -> None:
    """The figures that a notebook's prose claims of a data set, in the outputs of the cells beside it."""
    check_outputs(notebook)

    def shown(cell_id: str) -> str:
        return printed(notebook, cell_id)

    if name.startswith("00"):
        assert float(re.search(r"accuracy (\d+)", shown("first-run"))[1]) > 60
        high, low = (int(share) for share in re.findall(r"(\d+)% of the validation", shown("mistake")))
        assert low >= high > 60
        plot = next(cell for cell in notebook.cells if cell.id == "three-rates-plot")
        alt = next(output for output in plot.outputs if "data" in output).metadata["image/svg+xml"]["alt"]
        end, highest = (
            float(loss) for loss in re.search(r"lr = 2.0, from \S+ to (\S+), highest (\d+\.\d+)", alt).groups()
        )
        assert highest > 3.5, "it leaps up"
        assert 2.25 < end < 2.45, "and then stays where guessing is"
    if name.startswith("01"):
        check_learning_rate(shown, dataset)
    for claims in (EXACT, TRAINED):
        if name[:2] in claims:
            claims[name[:2]](shown)


def test_the_course_is_there():
    assert [path.name[:2] for path in COURSE] == [f"{number:02}" for number in range(len(COURSE))]


NIGHT = pytest.mark.nightly(reason="trains for long; every run rehearses it with little training")
TRAIN_LONG = [path for path in COURSE if not path.name.startswith("00")]


@pytest.mark.slow(reason="runs a whole notebook")
@pytest.mark.usefixtures("warm_kernels")
@pytest.mark.parametrize("path", TRAIN_LONG, ids=lambda path: path.stem)
def test_every_cell_runs_with_little_training(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    images = OTHERS.get(path.name[:2], IMAGES)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(f"IMAGES = {images}\n{LITTLE_TRAINING}"))
    check_outputs(execute(notebook, LRLAB_DATASET="digits", LRLAB_DATA=str(tmp_path)))
    if path.name[:2] in EXACT:
        EXACT[path.name[:2]](lambda cell_id: printed(notebook, cell_id))


@pytest.mark.slow(reason="runs a whole notebook")
@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=NIGHT if path in TRAIN_LONG else ()) for path in COURSE],
    ids=lambda path: path.stem,
)
def test_runs_on_the_bundled_digits(path, tmp_path):
    # A data folder of its own, empty: nothing may come from a cache, and no network is asked for.
    check_what_you_should_see(path.name, run(path, LRLAB_DATASET="digits", LRLAB_DATA=str(tmp_path)), "digits")


@pytest.mark.slow
@pytest.mark.nightly(reason="ten notebooks that train; on the bundled digits they run every time")
@pytest.mark.skipif(not (MNIST / "MNIST" / "raw").is_dir(), reason="MNIST is not beside this checkout")
@pytest.mark.parametrize("path", COURSE, ids=lambda path: path.stem)
def test_runs_on_mnist(path):
    check_what_you_should_see(path.name, run(path, LRLAB_DATASET="mnist", LRLAB_DATA=str(MNIST)), "mnist")


@pytest.mark.parametrize("path", COURSE, ids=lambda path: path.stem)
def test_has_what_a_beginner_needs(path):
    notebook = nbformat.read(path, as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    lines = sorted(len(source.splitlines()) for source in code)
    assert "mirror" in text
    assert "minutes" in text
    assert "**Predict:**" in text
    assert "**What you should see:**" in text
    assert "## Quiz" in text
    assert "**References.**" in text
    assert any("explorers." in source and "goal=" in source for source in code)
    shown = [cell for cell in notebook.cells if "remove-cell" not in cell.metadata.get("tags", [])]  # no stills
    first = next(k for k, cell in enumerate(shown) if "explorers." in cell.source and cell.cell_type == "code")
    assert first <= 5, "something to drag before the reading starts"
    for explorer, next_cell in pairwise(shown):
        if "goal=" in explorer.source:
            assert "**Your goal" not in next_cell.source, "a goal is read before there is something to drag"
    fenced = "".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL)).splitlines()
    assert max(map(len, fenced), default=0) <= 88, "JupyterLab folds a longer line on a page of 1366 pixels"
    for source in code:
        if "for " in source and re.search(r"\.(plot|loglog|semilog[xy])\([^\n]*color=color", source):
            assert re.search(r"marker=marker|, style,", source), "lines that colour alone tells apart"
    assert "## Common mistakes" in text
    assert "## New words" in text
    assert code.count(f'explorers.quiz("{path.name[:2]}")') == 1
    assert lines[len(lines) // 2] <= 6, "cells should be short"
    assert lines[-1] <= 16, "one idea a cell"
    assert max(len(line) for source in code for line in source.splitlines()) <= 92, "wider is cut off beside a side bar"


def test_ten_interpretations_open_on_a_click():
    """A student looks first: after what is to be seen, what it means is folded."""
    folded = re.compile(r"\A\*\*What you should see:\*\* .+\n\n<details><summary>What does it mean\?</summary>\n\n\S")
    found = [
        cell for path in COURSE for cell in nbformat.read(path, as_version=4).cells if "does it mean?" in cell.source
    ]
    assert len(found) >= 10
    for cell in found:
        assert folded.match(cell.source), cell.id
        assert cell.source.count("<details>") == cell.source.count("\n\n</details>") == 1, cell.id


@pytest.mark.parametrize("path", COURSE, ids=lambda path: path.stem)
def test_a_bowl_has_a_stability_limit_and_no_edge_of_stability(path):
    text = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"]
    edge = [source for source in text if "edge of stability" in source.lower() and "Static preview" not in source]
    assert all("Cohen" in source or "in networks" in source for source in edge)


@pytest.mark.parametrize("path", [*COURSE, *sorted((REPO / "solutions").rglob("*.ipynb"))], ids=lambda path: path.stem)
def test_every_column_of_a_table_has_a_heading(path):
    for cell in nbformat.read(path, as_version=4).cells:
        rows = cell.source.splitlines() if cell.cell_type == "markdown" else []
        for head, rule in pairwise(rows):
            if re.fullmatch(r"\|(\s*:?-+:?\s*\|)+", rule):
                assert all(title.strip() for title in head.strip()[1:-1].split("|")), f"{cell.id}: {head}"
                assert head.count("|") == rule.count("|"), f"{cell.id}: {head}"


@pytest.mark.parametrize("path", COURSE, ids=lambda path: path.stem)
def test_links_lead_somewhere(path):
    for cell in nbformat.read(path, as_version=4).cells:
        for target in re.findall(r"\]\(([^)#]+)\)", cell.source) if cell.cell_type == "markdown" else []:
            if "://" not in target:
                assert (path.parent / target).is_file(), f"{path.name} links to {target}"


ASSIGNMENTS = sorted((REPO / "assignments").glob("*/*.ipynb"))


def texts(path: Path) -> list[str]:
    return [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"]


@pytest.mark.parametrize(
    "path", [*COURSE, *sorted((REPO / "solutions").rglob("*.ipynb")), *ASSIGNMENTS], ids=lambda path: path.stem
)
def test_no_link_is_dressed_as_code(path):
    # JupyterLab shows code in a link black on grey, as it shows any code: nobody sees that one can click it.
    for shown in re.findall(r"\[([^\]\[]*)\]\([^)]+\)", "\n".join(texts(path))):
        assert not re.fullmatch(r"`[^`]*[/.][^`]*`", shown), f"{path.name}: {shown}"


WITH_EXERCISES = [path for path in COURSE if not path.name.startswith("00")]


@pytest.mark.parametrize("path", WITH_EXERCISES, ids=lambda path: path.stem)
def test_the_way_to_the_exercises_and_back_is_a_link(path):
    text = "\n".join(texts(path))
    minutes, unit = re.search(
        r"\*\*\[▶ Do the exercises \((\d+) min\)\]\(\.\./assignments/(\w+)/\2\.ipynb\)\*\*", text
    ).groups()
    first = texts(REPO / "assignments" / unit / f"{unit}.ipynb")[0]
    assert int(minutes) == sum(int(row[1]) for row in re.finditer(r"^\|.*\| (\d+) \| ●", first, flags=re.MULTILINE))
    title = texts(path)[0].splitlines()[0].removeprefix("# ")
    assert f"[{title}](../../course/{path.name})" in first


def test_every_notebook_leads_to_the_next():
    for path, following in pairwise(COURSE):
        title = texts(following)[0].splitlines()[0].removeprefix("# ")
        assert f"Next: [{title}]({following.name})" in "\n".join(texts(path)), path.name
