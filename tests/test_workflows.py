"""The workflows are well-formed, ask for few rights, and call what is there; what is left to the night is listed."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

REPO = Path(__file__).resolve().parent.parent
WORKFLOWS = sorted((REPO / ".github" / "workflows").glob("*.yml"))
MAKEFILE = (REPO / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[1].split())


def steps(path):
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def commands(path):
    return [line.strip() for step in steps(path) for line in step.get("run", "").splitlines()]


def test_there_is_one_for_each_occasion():
    assert [path.stem for path in WORKFLOWS] == ["check", "nightly", "pages", "test", "weekly"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
class TestWorkflow:
    def test_its_targets_and_scripts_are_there(self, path):
        made = [line.split()[1] for line in commands(path) if line.startswith("make ")]
        assert set(made) <= TARGETS
        scripts = [line.split()[0] for line in commands(path) if line.startswith(".ci/")]
        assert made or scripts or path.stem in ("pages", "weekly")
        assert all((REPO / script).is_file() for script in scripts)

    def test_it_may_only_read_but_for_the_job_that_publishes(self, path):
        workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert workflow["permissions"] == {"contents": "read"}
        rights = {name: job["permissions"] for name, job in workflow["jobs"].items() if "permissions" in job}
        assert rights == ({"publish": {"pages": "write", "id-token": "write"}} if path.stem == "pages" else {})

    def test_each_action_is_pinned_to_a_commit(self, path):
        for step in steps(path):
            assert re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", step.get("uses", "actions/none@" + 40 * "0"))

    def test_each_job_comes_to_an_end(self, path):
        workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert all(job["timeout-minutes"] <= 180 for job in workflow["jobs"].values())


def test_what_a_change_runs_and_what_the_night_runs():
    said = {path.stem: commands(path) for path in WORKFLOWS}
    assert any(line.startswith("make check") for line in said["check"])
    assert ".ci/run" in said["test"]
    assert "exec make test <" in (REPO / ".ci" / "run").read_text(encoding="utf-8")
    assert "make test-all" in said["nightly"]
    assert "make site" in said["pages"]


def test_each_week_the_newest_versions_are_tried():
    said = "\n".join(commands(WORKFLOWS[-1]))
    assert "pip install --quiet --upgrade --upgrade-strategy eager -e '.[cluster,site,test]'" in said
    assert "constraints" not in said
    assert '-m "not nightly and not pinned"' in said


def test_python_versions_are_those_that_lrlab_runs_on():
    workflow = yaml.safe_load((REPO / ".github" / "workflows" / "check.yml").read_text(encoding="utf-8"))
    named = re.search(r"^PYTHONS := python3 (.*)$", MAKEFILE, re.MULTILINE)[1].split()
    matrix = workflow["jobs"]["check"]["strategy"]["matrix"]["python"]
    assert sorted(f"python{v}" for v in matrix) == sorted(named)
    project = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    language = "Programming Language :: Python :: "
    promised = [text.removeprefix(language) for text in project["classifiers"] if text.startswith(f"{language}3.")]
    assert promised == matrix


def test_every_file_that_leaves_something_to_the_night_is_listed():
    readme = (REPO / "tests" / "README.md").read_text(encoding="utf-8")
    files = {str(p.relative_to(REPO / "tests")): p.read_text(encoding="utf-8") for p in REPO.glob("tests/**/test_*.py")}
    night = [name for name, text in files.items() if re.search(r"pytest\.mark\.nightly\(", text)]
    missing = [name for name in night if f"`{name}`" not in readme]
    assert len(night) >= 6
    assert missing == []
