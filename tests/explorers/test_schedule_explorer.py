"""The schedule explorer's Python side: its state both ways, what it offers, its refusals and the picture it leaves."""

import json
import math
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import nbformat
import numpy as np
import pytest
import torch
from nbclient import NotebookClient

from lrlab import explorers, schedules
from lrlab._formula import Floats
from lrlab._validation import Count, Positive, Unit
from lrlab.explorers.schedule.widget import MOST_YOURS, ScheduleExplorer
from lrlab.explorers.shared.assets import bundle_js
from lrlab.explorers.shared.catalogue import IN_PAGE, available
from lrlab.explorers.shared.code import source, torch_source
from lrlab.explorers.shared.help import symbols
from lrlab.explorers.shared.mathml import formulas
from lrlab.schedules import (
    Constant,
    Cosine,
    CosineWarmRestarts,
    Cyclic,
    Join,
    Lambda,
    LinearWarmup,
    OneCycle,
    Schedule,
    SnapshotCosine,
    StepDecay,
)

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Triangle(Schedule):
    """Up to the middle, and down again."""

    lr: Positive
    width: Count
    floor: Unit = 0.1
    latex: ClassVar[str] = r"\eta_n = \eta_0 \max\left(f,\; 1 - \frac{2 n}{w}\right)"
    symbols: ClassVar = {"lr": r"\eta_0", "width": "w", "floor": "f"}

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.width % 2:
            raise ValueError(f"width must be even, got {self.width}")

    def rate(self, n: Floats) -> Floats:
        return self.lr * np.maximum(self.floor, 1 - np.abs(2 * n / self.width - 1))


def _from_page(explorer: ScheduleExplorer, **state: Any) -> None:
    """What the page sends, as it arrives: numbers without a type of their own."""
    explorer.set_state(json.loads(json.dumps(state)))


def _to_page(explorer: ScheduleExplorer, key: str = "schedule") -> Any:
    return json.loads(json.dumps(explorer.get_state(key)[key]))


class TestState:
    def test_arguments_are_attributes_and_repr_shows_the_call_that_makes_it_again(self) -> None:
        explorer = explorers.schedule(
            StepDecay(0.2, decay=0.5, every=7), steps=60, log_y=True, compare=[Cosine(0.1, T_max=40)], goal="tenth"
        )
        assert explorer.schedule == StepDecay(0.2, decay=0.5, every=7)
        assert (explorer.steps, explorer.steps_per_epoch, explorer.log_y, explorer.goal) == (60, 1, True, "tenth")
        assert explorer.compare == (Cosine(0.1, T_max=40),)
        again = eval(repr(explorer), {**vars(schedules), "explorers": explorers})
        assert repr(again) == repr(explorer)

    def test_starts_with_a_cosine(self) -> None:
        assert explorers.schedule().schedule == Cosine(0.1, T_max=100)

    def test_what_the_page_sends_is_the_schedule_in_python(self) -> None:
        explorer, seen = explorers.schedule(), []
        explorer.observe(lambda change: seen.append(change.new), "schedule")
        _from_page(explorer, schedule={"name": "Cosine", "values": {"lr": 1, "T_max": 50, "eta_min": 0}})
        _from_page(explorer, schedule={"name": "MultiStep", "values": {"lr": 0.1, "milestones": [3, 9], "gamma": 0.5}})
        assert seen == [Cosine(1.0, T_max=50), schedules.MultiStep(0.1, milestones=(3, 9), gamma=0.5)]
        assert type(seen[0].lr) is float

    def test_what_python_sets_reaches_the_page(self) -> None:
        explorer = explorers.schedule()
        explorer.schedule = CosineWarmRestarts(0.3, T_0=10, T_mult=2)
        expected = {"name": "CosineWarmRestarts", "values": {"lr": 0.3, "T_0": 10, "T_mult": 2, "eta_min": 0}}
        assert _to_page(explorer) == expected

    @pytest.mark.parametrize("name", sorted(available()))
    def test_page_and_back_is_the_same_schedule(self, name: str) -> None:
        explorer = explorers.schedule(available()[name].base)
        sent = _to_page(explorer)
        explorer.schedule = Constant(0.5)
        _from_page(explorer, schedule=sent)
        assert explorer.schedule == available()[name].base
        # Sent back unchanged, so that nothing returns to the page while a slider moves on.
        assert _to_page(explorer) == sent

    def test_pins_both_ways(self) -> None:
        explorer = explorers.schedule(compare=(Constant(0.1),))
        sent = [*_to_page(explorer, "compare"), _to_page(explorer)]
        _from_page(explorer, compare=sent)
        assert explorer.compare == (Constant(0.1), Cosine(0.1, T_max=100))
        assert _to_page(explorer, "compare") == sent


class TestOffers:
    def test_every_schedule_of_numbers_is_available_and_the_page_draws_it(self) -> None:
        holds_others = {"Join", "Product", "Scaled", "Lambda", "Multiplicative"}
        drawn = {"PiecewiseLinear"}  # its points have handles in the playground
        assert set(available()) == set(schedules.catalogue()) - holds_others - drawn == IN_PAGE

    def test_groups_are_what_the_classes_say(self) -> None:
        groups: dict[str, set[str]] = {}
        for name, entry in available().items():
            groups.setdefault(entry.group, set()).add(name)
        assert groups["the lecture's"] == {"StepDecay", "TimeDecay", "ExponentialDecay"}
        assert {"Step", "Cosine", "OneCycle", "SWA"} < groups["torch's"]
        assert {"InverseTimeDecay", "SnapshotCosine", "WarmupStableDecay"} < groups["of the field"]

    @pytest.mark.parametrize("name", sorted(available()))
    def test_the_page_offers_what_python_accepts(self, name: str) -> None:
        entry = available()[name]
        start = entry.values(entry.base)
        if name == "SnapshotCosine":
            start |= {"updates": 200, "cycles": 1}  # the page itself keeps the cycles below
        for field, control in entry.controls.items():
            values = {
                "number": [control.get("low"), control.get("high"), control.get("notch", start[field])],
                "choice": control.get("options", []),
                "switch": [True, False],
                "steps": [[0], [5, 5]],
            }[control["kind"]]
            for value in values:
                schedule = entry.build({**start, field: value})
                assert entry.fits(schedule)
                assert schedule.curve(min(50, schedule.length or 50)).min() >= 0

    def test_every_field_of_an_offered_schedule_has_a_control_or_a_default(self) -> None:
        without = {
            (name, f) for name, e in available().items() for f in vars(e.base) if f not in e.controls and f[0] != "_"
        }
        assert without == {("Cyclic", "scale_fn"), ("Cyclic", "scale_mode")}

    def test_a_rule_of_ones_own_gets_a_range_that_it_accepts(self) -> None:
        from lrlab._validation import Validator, one_of
        from lrlab.explorers.shared.fields import control

        def between(low: float, high: float) -> Validator:
            return Validator("between", lambda v: v if low <= v <= high else 1 / 0)

        assert control("X", "x", between(1, 3), 2.0) == _number(2 / 1.5, 3.0, 0.01, log=True)
        assert control("X", "x", between(0, 1), 0.5) == _number(0, 1, 0.01)
        whole = Validator("even", lambda v: int(v) if v % 2 == 0 else 1 / 0)
        assert control("X", "x", whole, 4) == _number(0, 200, 1, whole=True)
        letters = one_of("a", "b")
        assert control("X", "x", letters, "a") == {"kind": "choice", "options": ["a", "b"]}
        assert control("X", "x", Validator("a function", lambda v: v), len) is None


def _number(low: float, high: float, step: float, **more: Any) -> dict[str, Any]:
    return {"kind": "number", "low": pytest.approx(low), "high": high, "step": step, **more}


class TestOwnSchedules:
    def test_ten_lines_get_sliders_formula_and_curve_at_once(self) -> None:
        explorer = explorers.schedule(Triangle(0.1, width=40), steps=50)
        entry = explorer._entries["Triangle"]
        assert entry["group"] == "yours"
        assert entry["hint"] == "Up to the middle, and down again."
        controls = {f["name"]: f["control"] for f in entry["fields"]}
        assert controls["lr"]["log"]
        assert controls["width"]["whole"]
        assert (controls["floor"]["low"], controls["floor"]["high"]) == (0, 1)
        assert entry["math"].count('<mn data-number="width"></mn>') == 1
        assert explorer._curves == [_curve(Triangle(0.1, width=40), 50)]

    def test_each_change_in_the_page_brings_a_new_curve(self) -> None:
        explorer = explorers.schedule(Triangle(0.1, width=40), steps=50)
        sent = {"name": "Triangle", "values": {"lr": 0.2, "width": 30, "floor": 0.1}}
        _from_page(explorer, schedule=sent)
        assert explorer.schedule == Triangle(0.2, width=30)
        assert explorer._curves == [_curve(Triangle(0.2, width=30), 50)]
        assert _to_page(explorer) == sent
        explorer.steps = 60
        assert len(explorer._curves[0]["rates"]) == 60

    def test_what_its_class_refuses_is_said_and_changes_nothing(self) -> None:
        explorer = explorers.schedule(Triangle(0.1, width=40))
        sent = {"name": "Triangle", "values": {"lr": 0.1, "width": 41, "floor": 0.1}}
        _from_page(explorer, schedule=sent)
        assert explorer._refused == "width must be even, got 41"
        assert explorer.schedule == Triangle(0.1, width=40)
        sent["values"]["width"] = 42
        _from_page(explorer, schedule=sent)
        assert explorer._refused == ""
        assert explorer.schedule.width == 42

    def test_a_class_without_fields_or_docstring(self) -> None:
        @dataclass(frozen=True)
        class Zigzag(Schedule):
            def rate(self, n: Floats) -> Floats:
                return 0.1 + 0.05 * (n % 2)

        explorer = explorers.schedule(Zigzag(), steps=4)
        assert explorer._curves[0]["rates"] == pytest.approx([0.1, 0.15, 0.1, 0.15])
        assert explorer._entries["Zigzag"]["hint"] == ""

    def test_a_class_defined_again_takes_the_place_of_the_old_one(self) -> None:
        def define(factor: float) -> type[Schedule]:
            @dataclass(frozen=True)
            class Mine(Schedule):
                lr: Positive

                def rate(self, n: Floats) -> Floats:
                    return np.full_like(n, factor * self.lr)

            return Mine

        explorer = explorers.schedule(define(1)(0.1), steps=2)
        explorer.schedule = define(2)(0.1)
        assert [name for name, entry in explorer._entries.items() if entry["group"] == "yours"] == ["Mine"]
        assert explorer._curves[0]["rates"] == [0.2, 0.2]
        _from_page(explorer, schedule={"name": "Mine", "values": {"lr": 1}})
        assert explorer.schedule.curve(2).tolist() == [2, 2]

    def test_compositions_and_functions_join_the_list(self) -> None:
        explorer = explorers.schedule()
        joined = Join([LinearWarmup(0.1, warmup=5), Cosine(0.1, T_max=95)], milestones=[5])
        explorer.schedule = joined
        assert _to_page(explorer) == {"name": "Join", "values": {}}
        assert explorer._curves == [_curve(joined, 100)]
        explorer.schedule = other = Join([Constant(0.1), Constant(0.2)], milestones=[5])
        assert _to_page(explorer)["name"] == "Join 2"
        explorer.schedule = Lambda(0.1, lr_lambda=lambda n: 0.5**n)
        half = explorer.schedule
        _from_page(explorer, schedule={"name": "Lambda", "values": {"lr": 1}})
        assert explorer.schedule == Lambda(1, lr_lambda=half.lr_lambda)
        _from_page(explorer, schedule={"name": "Join 2", "values": {}})  # and back in the page
        assert explorer.schedule == other

    def test_a_cyclic_with_a_function_of_its_own_is_not_the_pages_cyclic(self) -> None:
        schedule = Cyclic(0.1, 0.3, step_size_up=4, scale_fn=lambda cycle: 1 / cycle)
        explorer = explorers.schedule(schedule)
        assert not explorer._entries["Cyclic 2"]["in_page"]
        assert explorer._curves[0]["momentum"] == schedule.momentum(np.arange(100)).tolist()

    def test_many_of_them_leave_no_endless_list(self) -> None:
        first = Join([Constant(0.1), Constant(0.2)], milestones=[50])
        explorer = explorers.schedule(compare=[first])
        for n in range(1, 40):
            explorer.schedule = Join([Constant(0.1), Constant(0.2)], milestones=[n])
        yours = [name for name, entry in explorer._entries.items() if entry["group"] == "yours"]
        assert len(yours) == MOST_YOURS
        assert explorer._enter(first).name in yours, "a pin's own entry stays"

    def test_pins_of_ones_own(self) -> None:
        explorer = explorers.schedule(compare=[Triangle(0.1, width=40), Constant(0.1)], steps=30)
        assert explorer._curves == [None, _curve(Triangle(0.1, width=40), 30), None]

    def test_one_that_fails_at_more_steps_says_so(self) -> None:
        def upto_100(n: float) -> float:
            return dict.fromkeys(range(100), 1.0)[int(n)]

        explorer = explorers.schedule(Lambda(0.1, lr_lambda=upto_100))
        explorer.steps = 120
        assert explorer._refused == "KeyError: 100"
        assert "image/svg+xml" in explorer._repr_mimebundle_()[0]
        explorer.steps = 100
        assert explorer._refused == ""


def _curve(schedule: Schedule, steps: int) -> dict[str, Any]:
    rates = schedule.curve(steps).tolist()
    return {"name": type(schedule).__name__, "rates": rates, "momentum": None, "torch": None}


class TestRefusals:
    @pytest.mark.parametrize(
        ("name", "value", "rule"),
        [
            ("schedule", 0.1, r"schedule must be a schedule, got 0.1$"),
            ("schedule", Cosine, r"schedule must be a schedule, got <class .*Cosine'>$"),
            ("steps", 1, r"steps must be a whole number from 2 to 10000, got 1$"),
            ("steps_per_epoch", 2.5, r"steps_per_epoch must be a whole number from 1 to 10000, got 2.5$"),
            ("log_y", 1, r"log_y must be True or False, got 1$"),
            ("compare", Cosine(0.1, T_max=4), r"compare must be a list of at most 4 schedules, got Cosine\("),
            ("compare", [0.1], r"compare must be a list of at most 4 schedules, got \[0.1\]$"),
            ("compare", [Constant(0.1)] * 5, r"compare must be a list of at most 4 schedules, got \[Constant\("),
            ("goal", "win", r"goal must be None or one of tenth, quarter, warmup, restarts, got 'win'$"),
        ],
        ids=lambda value: value if isinstance(value, str) and value.isidentifier() else "",
    )
    def test_bad_values_are_refused_in_one_sentence(self, name: str, value: object, rule: str) -> None:
        with pytest.raises(ValueError, match=f"^{rule}"):
            explorers.schedule(**{name: value})
        explorer = explorers.schedule()
        before = repr(explorer)
        with pytest.raises(ValueError, match=f"^{rule}"):
            setattr(explorer, name, value)
        assert repr(explorer) == before

    @pytest.mark.parametrize(
        ("rate", "rule"),
        [
            (lambda n: np.where(n == 3, np.nan, 0.1), r"Bad\(\) must give finite rates >= 0, got nan at step 3$"),
            (lambda n: 0.1 - 0.02 * n, r"Bad\(\) must give finite rates >= 0, got -0.01.* at step 6$"),
            (lambda n: np.array([0.1]), r"Bad\(\) must give one rate for each step, got array"),
        ],
        ids=["nan", "negative", "shape"],
    )
    def test_rates_that_cant_be_drawn(self, rate: Callable[[Floats], Floats], rule: str) -> None:
        class Bad(Schedule):
            def rate(self, n: Floats) -> Floats:
                return rate(n)

            def __repr__(self) -> str:
                return "Bad()"

        explorer = explorers.schedule()
        with pytest.raises(ValueError, match=f"^{rule}"):
            explorer.schedule = Bad()
        assert explorer.schedule == Cosine(0.1, T_max=100)

    def test_what_the_page_should_not_send(self) -> None:
        explorer = explorers.schedule(SnapshotCosine(0.1, updates=100, cycles=5))
        _from_page(explorer, schedule={"name": "SnapshotCosine", "values": {"lr": 0.1, "updates": 4, "cycles": 5}})
        assert explorer._refused == "cycles must be a whole number <= updates (4), got 5"
        _from_page(explorer, schedule={"name": "Cosine", "values": {"lr": None, "T_max": 1, "eta_min": 0}})
        assert explorer._refused == "lr must be a finite number > 0, got None"
        _from_page(explorer, schedule={"name": "Nothing", "values": {}})
        assert explorer._refused == "KeyError: 'Nothing'"
        assert explorer.schedule == SnapshotCosine(0.1, updates=100, cycles=5)


class TestCode:
    @pytest.mark.parametrize("name", sorted(schedules.catalogue()))
    def test_source_makes_the_schedule_again(self, name: str) -> None:
        schedule = schedules.catalogue()[name](**schedules.catalogue()[name].example)
        made = {"_half_every_ten": None, "_less_by_two_per_cent": None}
        made |= {n: getattr(sys.modules["lrlab.schedules.user_defined"], n) for n in made}
        assert eval(source(schedule), {**vars(schedules), **made}) == schedule
        assert len(source(schedule)) <= len(repr(schedule))

    def test_source_leaves_defaults_out(self) -> None:
        assert source(OneCycle(0.1, total_steps=100, three_phase=True)) == (
            "OneCycle(0.1, total_steps=100, three_phase=True)"
        )
        assert source(Lambda(0.1, lr_lambda=lambda n: 1)) == "Lambda(0.1, lr_lambda=lambda n: ...)"

    def test_torch_source_of_any_schedule_with_a_plain_twin(self) -> None:
        assert torch_source(schedules.Step(0.1, step_size=7)) == (
            "torch.optim.lr_scheduler.StepLR(optimizer, step_size=7, gamma=0.1)"
        )
        assert torch_source(Lambda(0.1, lr_lambda=math.cos)) is None
        assert torch_source(Triangle(0.1, width=40)) is None
        assert torch_source(schedules.Product((Constant(0.1), Triangle(1, width=40)))) is None

    @pytest.mark.parametrize("name", sorted(available()))
    def test_template_names_a_class_of_torchs_and_fields_of_ours(self, name: str) -> None:
        entry = available()[name]
        template = entry.page()["torch"]
        if "call" in template:
            assert callable(eval(template["call"], {"torch": torch}))
            assert set(template["fields"]) <= set(entry.controls)
        else:
            assert set(re.findall(r"\{(\w+)\}", template["text"])) <= set(entry.controls)


class TestFormula:
    @pytest.mark.parametrize("name", sorted(schedules.catalogue()))
    def test_every_formula_becomes_mathml_with_each_number_in_it(self, name: str) -> None:
        cls = schedules.catalogue()[name]
        schedule = cls(**cls.example)
        found = formulas(schedule.latex or schedule.tex(), schedule.symbols)
        assert found
        for text in found:
            ET.fromstring(text.replace("&nbsp;", " "))
        assert set(re.findall(r'data-number="(\w+)"', "".join(found))) == set(schedule.symbols)

    @pytest.mark.parametrize("name", sorted(schedules.catalogue()))
    def test_every_symbol_is_an_argument_or_is_explained(self, name: str) -> None:
        schedule = schedules.catalogue()[name](**schedules.catalogue()[name].example)
        latex = schedule.latex or schedule.tex().partition(r"\\ s")[0]  # of a composition what puts it together
        latex = re.sub(r"\\text\{[^}]*\}|\\(begin|end)\{\w+\}|_\{?\\?(min|max|lo|hi)\b|e\^", "", latex)
        letters = set(re.findall(r"\\(?:eta|gamma|alpha|sigma)\b|(?<![\\A-Za-z])[A-Za-z](?![A-Za-z])", latex))
        greek = {"η": r"\eta", "γ": r"\gamma", "α": r"\alpha", "σ": r"\sigma"}
        said = re.findall(r"(\w)\w?:", re.sub(r"</?(i|sub)>", "", symbols(name, schedule.latex or schedule.tex())))
        arguments = re.findall(r"\\\w+|[A-Za-z]", " ".join(schedule.symbols.values()))
        assert letters - {greek.get(one, one) for one in said} - set(arguments) == set()

    def test_numbers_take_the_place_of_symbols(self) -> None:
        (text,) = formulas(r"\eta_n = \eta_0\, d^{\lfloor n/r \rfloor}", {"lr": r"\eta_0", "decay": "d", "every": "r"})
        rows = ["".join(row.itertext()) for row in ET.fromstring(text).iter("mtr")]
        assert rows == ["ηn=η0d⌊n/r⌋", "=×⌊n/⌋"]
        assert '<mn data-number="lr"></mn><mo>×</mo><msup><mn data-number="decay"></mn>' in text

    def test_a_symbol_inside_another_is_left_alone(self) -> None:
        (text, extra) = formulas(r"\eta_t = T_i", {"T_max": "T"})
        assert "data-number" not in text
        assert extra.endswith('<mn data-number="T_max"></mn></mtd></mtr></mtable></math>')

    @pytest.mark.parametrize("latex", [r"\nothing(n)", r"\frac{1", r"x^", r"\def\x{1} \x"])
    def test_latex_that_cant_be_read(self, latex: str) -> None:
        with pytest.raises(ValueError, match=r"^(this|a|the) .*formula|not known"):
            formulas(latex, {})

    def test_signs_of_multiplication_and_fractions_in_exponents(self) -> None:
        (text,) = formulas(r"y = (a + b) d^{\frac{1+n}{r}} \cos \pi d", {"decay": "d", "every": "r"})
        rows = ["".join(row.itertext()) for row in ET.fromstring(text).iter("mtr")]
        assert rows == ["y=(a+b)d(1+n)/rcosπd", "=(a+b)×(1+n)/cosπ×"]
        assert '<mi class="upright">cos</mi>' in text

    def test_is_shown_as_it_is_written(self) -> None:
        @dataclass(frozen=True)
        class Odd(Schedule):
            lr: Positive
            latex: ClassVar[str] = r"\nothing < 1"

            def rate(self, n: Floats) -> Floats:
                return np.full_like(n, self.lr)

        assert explorers.schedule(Odd(0.1))._entries["Odd"]["math"] == r"<code>\nothing &lt; 1</code>"


class TestPicture:
    def _svg(self, explorer: ScheduleExplorer) -> ET.Element:
        data, _ = explorer._repr_mimebundle_()
        assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == explorer.model_id
        assert data["text/plain"] == repr(explorer)
        return ET.fromstring(data["image/svg+xml"])

    def _texts(self, svg: ET.Element) -> set[str]:
        return {"".join(text.itertext()).strip() for text in svg.iter(f"{SVG}text")}

    def test_goes_with_the_widget(self) -> None:
        texts = self._texts(self._svg(explorers.schedule(compare=[Triangle(0.1, width=40)])))
        assert {"Cosine(0.1, T_max=100)", "Triangle(0.1, 40)", "learning rate", "step n"} <= texts
        assert "momentum" not in texts

    def test_has_the_momentum_where_one_cycles(self) -> None:
        assert "momentum" in self._texts(self._svg(explorers.schedule(OneCycle(0.1, total_steps=50))))

    def test_copes_with_rates_of_zero_on_a_logarithmic_axis(self) -> None:
        explorer = explorers.schedule(schedules.TimeDecay(0.1, decay=1), steps=500, log_y=True)
        assert "step n" in self._texts(self._svg(explorer))

    @pytest.mark.slow
    def test_opens_no_pyplot_figure_and_importing_loads_no_widget_library(self) -> None:
        code = """
import sys, lrlab.explorers as explorers
assert not {"anywidget", "ipywidgets", "matplotlib", "torch"} & set(sys.modules)
explorers.schedule()._repr_mimebundle_()
assert "matplotlib.pyplot" not in sys.modules and "torch" not in sys.modules
"""
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=500)
        assert done.returncode == 0, done.stderr


def test_the_page_weighs_less_than_100_kb() -> None:
    explorer = explorers.schedule()
    assert len(json.dumps(explorer.get_state())) < 100_000


def test_is_one_module_without_imports() -> None:
    script = bundle_js("schedule/view.js")
    assert "import {" not in script
    assert script.count("export default") == 1


@pytest.mark.slow
def test_a_notebook_runs_it_without_a_front_end() -> None:
    cell = """
from lrlab import explorers
from lrlab.schedules import Cosine, OneCycle
w = explorers.schedule(goal="tenth")
w.schedule = OneCycle(0.1, total_steps=50)
w.compare = [Cosine(0.1, T_max=20)]
w
"""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
    NotebookClient(notebook, timeout=500, kernel_name="python3").execute()
    (output,) = notebook.cells[0].outputs
    assert output.data["image/svg+xml"].startswith("<svg")
    assert output.data["text/plain"].startswith("explorers.schedule(OneCycle(0.1, total_steps=50)")
