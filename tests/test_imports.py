"""The package's layers: imports point down, and what looks at a table of results needs no torch."""

import ast
import functools
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Set
from pathlib import Path

from support import REPO

import lrlab

PACKAGE, TESTS = Path(lrlab.__file__).parent, Path(__file__).parent
FILES = {
    ".".join(("lrlab", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in PACKAGE.rglob("*.py")
}
# The first may import those after it, and none before it. What is beside them may import any of them.
LAYERS = (
    {"explorers"},
    {"plots"},
    {"experiments"},
    {"train", "data", "models", "devices", "torch_scheduler", "optimizers", "_mnist", "_torchvision"},
    {"schedules", "landscapes", "suggest", "adaptive"},
    {"_validation", "_formula", "_files", "_table", "palette"},
)
UPPER = {"checks", "grading", "publishing", "units", "commands", "cli"}
# The same for the folders of lrlab.grading: a line's path says on which side of the sandbox's wall it is.
GRADING = ({"platforms"}, {"batch"}, {"scoring"}, {"submission", "sandbox"}, {"startup"})
ATTACH = ("schedules", "torch_scheduler")  # lrlab.schedules.base says why


@functools.cache
def import_statements(path: Path) -> list[tuple[ast.Import | ast.ImportFrom, bool]]:
    """The imports of a file, also inside functions, and of each whether annotations alone need it."""

    def below(node: ast.AST, typing: bool) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import | ast.ImportFrom):
                yield child, typing
            elif not isinstance(child, ast.expr):  # most of a file, and none of it imports
                for_types = isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"
                yield from below(child, typing or for_types)

    return list(below(ast.parse(path.read_text(encoding="utf-8")), False))


def names_of(node: ast.Import | ast.ImportFrom) -> list[str]:
    """What is imported, in full."""
    before = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
    return [before + alias.name for alias in node.names]


@functools.cache
def imports_of(module: str) -> frozenset[str]:
    """The modules of lrlab that one imports, but for those that only annotations need."""
    named = {name for node, typing in import_statements(FILES[module]) if not typing for name in names_of(node)}
    found = {name if name in FILES else name.rpartition(".")[0] for name in named}
    return frozenset(other for other in found if other in FILES) - {module, "lrlab"}


GROUND = {"_validation", "_formula", "_files", "_latex"}  # as public to us as to the rooms above
# A private module is imported by the tests that are named after it, or for which there is no other way in.
NO_OTHER_WAY = {
    ("experiments/test_width_noise_cooldowns.py", "lrlab.experiments._loop"),
    ("support/other_libraries.py", "lrlab._torchvision"),  # where lrlab.data has not what it needs
}


def test_tests_ask_public_names() -> None:
    """No private name, and no private module but the ground and the one that a file is about: see tests/README.md."""
    found = set()
    for path in TESTS.rglob("*.py"):
        for node, _ in import_statements(path):
            names = [name for name in names_of(node) if name.split(".")[0] == "lrlab"]
            for name in names:
                private = [part for part in name.split(".") if part.startswith("_") and part not in GROUND]
                module = name if name in FILES else name.rpartition(".")[0]
                own = {part for part in private if part.strip("_") in path.stem and part in module.split(".")}
                if set(private) - own:
                    found.add((str(path.relative_to(TESTS)), module))
    assert found == NO_OTHER_WAY


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def test_imports_point_down() -> None:
    level = {name: number for number, names in enumerate(LAYERS) for name in names}
    assert level.keys() <= {room(module) for module in FILES}
    for module in FILES:
        for other in imports_of(module):
            ours, theirs = room(module), room(other)
            if ours in level and ours != theirs and (ours, theirs) != ATTACH:
                assert level.get(theirs, level[ours]) >= level[ours], f"{module} imports {other}"
                assert theirs not in UPPER, f"{module} imports {other}"


def test_imports_of_grading_point_down() -> None:
    level = {name: number for number, names in enumerate(GRADING) for name in names}
    rooms = {module: module.split(".")[2] for module in FILES if module.startswith("lrlab.grading.")}
    assert set(rooms.values()) == level.keys()
    for module, ours in rooms.items():
        for other in imports_of(module) & rooms.keys():
            theirs = rooms[other]
            assert theirs == ours or level[theirs] > level[ours], f"{module} imports {other}"
        assert not {other for other in imports_of(module) if room(other) in ("publishing", "commands", "cli")}, module


def test_what_runs_in_the_sandbox_needs_nothing_that_is_hidden_there() -> None:
    for module in FILES:
        if module.startswith("lrlab.grading.sandbox.init"):
            grading = {other for other in reachable(module) if room(other) in ("grading", "publishing", "units")}
            assert all(other.startswith("lrlab.grading.sandbox.init") for other in grading), module


def rooms_of(name: str) -> list[str]:
    """The folder of lrlab, and in the grading and the explorers the one in it, that a name is at home in."""
    parts = name.split(".")[1:]
    return parts[:2] if len(parts) > 2 and parts[0] in ("grading", "explorers") else parts[:1]


def test_no_private_name_is_used_in_another_room() -> None:
    for module, path in FILES.items():
        for node, _ in import_statements(path):
            for name in names_of(node):
                if not (isinstance(node, ast.ImportFrom) and name.startswith("lrlab.") and node.module != "lrlab"):
                    continue
                ours, theirs = rooms_of(module), rooms_of(name)
                at_home = ours[: len(theirs)] == theirs or theirs[0].startswith("_")  # the ground is everyone's
                assert at_home or "._" not in name, f"{module} imports {name}"


def test_a_folder_of_explorers_needs_only_the_shared_one() -> None:
    for module in FILES:
        ours = rooms_of(module)
        if len(ours) == 2 and ours[0] == "explorers":
            allowed = [["explorers"], ["explorers", "shared"], ours]
            for other in imports_of(module):
                assert room(other) != "explorers" or rooms_of(other) in allowed, f"{module} imports {other}"


def reachable(start: str, imports_of: Callable[[str], Set[str]] = imports_of) -> set[str]:
    found: set[str] = set()
    row = {start}
    while row:
        row = {other for module in row for other in imports_of(module)} - found
        found |= row
    return found


def test_the_only_circle_is_that_of_attach() -> None:
    def counted(module: str) -> Set[str]:
        """All but the function of its folder that makes it, which an explorer's class names."""
        return imports_of(module) - {module.removesuffix(".widget")}

    in_a_circle = {module for module in FILES if module in reachable(module, counted)}
    assert {room(module) for module in in_a_circle} == set(ATTACH)


def test_these_need_no_torch() -> None:
    program = """
import importlib, sys
for name in ("schedules", "landscapes", "suggest", "leaderboard", "cli"):
    importlib.import_module(f"lrlab.{name}")
    print(name, *{"torch", "matplotlib", "nbgrader", "ipywidgets", "IPython"} & set(sys.modules))
"""
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout.split() == ["schedules", "landscapes", "suggest", "leaderboard", "cli"]


def test_types_of_what_is_imported_are_read() -> None:
    """Nothing is used of the modules that mypy leaves out: their types would be Any, and nothing would say so."""
    settings = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]["overrides"]
    skipped, read = (
        {name.removesuffix(".*") for each in settings if each.get("follow_imports") == how for name in each["module"]}
        for how in ("skip", "normal")
    )
    attribute = re.compile(rf"(?<![\w.\"'`])({'|'.join(map(re.escape, sorted(skipped)))})\.\w+")
    found = set()
    for path in (path for folder in (PACKAGE, TESTS, REPO / "tools") for path in folder.rglob("*.py")):
        named = {match[1] for match in attribute.finditer(path.read_text(encoding="utf-8"))}
        for node, _ in import_statements(path):
            if not (isinstance(node, ast.ImportFrom) and node.module in read):
                named |= set(names_of(node))
        for name in named - read:
            if any(f"{name}.".startswith(f"{left_out}.") for left_out in skipped):
                found.add((str(path.relative_to(REPO)), name))
    assert found == set()
