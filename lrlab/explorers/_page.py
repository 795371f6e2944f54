"""An explorer's front end as anywidget takes it, in one script and one style sheet, out of the files beside this."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent


def script(*names: str) -> str:
    """One ES module made of the files ``names``, each of which may import from those before it."""
    texts = [(HERE / name).read_text(encoding="utf-8") for name in names]
    return "\n".join(re.sub(r'^import \{[^}]*\} from "\./[\w.]+";\n', "", text, flags=re.MULTILINE) for text in texts)


def style(*names: str) -> str:
    """One style sheet made of the files ``names``, that the page around an explorer can't overrule.

    Pages style tables, buttons and code by long selectors. So each of ours counts as one that names an id, which none
    of theirs for such elements does.
    """
    text = "\n".join((HERE / name).read_text(encoding="utf-8") for name in names)
    return re.sub(r"\.lrlab-[a-z]+", r":is(\g<0>, #lrlab)", text)
