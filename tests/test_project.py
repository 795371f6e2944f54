"""What a stranger needs of the project: licences, how to cite it, declared packages, one version, whole archives."""

import ast
import functools
import hashlib
import json
import posixpath
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import bootstrap
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import lrlab
from lrlab.publishing.student_pack import FILES

REPO = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
TRACKED = subprocess.run(
    ["git", "ls-files", "-z"], cwd=REPO, capture_output=True, text=True, check=True
).stdout.rstrip("\0").split("\0")  # fmt: skip


def text(name: str) -> str:
    return (REPO / name).read_text(encoding="utf-8")


def words(name: str) -> list[str]:
    return re.split(r"[\s_]+", text(name).strip())


BSD = "70435d703f5e4bdca9a1fa6b9291501b0dd850d2ad5457b491ce936217b1e063"
CC_BY = "94c9d8cac9aadd84919ec1794fb26d800f6d5a069ea505051d328daa66a93be6"


# -- licences and what goes with them -----------------------------------------------------------------------------


def test_both_licences_are_there_whole() -> None:
    assert text("LICENSE").startswith("BSD 3-Clause License\n\nCopyright (c) 2026, the lrlab authors\n\nRedistribution")
    legal = words("LICENSE")
    digest = hashlib.sha256(" ".join(legal[legal.index("Redistribution") :]).encode()).hexdigest()
    assert digest == BSD
    # The words of creativecommons.org/licenses/by/4.0/legalcode.txt, whatever the line breaks.
    assert hashlib.sha256(" ".join(words("LICENSE-CONTENT")).encode()).hexdigest() == CC_BY


def test_licences_are_named_where_people_look() -> None:
    assert PROJECT["license"] == "BSD-3-Clause AND CC-BY-4.0"
    assert PROJECT["license-files"] == ["LICENSE", "LICENSE-CONTENT", "NOTICE.md"]
    assert not any(name.startswith("License ::") for name in PROJECT["classifiers"])  # PEP 639: the expression alone
    for name in PROJECT["license-files"]:
        assert f"]({name})" in text("README.md")
        assert name in FILES, f"the students' pack must have {name} in it"


def test_notice_covers_every_picture_and_no_font_is_bundled() -> None:
    pictures = {name for name in TRACKED if name.endswith((".png", ".svg", ".jpg", ".gif", ".webp", ".ico"))}
    covered = {
        name for name in pictures if name.startswith(("course/images/", "course/quiz/")) or fnmatch(name, "docs/*.png")
    }
    single = {"docs/playground.webp", "docs/site/_static/favicon.svg"}
    assert pictures - covered == single
    for place in ("`course/images/`", "`course/quiz/`", "`docs/*.png`", *(f"`{name}`" for name in single)):
        assert place in text("NOTICE.md")
    assert [name for name in TRACKED if name.endswith((".woff", ".woff2", ".ttf", ".otf", ".eot"))] == []


def test_citation_is_valid_cff() -> None:
    citation = yaml.safe_load(text("CITATION.cff"))
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()  # what the schema of CFF requires
    assert citation["cff-version"] == "1.2.0"
    assert citation["authors"] == PROJECT["authors"]
    assert citation["license"] in PROJECT["license"].split(" AND ")  # a list would say "one of these"
    assert "version" not in citation  # lrlab/__init__.py has it


def test_changelog_keeps_its_form() -> None:
    lines = text("CHANGELOG.md").splitlines()
    versions = [line for line in lines if line.startswith("## ")]
    assert versions[0] == "## [Unreleased]"
    assert all(re.fullmatch(r"## \[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", line) for line in versions[1:])
    kinds = {line.removeprefix("### ") for line in lines if line.startswith("### ")}
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def anchors(name: str) -> set[str]:
    """What GitHub lets one link to in a file: its headings, in small letters, with hyphens for spaces."""
    headings = re.findall(r"^#+ (.+)$", text(name), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


PAPERS = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "NOTICE.md", "CHANGELOG.md"]
GUIDES = [
    name for name in TRACKED if name.startswith(("docs/", "exam/")) and name.endswith(".md") and "site" not in name
]


@pytest.mark.parametrize("name", [*PAPERS, *GUIDES])
def test_links_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", text(name)):
        path, _, anchor = target.partition("#")
        if not path.startswith("https://"):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
            assert path in TRACKED, target
            assert not anchor or anchor in anchors(path), target


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "SECURITY.md", "NOTICE.md"])
def test_files_that_are_named_are_there(name: str) -> None:
    folders = {
        "/".join(tracked.split("/")[:depth]) for tracked in TRACKED for depth in range(1, tracked.count("/") + 1)
    }
    for path in re.findall(r"(?:^|[`( ])((?:\w[\w.-]*/)+[\w.-]*)`", text(name), re.MULTILINE):
        place = path.replace("UNIT", "decay_formulas").rstrip("/")
        # CONTRIBUTING speaks of the package's own folders without its name; build/ is what `make` leaves.
        assert {place, f"lrlab/{place}"} & {*TRACKED, *folders} or place.startswith("build"), path


# -- the packages that lrlab needs --------------------------------------------------------------------------------

# Modules whose package has another name. All others are called alike, but for - and _.
PACKAGE_OF = {
    "PIL": "pillow",
    "sklearn": "scikit-learn",
    "websocket": "websocket-client",
    "yaml": "pyyaml",
    "zmq": "pyzmq",
}
# Declared although nothing here imports them.
NOT_IMPORTED = {
    "ipywidgets": "JupyterLab's widget manager, which shows the explorers and tqdm's bars",
    "notebook": "the classic pages that nbgrader's Validate button and assignment list have as well",
    "mypy": "make check runs it",
    "nbstripout": "make hooks installs it",
    "pre-commit": "make hooks runs it",
    "pytest-timeout": "pytest's plugin behind `timeout` in pyproject.toml",
    "pytest-xdist": "pytest's plugin behind `-n` in the Makefile",
    "ruff": "make check and make format run it",
    "types-pyyaml": "mypy reads it",
    "myst-nb": "an extension of Sphinx that docs/site/conf.py names",
    "sphinx-book-theme": "the theme that docs/site/conf.py names",
    "sphinx-revealjs": "tools/coursesite/talk.py copies the reveal.js that is in it",
}


def packages(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(requirement).name) for requirement in requirements}


def extra(name: str) -> set[str]:
    """The packages of an extra, of those that it contains, and of lrlab itself."""
    asked = PROJECT["optional-dependencies"][name]
    inner = {part for text in asked if (found := Requirement(text)).name == "lrlab" for part in found.extras}
    return packages(PROJECT["dependencies"]).union(packages(asked), *map(extra, inner)) - {"lrlab"}


EXTRAS = {name: extra(name) for name in PROJECT["optional-dependencies"]}
EVERY = set().union(*EXTRAS.values())


def sources(*places: str) -> Iterator[tuple[str, str]]:
    """The Python texts of files and folders: modules, and the code cells of notebooks without their magics."""
    for name in TRACKED:
        if name in places or name.split("/")[0] in places:
            if name.endswith(".py") and (REPO / name).exists():
                yield name, text(name)
            elif name.endswith(".ipynb"):
                for cell in json.loads(text(name))["cells"]:
                    if cell["cell_type"] == "code":
                        yield name, re.sub(r"^\s*[%!].*$", "", "".join(cell["source"]), flags=re.MULTILINE)


@functools.cache
def modules(source: str) -> frozenset[str]:
    """The top-level modules that a Python text imports, also inside of functions."""
    found, todo = set(), list(ast.parse(source).body)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
        else:  # imports are statements, so expressions need no look
            todo += [child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.expr)]
    return frozenset(found)


def imported(*places: str) -> dict[str, str]:
    """The packages of others that are imported there, each with a file that does."""
    own = {part.removesuffix(".py") for name in TRACKED for part in name.split("/")} | sys.stdlib_module_names
    found = {module: name for name, source in sources(*places) for module in modules(source) - own}
    return {canonicalize_name(PACKAGE_OF.get(module, module)): name for module, name in found.items()}


@pytest.mark.slow
def test_a_student_gets_every_package_that_lrlab_and_the_notebooks_import() -> None:
    found = imported("lrlab", "nbgrader_config.py", "course", "assignments", "solutions")
    more = {package: name for package, name in found.items() if package not in EXTRAS["grade"]}
    assert more.keys() <= EXTRAS["cluster"], more
    assert all(name.startswith("lrlab/grading/batch/dask_") for name in more.values()), more


@pytest.mark.slow
def test_every_import_of_tools_and_tests_is_declared() -> None:
    site = EXTRAS["grade"] | EXTRAS["site"]
    found = imported("tools", "docs", "tests", "benchmarks")
    declared = site | EXTRAS["test"] | EXTRAS["cluster"]
    assert {package: name for package, name in found.items() if package not in declared} == {}
    built = {name: source for name, source in imported("docs").items() if name not in site}
    assert built == {}


@pytest.mark.slow
def test_every_declared_package_is_imported_or_has_a_reason() -> None:
    used = imported("lrlab", "nbgrader_config.py")
    assert EXTRAS["grade"] - used.keys() - NOT_IMPORTED.keys() == set()
    used |= imported("tools", "docs", "tests", "benchmarks")
    assert EVERY - used.keys() - NOT_IMPORTED.keys() == set()
    assert NOT_IMPORTED.keys() <= EVERY - used.keys(), "imported by now, or no longer declared: take it off the list"


def test_torch_may_be_newer_than_the_pin_but_make_installs_the_pin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranges = {r.name: r.specifier for r in map(Requirement, PROJECT["optional-dependencies"]["torch"])}
    assert all(ranges["torch"].contains(version) for version in ("2.13.0", "2.14.1"))
    assert not ranges["torch"].contains("3.0.0")
    monkeypatch.setattr(bootstrap, "SETTINGS", ())
    monkeypatch.chdir(tmp_path)
    venv = bootstrap.Venv(tmp_path)
    pip = venv.python
    pip.parent.mkdir(parents=True)
    pip.write_text('#!/bin/sh\necho "$@" >> called\n')
    pip.chmod(0o755)
    venv.install(".[grade,site,test]")
    assert " -c constraints.txt -e .[grade,site,test]" in (tmp_path / "called").read_text()


# -- the version and the archives ---------------------------------------------------------------------------------


def test_version_has_one_home_that_is_light() -> None:
    assert "version" not in PROJECT
    assert PROJECT["dynamic"] == ["version"]
    assert PYPROJECT["tool"]["setuptools"]["dynamic"] == {"version": {"attr": "lrlab.__version__"}}
    tree = ast.parse(text("lrlab/__init__.py"))
    assert not any(isinstance(node, (ast.Import, ast.ImportFrom)) for node in ast.walk(tree))
    # A literal: setuptools then reads it without an import of lrlab.
    (version,) = [node for node in tree.body if isinstance(node, ast.Assign)]
    assert ast.literal_eval(version.value) == lrlab.__version__


def test_every_file_beside_the_modules_is_package_data() -> None:
    patterns = PYPROJECT["tool"]["setuptools"]["package-data"]["lrlab"]
    beside = [name.removeprefix("lrlab/") for name in TRACKED if re.match(r"lrlab/.*(?<!\.py)$", name)]
    assert len(beside) > 20
    assert [name for name in beside if not any(fnmatch(name, pattern) for pattern in patterns)] == []


@pytest.mark.slow
def test_archives_are_whole_and_give_nothing_away(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    for name in TRACKED:
        if (REPO / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPO / name, copy / name)
    build = "from setuptools import build_meta as b; print(b.build_sdist('dist'), b.build_wheel('dist'), sep='\\n')"
    done = subprocess.run([sys.executable, "-c", build], cwd=copy, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Deprecat" not in done.stderr, done.stderr
    sdist, wheel = (copy / "dist" / name for name in done.stdout.splitlines()[-2:])
    name = f"lrlab-{lrlab.__version__}"
    package = {name for name in TRACKED if name.startswith("lrlab/")}

    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
        metadata = archive.read(f"{name}.dist-info/METADATA").decode()
    assert {path for path in inside if not path.startswith(name)} == package
    assert {f"{name}.dist-info/licenses/{path}" for path in PROJECT["license-files"]} <= inside
    assert f"\nVersion: {lrlab.__version__}\n" in metadata
    assert "\nLicense-Expression: BSD-3-Clause AND CC-BY-4.0\n" in metadata

    with tarfile.open(sdist) as archive:
        inside = {member.name.removeprefix(f"{name}/") for member in archive.getmembers() if member.isfile()}
    extra = {path for path in inside - package if not path.startswith("lrlab.egg-info/")}
    papers = {"CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "README.md", "SECURITY.md", *PROJECT["license-files"]}
    assert package <= inside
    assert extra == papers | {"MANIFEST.in", "PKG-INFO", "pyproject.toml", "setup.cfg"}
