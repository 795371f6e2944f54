"""What a unit forbids of lrlab is not in its sandbox, and a notebook that imports it still runs."""

import json
import subprocess
import sys
import sysconfig
import warnings
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from support.sandboxed import execute

import lrlab
from lrlab.checks.registry import UNITS, unavailable_modules, unit_adapters
from lrlab.checks.tracer import CallTracer, fingerprints, library
from lrlab.grading.sandbox import bubblewrap, file_tree
from lrlab.grading.sandbox.init import unavailable
from lrlab.grading.sandbox.limits import Limits
from lrlab.grading.scoring.execution import ExecuteSubmission

OWN = Path(lrlab.__file__).parent
WITH_SOME = [unit for unit in UNITS if unavailable_modules(unit)]
NAME = "lrlab.forbidden"  # no real module, as those of this process are imported already


@pytest.fixture
def forbidden(monkeypatch):
    """A stand-in for NAME, which has copies of the functions of `lrlab.suggest`."""
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    unavailable.replace({NAME: sorted(fingerprints([f"{OWN}/suggest.py"]))})
    yield
    for name in [name for name in sys.modules if name.startswith(NAME)]:
        del sys.modules[name]
    vars(lrlab).pop("forbidden", None)
    library.cache_clear()


def test_which_units():
    assert set(UNITS) - set(WITH_SOME) == {"finding_lr", "learning_rate", "param_groups"}
    for unit in WITH_SOME:
        for adapter in unit_adapters(unit).values():
            assert set(unavailable_modules(unit)) <= set(adapter.watch)  # so that Validate says the same
    assert unavailable_modules("no such unit") == ()


class TestStandIn:
    def test_every_way_of_importing(self, forbidden):
        made = {}
        lines = (
            f"import {NAME} as a\nfrom {NAME} import One\nfrom {NAME}.deep.er import two\nfrom lrlab import forbidden"
        )
        exec(lines, made)
        assert made["forbidden"] is made["a"]
        assert not isinstance(1, made["One"])
        assert issubclass(type("Mine", (made["One"],), {}), made["a"].One)

    def test_a_call_is_nan_whatever_is_done_with_it(self, forbidden):
        from lrlab.forbidden import One  # type: ignore[import-not-found]

        with pytest.warns(UserWarning, match=r"lrlab\.forbidden is not there when this unit is graded"):
            made = One(1, two=2)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            values = [made, made(3), made.curve(10)[2], made[1:] * 2, np.asarray(made), One.example, made.of.any.kind]
            assert np.isnan(values).all()
            assert list(made.curve(3)) == []
            assert np.isnan(Figure().subplots().plot(made.curve(3))[0].get_ydata()).all()
            assert f"{made(1):.3f}" == "nan"

    @pytest.mark.parametrize("use", [lambda one: one(1), lambda one: one.curve, lambda one: one[0], lambda one: [*one]])
    def test_an_answer_that_uses_it_is_seen(self, forbidden, use):
        from lrlab.forbidden import One

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = One()
            with CallTracer([NAME]) as tracer:
                use(made)
            assert tracer.called.startswith("lrlab.forbidden.")
            with CallTracer([NAME]) as tracer:
                One(1)
            assert tracer.called == "lrlab.forbidden.One"

    @pytest.mark.parametrize("lines", [0, 1], ids=["its file", "a part of another one"])
    def test_a_copy_is_known(self, forbidden, lines):
        names = {"__name__": "mine"}
        exec(compile("\n" * lines + (OWN / "suggest.py").read_text(encoding="utf-8"), "mine.py", "exec"), names)
        with CallTracer([NAME]) as tracer:
            names["steepest"]([1, 2, 3], [3, 2, 1])
        assert tracer.called == "mine.steepest"


def names_of(unit):
    return sorted(file_tree.module_paths(unavailable_modules(unit)))


def test_an_installed_lrlab_counts_too(tmp_path, monkeypatch):
    (tmp_path / "lrlab" / "__pycache__").mkdir(parents=True)
    (tmp_path / "lrlab" / "schedules").mkdir()
    files = [tmp_path / "lrlab" / "suggest.py", tmp_path / "lrlab" / "__pycache__" / "suggest.cpython-311.pyc"]
    for file in files:
        file.touch()
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path))
    assert {str(tmp_path / "lrlab" / "schedules"), *map(str, files)} <= {*names_of("cycles")}
    assert f"{OWN}/suggest.py" in names_of("cycles")


@pytest.mark.parametrize("unit", WITH_SOME)
def test_its_files_are_empty(unit, sandboxed):
    """As the one who makes the sandbox sees them: more than a submission."""
    paths = names_of(unit)
    assert len(paths) >= len(unavailable_modules(unit))
    line = bubblewrap.command_line(limits=Limits(), unavailable=unavailable_modules(unit))
    script = 'for path; do test -e "$path" || exit 7; done; find "$@" -type f -size +0 -printf "full %p\\n"'
    line[line.index("--") + 1 :] = ["/bin/sh", "-c", script, "sh", *paths]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


LOOK = """
import gc, json, sys, types
from lrlab import experiments, plots, schedules
functions = [each for each in gc.get_objects() if type(each) is types.FunctionType]
real = [name for name, module in list(sys.modules.items()) if hasattr(module, "__file__")]
print(json.dumps({
    "modules": [name for name in real if name.startswith("lrlab.schedules")],
    "code": [each.__qualname__ for each in functions if "/lrlab/schedules" in each.__code__.co_filename],
    "variable": [name for name in __import__("os").environ if "UNAVAILABLE" in name],
}))
"""


AT_NIGHT = pytest.mark.nightly(
    reason="a cold kernel imports torch; a zygote, which has imported more than that, is looked at in every run"
)


@pytest.mark.slow(reason="a zygote starts, which the files after this one share")
@pytest.mark.xdist_group("sandbox")
@pytest.mark.parametrize("warm", [pytest.param(False, id="cold", marks=AT_NIGHT), pytest.param(True, id="warm")])
def test_nothing_of_it_is_in_memory(warm, request, sandboxed):
    """A zygote has imported the whole library, but not what the unit forbids."""
    if warm:
        request.getfixturevalue("zygote")
    step = ExecuteSubmission()
    step._unavailable = unavailable_modules("decay_formulas")
    (shown,) = execute(LOOK, step=step)
    assert json.loads(json.loads(shown)[0]["text"]) == {"modules": [], "code": [], "variable": []}


WALK = """
import importlib, os, pkgutil, sys
import matplotlib.pyplot, torch  # once, for all units
from lrlab.grading.sandbox.init import unavailable
for unit in sys.argv[1:]:
    if os.fork() == 0:
        unavailable.replace(dict.fromkeys(unit.split(), ()))
        import lrlab
        for found in pkgutil.walk_packages(lrlab.__path__, "lrlab.", onerror=print):
            if not found.name.startswith(("lrlab.grading", "lrlab.publishing", "lrlab.commands", "lrlab.units")):
                importlib.import_module(found.name)
        sys.exit()
    code = os.waitstatus_to_exitcode(os.wait()[1])
    if code:
        sys.exit(f"without {unit}")
"""


@pytest.mark.slow(reason="the whole library is imported three times")
def test_the_rest_of_the_library_can_be_imported():
    units = [" ".join(unavailable_modules(unit)) for unit in ("cycles", "since_2020", "torch_schedulers")]
    assert all(units)  # the others' are among these
    done = subprocess.run([sys.executable, "-c", WALK, *units], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b""), done.stderr[-2000:]
