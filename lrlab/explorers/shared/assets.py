"""An explorer's front end as anywidget takes it: one script and one style sheet, made of the files of this package."""

from __future__ import annotations

import base64
import json
import os
import re
import string
import zlib
from pathlib import Path

from lrlab.palette import variables

HERE = Path(__file__).parent.parent
IMPORT = re.compile(r'^import \{[^}]*\} from "(\.\.?/[\w./]+)";\n', re.MULTILINE)
INDENT = re.compile(r"^ +", re.MULTILINE)
COMMENT = re.compile(r"^ *(//[^\n]*|/\*\*(?:(?!\*/).)*\*/)\n", re.MULTILINE | re.DOTALL)  # on lines of its own
LOADER = """const digits = "DIGITS";
const text = "SCRIPT";
const bytes = new Uint8Array((text.length / 5) * 4);
for (let i = 0; i < text.length; i += 5) {
let word = 0;
for (let k = i; k < i + 5; k++) word = word * 85 + digits.indexOf(text[k]);
new DataView(bytes.buffer).setUint32((i / 5) * 4, word);
}
const packed = new Blob([bytes.subarray(0, LENGTH)]);
const script = packed.stream().pipeThrough(new DecompressionStream("deflate"));
const about = { headers: { "content-type": "text/javascript" } };
const address = URL.createObjectURL(await new Response(script, about).blob());
const explorer = await import(address);
URL.revokeObjectURL(address);
export default explorer.default;
"""
DIGITS = (
    string.digits + string.ascii_uppercase + string.ascii_lowercase + "!#$%&()*+-;<=>?@^_`{|}~"
)  # of base85, RFC 1924
CSS_COMMENT = re.compile(r"/\*.*?\*/\n?", re.DOTALL)
IN_BRACKETS = r"\([^{}()]*(?:\([^{}()]*\)[^{}()]*)*\)"
INSIDE = rf"(?:[^{{}},()]|{IN_BRACKETS})+\{{[^{{}}]*\}}"  # the rest of a rule for one selector
RUN = re.compile(rf"(?<![^{{}}])(\.lrlab-[a-z]+) {INSIDE}(?:\1 {INSIDE})+")
CSS_SPACE = re.compile(r"\s*([{};,])\s*|(?<=:)\s+")


def front_end(folder: str, *styles: str, **texts: str) -> tuple[str, str]:
    """Return script and style sheet of the explorer in ``folder``: its view.js, and its style.css over what all share.

    ``styles``: further style sheets, which go before its own. ``texts``: as for :func:`bundle_js`.
    """
    style = bundle_css("shared/style.css", *styles, f"{folder}/style.css")
    return deflated(bundle_js(f"{folder}/view.js", **texts)), style


def bundle_js(entry: str, **texts: str) -> str:
    """Return one ES module that imports nothing: the file ``entry`` and all that it imports, which goes before it.

    All files of a bundle share one scope, so no two of them may declare the same name at the top level. Comments and
    indentation stay behind: a saved notebook has the bundle in it.

    Args:
        entry: the file that the page runs, from ``lrlab/explorers``: ``"decay/view.js"``.
        texts: other bundles that the page is to have as text, for its workers: a constant's name and the entry.
    """
    files: dict[str, str] = {}
    constants = [f"const {name} = {json.dumps(bundle_js(other))};\n" for name, other in texts.items()]

    def add(path: str) -> None:
        if path in files:
            return
        text = Path(path).read_text(encoding="utf-8")
        for imported in IMPORT.findall(text):
            add(os.path.normpath(os.path.join(os.path.dirname(path), imported)))
        files[path] = IMPORT.sub("", text)

    add(str(HERE / entry))
    return "".join(constants) + slim("\n".join(files.values()))


def deflated(script: str) -> str:
    """Return a module with the same default export as ``script``, which is deflated in it: a third of the size."""
    packed = zlib.compress(script.encode(), 9)
    text = base64.b85encode(packed, pad=True).decode()  # a twentieth shorter than base64
    return LOADER.replace("DIGITS", DIGITS).replace("LENGTH", str(len(packed))).replace("SCRIPT", text)


def slim(text: str) -> str:
    """Return JavaScript without the comments that have a line of their own, and without indentation."""
    return INDENT.sub("", COMMENT.sub("", text))


def bundle_css(*names: str) -> str:
    """Return one style sheet, the palette and the files ``names``, that the page around an explorer can't overrule.

    Pages style tables, buttons and code by long selectors. So each of ours counts as one that names an id, which none
    of theirs for such elements does; and what one explorer says of itself counts more than what all of them share,
    wherever on the page each style sheet comes to stand.
    """
    text = "\n".join([variables(), *((HERE / name).read_text(encoding="utf-8") for name in names)])
    text = CSS_SPACE.sub(r"\1", INDENT.sub("", CSS_COMMENT.sub("", text))).replace(";}", "}")
    text = RUN.sub(_nested, text)
    text = re.sub(r"\.lrlab-explorer\b", ":is(.lrlab-explorer,#l)", text)
    return re.sub(r"(?<!\()\.lrlab-[a-z]+", r":is(\g<0>,#l#l)", text)


def _nested(run: re.Match[str]) -> str:
    """Return rules that follow each other and begin with the same class as one rule that names it once."""
    rules = re.sub(rf"(^|\}}){re.escape(run[1])} (?=([a-z])?)", lambda one: f"{one[1]}{'& ' if one[2] else ''}", run[0])
    return f"{run[1]}{{{rules}}}"
