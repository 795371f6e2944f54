"""An explorer's state as text for a page's address, and what such a text may say."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page
from support.every_explorer import EVERY

pytestmark = [pytest.mark.slow, pytest.mark.browser]

BOTH = """async ([source, state, texts]) => {
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const { address } = (await import(url)).default;
    const get = (key) => state[key];
    return [address.keys, address.read(address.write(get), get), ...texts.map((text) => address.read(text, get))];
}"""


@pytest.mark.parametrize("name", [name for name in EVERY if name not in ("predict", "quiz")])
def test_an_address_says_the_whole_state_and_no_nonsense(page: Page, name: str) -> None:
    state: dict[str, Any] = json.loads(json.dumps(dict(EVERY[name]().get_state()), default=str))
    source = str(state.pop("_esm"))
    wrong = ["%E0%A4%A", "null", "[1]", quote(json.dumps(dict.fromkeys(state, "nonsense")))]
    wrong.append(quote(json.dumps(dict.fromkeys(state, 1e300))))
    keys, said, *nothing = page.evaluate(BOTH, [source, state, wrong])
    assert len(keys) >= 2
    assert {key: state[key] for key in keys if key in said} == said
    assert set(keys) == set(said)
    assert [{key: value for key, value in one.items() if value not in ([], None)} for one in nothing] == [{}] * len(
        wrong
    )
