"""Each explorer's script: many files, one module and one scope."""

from __future__ import annotations

import base64
import inspect
import json
import re
import zlib
from collections import Counter

import pytest
from support.every_explorer import EVERY as MADE

from lrlab import explorers
from lrlab.explorers.shared.assets import HERE, bundle_js, slim
from lrlab.explorers.shared.explorer import Explorer

KINDS = {name: type(make()) for name, make in MADE.items() if name not in ("predict", "quiz")}  # those are questions
EVERY = pytest.mark.parametrize("name", KINDS)
# What begins at the start of a line is at the top level: the formatter sees to that.
NAMED = re.compile(r"^(?:export )?(?:async )?(?:const|let|var|class|function\*?) (\w+)", re.MULTILINE)
TAKEN_APART = re.compile(r"^(?:export )?(?:const|let|var) [\[{]", re.MULTILINE)


def inflated(module: object) -> str:
    """The script that an explorer carries deflated."""
    (inside,) = re.findall(r'^const text = "([^"]*)";$', str(module), re.MULTILINE)
    (length,) = re.findall(r"subarray\(0, (\d+)\)", str(module))
    return zlib.decompress(base64.b85decode(inside)[: int(length)]).decode()


@EVERY
def test_no_name_is_declared_twice(name: str) -> None:
    files = [*(HERE / name).glob("*.js"), *(HERE / "shared").glob("*.js")]
    script = "\n".join(file.read_text(encoding="utf-8") for file in files)
    assert not TAKEN_APART.search(script), "give each its own line, so that this test sees it"
    declared = Counter(NAMED.findall(script))
    assert declared["render"] == 1
    assert [one for one, times in declared.items() if times > 1] == []


@EVERY
def test_a_module_that_imports_nothing_works_wherever_it_is_put(name: str) -> None:
    script = inflated(MADE[name]().get_state()["_esm"])
    assert not re.search(r"^import\b", script, re.MULTILINE)
    for file in (*(HERE / name).glob("*.js"), *(HERE / "shared").glob("*.js")):
        for names in re.findall(r"^import (\{[^}]*\}) from", file.read_text(encoding="utf-8"), re.MULTILINE):
            assert " as " not in names, f"{file.name}: a bundle knows the name of the other file alone"
    assert script.count("export default") == 1
    script += bundle_js("playground/worker.js") if name == "playground" else ""  # which is text in the view's bundle
    for file in (HERE / name).glob("*.js"):
        body = re.sub(r"^import .*?;\n", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        assert slim(body).strip() in script, f"{file.name} is imported by no file of the view"


def test_a_comment_takes_no_code_with_it() -> None:
    script = "  /** One. */\nlet a;\n  /** @type {any} */ let b;\n// two\nlet c;\n  /**\n * Three.\n */\nlet d;\n"
    assert slim(script) == "let a;\n/** @type {any} */ let b;\nlet c;\nlet d;\n"


@EVERY
def test_what_it_weighs(name: str) -> None:
    state = MADE[name]().get_state()
    sent = (value if isinstance(value, str) else json.dumps(value, default=str) for value in state.values())
    assert sum(len(text.encode()) for text in sent) < (180_000 if name == "playground" else 100_000)


def test_what_is_imported_goes_first_and_once() -> None:
    script = bundle_js("schedule/view.js")
    assert script.count("export const number") + script.count("export function number(") == 1
    assert script.index("function number(") < script.index("function chart(") < script.index("function render(")


def test_no_explorer_imports_from_another() -> None:
    for name in KINDS:
        for file in (HERE / name).iterdir():
            if file.suffix in {".py", ".js"}:
                text = file.read_text(encoding="utf-8")
                from_others = re.findall(r'lrlab\.explorers\.(\w+)|from "\.\./(\w+)/', text)
                assert {a or b for a, b in from_others} <= {name, "shared"}, file


@EVERY
def test_the_call_says_what_it_takes(name: str) -> None:
    call, kind = getattr(explorers, name), KINDS[name]
    assert issubclass(kind, Explorer)
    assert kind.made_by is call
    assert len(inspect.getdoc(call) or "") > 300
    for argument in inspect.signature(call).parameters.values():
        if kind.class_traits().get(argument.name) and isinstance(argument.default, (bool, int, float, str)):
            assert kind.class_traits()[argument.name].default_value == argument.default, argument.name
