"""Figures in fewer bytes: what Matplotlib writes in an SVG, without what no reader sees.

Left out are metadata, names that nothing refers to, and decimals far below a pixel; a style that recurs becomes a
class, that of all markers of a group is the group's, and paths go by differences. Points stay within a fifteenth of a
pixel, and text and colours as they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import count
from xml.etree import ElementTree

SVG, XLINK = "http://www.w3.org/2000/svg", "{http://www.w3.org/1999/xlink}href"
REFERENCE = re.compile(r"#([\w.-]+)")
STEP = re.compile(r"([MLQCz])([-+\d.e\s]*)")
NUMBER = re.compile(r"-?[\d.]+(?:e[+-]?\d+)?")
NO_TURN = re.compile(r"rotate\(-?0 [^)]*\)")
IN_WORDS = {f"{{{SVG}}}{name}" for name in ("text", "tspan", "style", "title", "desc")}
INHERITED = re.compile(r"(?:\s*(?:fill|stroke)[\w-]*:[^;]*;?)+")  # a style of nothing but such properties
MANY = 30  # points, from which on a path or a cloud of markers has one decimal and not two


def lean(svg: str) -> str:
    """Return ``svg`` in fewer bytes. One that is no SVG or not Matplotlib's comes back as it is."""
    if "matplotlib" not in svg.lower():
        return svg
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError:
        return svg
    for found in root.findall(f"{{{SVG}}}metadata"):
        root.remove(found)
    _short_names(root)
    cloud = sum(one.tag == f"{{{SVG}}}use" for one in root.iter()) > MANY
    for one in root.iter():
        _shorten(one, cloud=cloud)
    _unwrap(root)
    for group in root.iter(f"{{{SVG}}}g"):
        _dress(group)
    _styles(root)
    ElementTree.register_namespace("", SVG)
    return ElementTree.tostring(root, encoding="unicode").replace(" />", "/>")


def path(d: str) -> str:
    """Return the path ``d`` of absolute ``M L Q C z`` by differences of rounded points; another one as it is."""
    d = d.strip()
    steps = STEP.findall(d)
    if "".join(command + rest for command, rest in steps) != d:
        return d
    unit = 10 if len(steps) > MANY else 100  # in whole units the differences add up without an error
    out, at, start, last = [], (0, 0), (0, 0), ""
    for command, rest in steps:
        if command == "z":
            out.append("z")
            at, last = start, "z"
            continue
        numbers = [round(float(number) * unit) for number in NUMBER.findall(rest)]
        moved = [number - at[i % 2] for i, number in enumerate(numbers)]
        if command == "L" and last == "l" and not any(moved):
            continue
        text = "".join(_written(number, unit) for number in moved)
        name = command.lower()
        out.append(text if name == last and name != "m" else name + text.lstrip())
        at, last = (numbers[-2], numbers[-1]), name
        if name == "m":
            start = at
    return "".join(out)


def _written(units: int, unit: int) -> str:
    """Return a difference, with the space or the minus that parts it from the number before."""
    text = f"{abs(units) / unit:.2f}".rstrip("0").rstrip(".").removeprefix("0") or "0"
    return f"-{text}" if units < 0 else f" {text}"


def _short_names(root: ElementTree.Element) -> None:
    """Drop each ``id`` that nothing refers to, and make the others short."""
    used = {name for one in root.iter() for value in one.attrib.values() for name in REFERENCE.findall(value)}
    names: Iterator[str] = (f"i{number}" for number in count())
    ids = [one.get("id", "") for one in root.iter()]
    short = {name: next(names) for name in ids if name in used}
    for one in root.iter():
        if (name := one.attrib.pop("id", "")) in short:
            one.set("id", short[name])
        if XLINK in one.attrib:
            one.set("href", one.attrib.pop(XLINK))
        for key in ("href", "clip-path"):
            if "#" in (value := one.get(key, "")):
                one.set(key, REFERENCE.sub(lambda found: f"#{short.get(found[1], found[1])}", value))


def _shorten(one: ElementTree.Element, *, cloud: bool) -> None:
    if "d" in one.attrib:
        one.set("d", path(one.attrib["d"]))
    if NO_TURN.fullmatch(one.get("transform", "")):
        del one.attrib["transform"]
    for key in ("x", "y"):
        if key in one.attrib and NUMBER.fullmatch(one.attrib[key]):
            one.set(key, f"{round(float(one.attrib[key]), 1 if cloud and one.tag.endswith('}use') else 2):g}")
    if one.get("href", "").startswith("data:"):
        one.set("href", re.sub(r"\s", "", one.attrib["href"]))
    if one.tag not in IN_WORDS and not (one.text or "").strip():
        one.text = None
    if not (one.tail or "").strip() and one.tag != f"{{{SVG}}}tspan":
        one.tail = None


def _unwrap(parent: ElementTree.Element) -> None:
    """Put the children of each ``<g>`` that says nothing in its place, and of each ``<defs>`` but in it."""
    children = []
    for one in parent:
        _unwrap(one)
        children += list(one) if one.tag == f"{{{SVG}}}g" and not one.attrib else [one]
    parent[:] = children


def _dress(group: ElementTree.Element) -> None:
    """Give ``group`` the style of its markers, if they have one style that they would inherit."""
    style = group[0].get("style", "") if len(group) > 1 and "style" not in group.attrib else ""
    alike = all(one.tag == f"{{{SVG}}}use" and one.get("style") == style for one in group)
    if alike and INHERITED.fullmatch(style):
        group.set("style", style)
        for one in group:
            del one.attrib["style"]


def _styles(root: ElementTree.Element) -> None:
    """Make a class of each style that more than one element has."""
    often = Counter(one.attrib["style"] for one in root.iter() if "style" in one.attrib)
    names = (f"c{number}" for number in count())
    classes = {style: next(names) for style, times in often.most_common() if times > 1}
    for one in root.iter():
        if (style := one.get("style", "")) in classes:
            del one.attrib["style"]
            one.set("class", classes[style])
        elif style:
            one.set("style", _compact(style))
    if classes:
        sheet = ElementTree.Element(f"{{{SVG}}}style")
        sheet.text = "".join(f".{name}{{{_compact(style)}}}" for style, name in classes.items())
        root.insert(0, sheet)


def _compact(style: str) -> str:
    return re.sub(r"\s*([:;,])\s*", r"\1", style).strip(";")
