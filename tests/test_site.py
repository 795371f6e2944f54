"""The published course: what is laid out for Sphinx, and what is said when a notebook can't be run."""

from __future__ import annotations

import base64
import importlib
import json
import re
import runpy
from copy import deepcopy
from pathlib import Path
from typing import Any

import nbformat
import pytest

pytest.importorskip("myst_nb")

import build_site
from coursesite import api, cards, explorers, figures, front_ends, lean_svg, pages, run, weigh, weight
from coursesite.mathml import mathml
from docutils import nodes
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from lrlab.explorers import descent, schedule
from lrlab.explorers.shared.assets import bundle_js

REPO = Path(__file__).resolve().parent.parent
COURSE = sorted((REPO / "course").glob("*.ipynb"))


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def shown(widget: Any, model: str = "m1") -> nbformat.NotebookNode:
    """A notebook that has shown ``widget`` and holds its state, as nbclient leaves it."""
    data, words = widget._repr_mimebundle_()
    data[explorers.VIEW] = {"model_id": model, "version_major": 2, "version_minor": 0}
    cell = new_code_cell("explorer", outputs=[new_output("display_data", data=data, metadata=words)])
    state = json.loads(json.dumps(widget.get_state(), default=str))
    metadata = {"widgets": {explorers.STATE: {"state": {model: {"state": state}}}}}
    return new_notebook(cells=[cell, new_code_cell("explorer", outputs=[deepcopy(cell.outputs[0])])], metadata=metadata)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is laid out for Sphinx, of the course's notebooks as they are: without outputs."""
    source = tmp_path_factory.mktemp("site") / "source"
    pages.lay_out(REPO, source, {path: read(path) for path in COURSE})
    return source


@pytest.mark.slow
def test_every_notebook_of_the_course_has_its_page_in_the_list(source: Path) -> None:
    index = (source / "index.md").read_text(encoding="utf-8")
    listed = re.findall(r"```\{toctree\}.*?\n\n(.*?)```", index, flags=re.DOTALL)
    names = [line for block in listed for line in block.split()]
    found = {
        path.relative_to(source).as_posix().removeprefix("course/")
        for name in names
        for path in source.glob(name if "*" in name else f"{name}.md")
    }
    assert found == {
        *(path.name for path in COURSE),
        *("playground.md", "gallery.md", "sheets.md", "api/index.md"),
        *(f"docs/{name}.md" for name in pages.GUIDES),
    }


@pytest.mark.slow
def test_every_link_leads_to_a_page_or_to_a_file_that_is_there(source: Path) -> None:
    texts = {
        path: [c.source for c in read(path).cells if c.cell_type == "markdown"] for path in source.glob("course/*")
    }
    texts |= {path: [path.read_text(encoding="utf-8")] for path in source.glob("docs/**/*.md")}
    count = 0
    for page, parts in texts.items():
        for target in re.findall(r"(?<!!)\]\(([^)\s]+)\)", "\n".join(parts)):
            if not target.startswith(("http", "#")):
                place = target.removeprefix("path:").partition("#")[0]
                assert (source / place[1:] if place.startswith("/") else page.parent / place).is_file(), (page, target)
                count += 1
    assert count > 20


def test_a_notebook_left_out_is_still_there_to_download(tmp_path: Path) -> None:
    kept = next(path for path in COURSE if path.name.startswith("02"))
    source = tmp_path / "source"
    text = "see [the next](03_param_groups.ipynb), [this](02_decay_formulas.ipynb), [none](99_none.ipynb)"
    given = pages.linked(text, kept.parent, REPO, source, {kept})
    assert given == text.replace("03_param", "path:/files/course/03_param"), "what leads nowhere is Sphinx's to name"
    assert (source / "files/course/03_param_groups.ipynb").is_file()
    picture = next(path.relative_to(REPO) for path in (REPO / "docs").rglob("*.png"))
    given = pages.linked(f"![a picture]({picture.as_posix()})", REPO, REPO, source, {kept})
    assert given == f"![a picture](/files/{picture.as_posix()})"
    assert (source / "files" / picture).is_file()
    outside = "[out](../../elsewhere.md)"
    assert pages.linked(outside, kept.parent, REPO, source, {kept}) == outside


@pytest.mark.slow
def test_an_explorer_becomes_its_state_its_picture_and_its_script(tmp_path: Path) -> None:
    notebook = shown(descent(lr=0.3))
    explorers.publish(notebook, tmp_path, up="../")
    first, second = (cell.outputs[0].data["text/html"] for cell in notebook.cells)
    found = re.search(r'<script type="application/json">(.*?)</script>', first, flags=re.DOTALL)
    assert found
    state = json.loads(found[1])
    assert state["lr"] == 0.3
    assert not {"_esm", "_css"} & set(state), "once for each kind, not for each output"
    assert "<script" not in second, "the same widget once more: one state moves both views"
    script = re.search(r'data-script="([^"]+)" data-shared="([^"]+)"', first)
    still = re.search(r'src="\.\./_static/(figures/[^"]+)"', second)
    assert script
    assert still
    sent, shared = (front_ends.read(tmp_path / "explorers" / name) for name in script.groups())
    whole = {key: re.sub(r"/\*@([\w.]+)\*/", lambda part: shared[part[1]], text) for key, text in sent.items()}
    assert whole == {"script": bundle_js("descent/view.js"), "style": descent()._css}
    assert all(len(sent[key]) < 0.6 * len(whole[key]) for key in whole), "what explorers share is in a file of its own"
    assert (tmp_path / still[1]).read_text(encoding="utf-8").startswith("<svg")
    assert explorers.STATE not in json.dumps(notebook.metadata)
    assert 'alt="Gradient descent on a landscape (bowl), and its loss over the steps. constant: from x = 2, ' in first


PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


def drawn(kind: str, content: str, **known: Any) -> nbformat.NotebookNode:
    output = new_output("display_data", data={kind: content, "text/plain": "<Figure>"}, metadata={kind: known})
    return new_notebook(cells=[new_markdown_cell("# t"), new_code_cell("draw()", outputs=[output])])


def test_a_figure_keeps_the_words_and_the_size_that_its_output_brings(tmp_path: Path) -> None:
    notebook = drawn("image/png", PIXEL, alt='Loss < 1 "over"\nthe steps', width=711, height=371)
    figures.publish(notebook, tmp_path, up="../")
    [output] = notebook.cells[1].outputs
    found = re.fullmatch(r'<img class="lrlab-figure" src="\.\./_static/([^"]+)" (.*)>', output.data["text/html"])
    assert found
    assert found[2] == ('alt="Loss &lt; 1 &quot;over&quot; the steps" width="711" height="371" loading="lazy"'), (
        "one line, and nothing in it ends the attribute"
    )
    assert (tmp_path / found[1]).read_bytes() == base64.b64decode(PIXEL)
    assert set(output.data) == {"text/html"}


def test_words_for_the_whole_output_are_the_pictures(tmp_path: Path) -> None:
    notebook = drawn("image/png", PIXEL, width=711)
    notebook.cells[1].outputs[0].metadata["alt"] = "Loss over the steps"
    figures.publish(notebook, tmp_path, up="")
    assert 'alt="Loss over the steps" width="711"' in notebook.cells[1].outputs[0].data["text/html"]


def test_a_figure_without_words_has_an_alt_text_all_the_same(tmp_path: Path) -> None:
    notebook = drawn("image/svg+xml", "<svg>η</svg>")
    figures.publish(notebook, tmp_path, up="")
    page = notebook.cells[1].outputs[0].data["text/html"]
    assert f'alt="{figures.UNSAID}" loading' in page
    sized = drawn("image/svg+xml", '<?xml?>\n<svg xmlns:x="y" width="75pt" height="30.5pt" viewBox="0 0 75 30">η</svg>')
    figures.publish(sized, tmp_path / "sized", up="")
    assert f'alt="{figures.UNSAID}" width="100" height="41" loading' in sized.cells[1].outputs[0].data["text/html"]
    [file] = (tmp_path / "figures").iterdir()
    assert file.read_text(encoding="utf-8") == "<svg>η</svg>"


def test_a_table_is_left_as_it_is(tmp_path: Path) -> None:
    notebook = drawn("text/html", "<table></table>")
    before = deepcopy(notebook)
    figures.publish(notebook, tmp_path, up="")
    assert notebook == before


def test_nothing_in_a_state_can_end_its_element(tmp_path: Path) -> None:
    widget = schedule()
    widget._refused = "</script><b>"
    notebook = shown(widget)
    explorers.publish(notebook, tmp_path, up="")
    assert notebook.cells[0].outputs[0].data["text/html"].count("</script>") == 1


@pytest.mark.slow
@pytest.mark.parametrize("harm", ["no state", "no front end", "buffers"])
def test_what_the_page_cannot_show_keeps_its_still_picture(tmp_path: Path, harm: str) -> None:
    notebook = shown(schedule())
    models = notebook.metadata["widgets"][explorers.STATE]["state"]
    if harm == "no state":
        models.clear()
    elif harm == "no front end":
        del models["m1"]["state"]["_esm"]
    else:
        models["m1"]["buffers"] = [{"path": ["x"], "encoding": "base64", "data": ""}]
    explorers.publish(notebook, tmp_path, up="")
    data = notebook.cells[0].outputs[0].data
    assert explorers.VIEW not in data
    assert "text/html" not in data
    assert data["image/svg+xml"].startswith("<svg")


def test_a_finished_progress_bar_is_not_shown(tmp_path: Path) -> None:
    bar = new_output("display_data", data={explorers.VIEW: {"model_id": "bar"}, "text/plain": "  0%|   | 0/9"})
    text = new_output("stream", name="stdout", text="done")
    notebook = new_notebook(cells=[new_markdown_cell("# t"), new_code_cell("fit()", outputs=[bar, text])])
    explorers.publish(notebook, tmp_path, up="")
    assert [output.output_type for output in notebook.cells[1].outputs] == ["stream"]


def test_every_formula_of_the_course_can_be_written_as_mathml() -> None:
    count = 0
    for path in COURSE:
        prose = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
        prose = re.sub(r"```.*?```|`[^`\n]*`", "", prose, flags=re.DOTALL)
        for block, inline in re.findall(r"\$\$(.+?)\$\$|\$(\S[^$\n]*?)\$", prose, flags=re.DOTALL):
            formula = mathml(block or inline, nodes.math(), display="block" if block else "inline")
            assert formula.startswith("<math"), f"{path.name}: {block or inline}"
            assert "\\" not in formula, f"{path.name}: {block or inline} is not read to its end"
            count += 1
    assert count > 80


def written(folder: Path, *cells: Any) -> Path:
    path = folder / "course" / "07_half.ipynb"
    path.parent.mkdir(exist_ok=True)
    nbformat.write(new_notebook(cells=list(cells)), path)
    return path


@pytest.mark.slow
def test_a_cell_that_stops_is_named_and_the_others_are_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "digest", lambda path, root: path.stem)
    bad = written(tmp_path, new_markdown_cell("# Half"), new_code_cell("\nx = 1 / 0\ny = 2", id="halve"))
    good = bad.with_name("08_good.ipynb")
    nbformat.write(new_notebook(cells=[new_code_cell("print('fine')")]), good)
    with pytest.raises(run.Failure) as caught:
        run.run_all([bad, good], tmp_path, tmp_path / "kept")
    assert str(caught.value) == (
        "course/07_half.ipynb, cell 2 of 2 (id halve), which begins with 'x = 1 / 0': "
        "ZeroDivisionError: division by zero"
    )
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["08_good-08_good.ipynb"], "the good one is kept"


def test_a_file_that_is_half_written_is_named(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_text('{"cells": [', encoding="utf-8")
    with pytest.raises(run.Failure, match=r"course/07_half\.ipynb is no notebook that can be read: "):
        run.run_all([path], tmp_path, tmp_path / "kept")


def test_what_ran_is_run_again_only_if_something_has_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lrlab").mkdir()
    code, pins = tmp_path / "lrlab" / "rates.py", tmp_path / "constraints.txt"
    for file in (code, pins):
        file.write_text("1")
    path = written(tmp_path, new_code_cell("1"))
    ran = []
    monkeypatch.setattr(run, "execute", lambda path: ran.append(path) or read(path))
    changes = [
        lambda: None,
        lambda: code.write_text("2"),
        lambda: pins.write_text("2"),
        lambda: written(tmp_path, new_code_cell("2")),
        lambda: monkeypatch.setenv("LRLAB_DATASET", "other"),
    ]
    for times, change in enumerate(changes, start=1):
        change()
        for _ in range(2):
            run.executed(path, tmp_path, tmp_path / "kept")
        assert len(ran) == times
    assert len(list((tmp_path / "kept").iterdir())) == 1


def test_a_wrong_name_on_the_command_line_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert build_site.main(["--only", "99"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("\n--only must name notebooks of course/, or how they begin: 00_start_here, ")
    assert said.endswith("got '99'\n")


@pytest.mark.parametrize("repository", ["", "https://example.org/course/lrlab/"])
def test_launch_buttons_stand_only_where_the_repository_is_named(repository: str, monkeypatch: Any) -> None:
    monkeypatch.setenv("LRLAB_REPOSITORY", repository)
    options = runpy.run_path(str(REPO / "docs" / "site" / "conf.py"))["html_theme_options"]
    assert options.get("repository_url") == (repository.rstrip("/") or None)
    assert ("launch_buttons" in options) is bool(repository)
    assert "colab_url" not in options.get("launch_buttons", {})  # there, no notebook would find lrlab


def test_the_api_pages_have_every_public_name_and_who_uses_it(tmp_path: Path) -> None:
    code = (
        "from lrlab import schedules as s, train\nfrom lrlab.models import MLP\ns.Cosine(1, T_max=2), train.fit(MLP())"
    )
    notebook = new_notebook(cells=[new_markdown_cell("# t"), new_code_cell(code)])
    assert api.used(notebook) == {"schedules.Cosine", "train.fit", "models.MLP"}
    api.lay_out(tmp_path, {Path("course/07_t.ipynb"): notebook})
    for module in api.MODULES:
        text = (tmp_path / "api" / f"{module}.md").read_text(encoding="utf-8")
        for name in api.public(module):
            entry = rf"auto\w+:: lrlab\.{module}\.{name}"
            if not callable(getattr(importlib.import_module(f"lrlab.{module}"), name)):
                entry = rf"py:data:: {name}\n   :module: lrlab\.{module}\n\n   \w.+\."
            assert re.search(rf"^\.\. {entry}$", text, flags=re.MULTILINE), (
                f"{module}.{name} needs a sentence: a constant has its own"
            )
    text = (tmp_path / "api" / "schedules.md").read_text(encoding="utf-8")
    assert text.count("In the course: :doc:`notebook 07 </course/07_t>`") == 1
    assert "{py:obj}`train.fit <lrlab.train.fit>`" in notebook.cells[-1].source


def test_every_name_that_a_notebook_imports_is_on_an_api_page() -> None:
    every = {*api.MODULES, *(f"{module}.{name}" for module in api.MODULES for name in api.public(module))}
    found = {name for path in COURSE for name in api.imported(read(path)).values()}
    assert len(found) > 20
    assert found <= every


def test_of_the_icons_only_those_that_are_shown_are_left(tmp_path: Path) -> None:
    script = tmp_path / weight.SCRIPT
    script.parent.mkdir(parents=True)
    script.write_text(
        '{bars:[8,8,[],"f0c9","M1 2z"],house:[9,8,["home"],"f015","M3 4z"]},{bars:[16,8,["navicon"],"f0c9","M5 6z"]}'
    )
    (tmp_path / "page.html").write_text('<i class="fa-solid fa-bars"></i><i class="fa-solid fa-unheard-of"></i>')
    weight.slim(tmp_path)
    left = script.read_text()
    assert "M5%206z" in left or "M5 6z" in left
    assert "width:2em" in left
    assert "M3" not in left
    assert "house" not in left


def test_the_home_page_has_a_card_for_each_notebook(tmp_path: Path) -> None:
    notebooks = {path: nbformat.read(path, as_version=4) for path in sorted((REPO / "course").glob("*.ipynb"))}
    page = cards.cards(f"Home\n\n{cards.MARK}\n", notebooks, tmp_path)
    assert page.count("<li>") == len(notebooks)
    assert len(re.findall(r"<small>\d+ minutes</small>", page)) == len(notebooks)
    assert len(re.findall(r"<span>[A-Z][^<]+\.</span>", page)) == len(notebooks)
    for picture in re.findall(r'src="_static/([^"]+)"', page):
        assert (tmp_path / picture).is_file()
    assert len(list((tmp_path / "figures").iterdir())) == len(notebooks)


@pytest.mark.slow
def test_each_notebook_says_what_works_on_its_page(source: Path) -> None:
    for path in COURSE:
        assert "published course" in read(source / "course" / path.name).cells[1].source


def test_only_the_search_page_reads_the_index_of_all_pages(tmp_path: Path) -> None:
    (tmp_path / weight.SCRIPT).parent.mkdir(parents=True)
    (tmp_path / weight.SCRIPT).write_text("")
    page = '<script src="../_static/doctools.js?v=1"></script>\n    <script src="../searchindex.js"></script>'
    for name in ("page.html", "search.html"):
        (tmp_path / name).write_text(page)
    weight.slim(tmp_path)
    assert (tmp_path / "page.html").read_text() == '<script src="../_static/doctools.js?v=1"></script>'
    assert (tmp_path / "search.html").read_text() == page


def test_styles_that_fit_no_page_are_left_out() -> None:
    css = "@font-face{src:url(a)}a{b:c}.on,.off{d:e}.off{f:g}@media(x){.off>a{h:i}.on:not(.off){j:k}}.pst-later{l:m}"
    kept = "@font-face{src:url(a)}a{b:c}.on{d:e}@media(x){.on:not(.off){j:k}}"
    assert weight.used_styles(css, {"on"}) == kept
    css = ":is(.off,.on) p,.off:is(.on,a){b:c}:not(.x:is(.y,.z)),.off{d:e}@media (width:5.98px){}.tooltip{f:g}"
    assert weight.used_styles(css, {"on"}) == css.replace("@media (width:5.98px){}", ""), (
        "too much rather than too little"
    )
    assert weight.used_styles(".version-switcher__menu{a:b}", {"version-switcher__menu"}) == ""


def test_of_variables_and_ids_only_those_that_something_reads_are_left() -> None:
    css = ":root{--bs-a:1;--bs-b:var(--bs-a);--bs-c:2}p{d:var(--bs-b)}"
    assert weight.used_variables(css, "") == ":root{--bs-a:1;--bs-b:var(--bs-a);}p{d:var(--bs-b)}"
    assert weight.used_variables(css, "x:var(--bs-c)") == css
    assert weight.used_variables(":root{--bs-a:1;--bs-b:var(--bs-a)}", "") == ":root{}"
    sign = "p{--bs-sign:url('data:image/svg+xml;a{b}');--bs-x:url(data:c;d);e:f}"
    assert weight.used_variables(sign, "") == "p{e:f}"
    assert weight.used_variables(".a--bs-b:hover{c:d}", "") == ".a--bs-b:hover{c:d}"
    assert weight.used_variables("p{--pst-a:1;--own:2}", "") == "p{--own:2}"
    assert weight.used_styles("#here .on{a:b}#gone .on{c:d}", {"#here", "on"}) == "#here .on{a:b}"


def test_words_of_code_in_the_colour_of_their_text_have_no_mark() -> None:
    css = "".join(
        f'html[data-theme="{theme}"] .highlight {{ background: #111; color: {ground} }}\n'
        f'html[data-theme="{theme}"] .highlight .n {{ color: {ground} }} /* Name */\n'
        f'html[data-theme="{theme}"] .highlight .p {{ color: #080808 }}\n'
        f'html[data-theme="{theme}"] .highlight .k {{ color: #456 }}\n'
        for theme, ground in (("light", "#080808"), ("dark", "#f8f8f2"))
    )
    assert weight.plain_tokens(css) == {"n", "w"}, "p has its own colour in the dark"
    assert weight.plain_tokens("p{a:b}") == set()


def test_states_of_a_page_are_one_packed_text() -> None:
    states = {"m1": {"lr": 0.1, "text": "</b>"}, "m2": {"lr": 0.2}}
    mounts = [
        f'<div data-script="A.js" data-model="{name}"><script type="application/json">'
        + json.dumps(state).replace("</", "<\\/")
        + "</script></div>"
        for name, state in states.items()
    ]
    page = weight.pack_states(f"<body>{''.join(mounts)}</body>")
    assert "application/json" not in page
    found = re.search(r'<script type="text/plain" id="lrlab-states">(.*?)</script></body>', page)
    assert found
    assert json.loads(front_ends.unpacked(found[1])) == states


def test_a_packed_text_ends_no_string_and_no_element() -> None:
    texts = [*("é" * length for length in range(9)), "".join(map(chr, range(0x3000)))]
    for text in texts:
        assert front_ends.unpacked(front_ends.packed(text)) == text
        assert not set('<"\\') & set(front_ends.packed(text))


def test_a_figure_in_fewer_bytes_has_the_same_points() -> None:
    assert lean_svg.path("M 10 20.004 \nL 11.5 20 \nL 11.5 19 \nQ 1 2 3 4 \nz\n") == "m10 20l1.5 0 0-1q-10.5-17-8.5-15z"
    assert lean_svg.path("M 1 1 A 2 2 0 0 0 3 3") == "M 1 1 A 2 2 0 0 0 3 3", "an arc is left alone"
    line = "M 0 0 \n" + "".join(f"L {n / 3:.6f} {n % 7 / 9:.6f} \n" for n in range(1, 200))
    moves = [float(number) for number in re.findall(r"-?\d*\.?\d+", lean_svg.path(line))]
    assert sum(moves[::2]) == pytest.approx(199 / 3, abs=0.06), "rounding does not add up"
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9pt" height="9pt">'
        '<metadata><a>Matplotlib</a></metadata><g id="figure_1"><defs><path id="mark" d="M 0 0 \nL 0 3 \n"/></defs>'
        '<use xlink:href="#mark" x="1.23456" y="2" style="fill: #123456"/><use xlink:href="#mark" x="3" y="2" '
        'style="fill: #123456"/><text style="fill: red">a  b</text></g></svg>'
    )
    assert lean_svg.lean(svg) == (
        '<svg xmlns="http://www.w3.org/2000/svg" width="9pt" height="9pt"><style>.c0{fill:#123456}</style>'
        '<defs><path d="m0 0l0 3" id="i0"/></defs><use x="1.23" y="2" href="#i0" class="c0"/>'
        '<use x="3" y="2" href="#i0" class="c0"/><text style="fill:red">a  b</text></svg>'
    )
    assert lean_svg.lean("<svg>") == "<svg>"


def test_markers_of_a_group_have_its_style_where_they_inherit_it() -> None:
    def lean(*styles: str) -> str:
        uses = "".join(f'<use href="#m" x="{x}" style="{style}"/>' for x, style in enumerate(styles))
        svg = '<svg xmlns="http://www.w3.org/2000/svg"><metadata>Matplotlib</metadata>'
        return lean_svg.lean(f'{svg}<g clip-path="url(#m)">{uses}</g><path id="m"/></svg>').partition(">")[2]

    once = (
        '<g clip-path="url(#i0)" style="fill:red;fill-opacity:0.5"><use href="#i0" x="0"/><use href="#i0" x="1"/></g>'
    )
    assert lean(*["fill: red; fill-opacity: 0.5"] * 2) == f'{once}<path id="i0"/></svg>'
    assert lean("opacity: 0.5", "opacity: 0.5").count("class") == 2, "seen through one another"
    assert lean("fill: red", "fill: blue").count("style=") == 2


def test_a_page_that_is_too_heavy_is_named(tmp_path: Path) -> None:
    (tmp_path / "_static" / "explorers").mkdir(parents=True)
    (tmp_path / "course").mkdir()
    (tmp_path / "_static" / "a.css").write_text("a" * 300_000)
    (tmp_path / "_static" / "explorers" / "X-1.js").write_text("b" * 299_000)
    link = (
        '<link rel="stylesheet" href="../_static/a.css?v=1"><div data-script="X-1.js"></div><div data-shared="X-1.js">'
    )
    (tmp_path / "course" / "00.html").write_text(link)
    assert weigh.weigh(tmp_path / "course" / "00.html", tmp_path) == 599_000 + len(link), "a file counts once"
    assert weigh.too_heavy(tmp_path) == ""
    (tmp_path / "course" / "01.html").write_text(f"{link}{'c' * 1000}")
    assert weigh.too_heavy(tmp_path) == "Pages of more than 600 kB with all that they load: course/01.html (600 kB)."
