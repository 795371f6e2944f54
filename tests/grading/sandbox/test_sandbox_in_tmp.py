"""A Python that lies in /tmp, as a checkout there does: boxes have a /tmp of their own, and see it none the less."""

import os
import uuid
from contextlib import ExitStack

import pytest
from support.sandboxed import SECRET, execute

from lrlab.grading.sandbox import file_tree
from lrlab.grading.sandbox.zygote import Zygote

# Not in test_sandbox's process: there a zygote may be running, and a process has one at a time.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sandbox in tmp"), pytest.mark.usefixtures("sandboxed")]


@pytest.mark.parametrize("warm", [False, True], ids=["cold", "warm"])
def test_a_python_that_lies_in_tmp_is_seen_and_stays_as_it_is(tmp_path, monkeypatch, warm):
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "module.py").write_text("answer = 42", encoding="utf-8")
    (tmp_path / "other").write_text(SECRET, encoding="utf-8")
    listed = file_tree.visible_paths()
    monkeypatch.setattr(file_tree, "visible_paths", lambda: [*listed, str(tmp_path / "library")])
    path, mine = str(tmp_path), f"/tmp/{uuid.uuid4().hex}"
    with ExitStack() as stack:
        if warm:
            stack.enter_context(Zygote()).require()
        read, write, beside, scratch = execute(
            f"print(open({path!r} + '/library/module.py').read())",
            f"open({path!r} + '/library/module.py', 'w')",
            f"import os\nprint(os.listdir({path!r}))",
            f"open({mine!r}, 'w').write('here')\nprint(open({mine!r}).read())",
        )
    assert "answer = 42" in read
    assert "Error" in write
    assert "['library']" in beside
    assert "here" in scratch
    assert not os.path.exists(mine)
