"""What a submission sees of this machine's files: what Python needs, and nothing of other people's."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from support.sandboxed import SECRET
from traitlets.config import Config

from lrlab.grading.sandbox import bubblewrap, file_tree
from lrlab.grading.sandbox.limits import Limits, SandboxError

pytestmark = pytest.mark.usefixtures("sandboxed")
TESTS = Path(__file__).parents[1]


def seen(folder, private=(), name="handed-in.ipynb"):
    """The paths of that name in a folder of a sandbox, as the one who makes it sees them: more than a submission."""
    line = bubblewrap.command_line(limits=Limits(), private=private)
    line[line.index("--") + 1 :] = ["/usr/bin/find", str(folder), "-name", name]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert "bwrap" not in done.stderr, done.stderr
    return done.stdout.split()


@pytest.fixture
def prefix(tmp_path, monkeypatch):
    """A folder `python` of which `lib` alone is shown; nothing else of this machine's Python is, to be quick."""
    (tmp_path / "python" / "lib" / "module").mkdir(parents=True)
    (tmp_path / "python" / "lib" / "module" / "needed.py").write_text("", encoding="utf-8")
    system = [path for path in file_tree.SYSTEM_PATHS if os.path.exists(path)]
    base = [*system, "/usr/bin", "/usr/lib", "/usr/lib64"]
    monkeypatch.setattr(
        file_tree, "visible_paths", lambda: [*filter(os.path.exists, base), str(tmp_path / "python" / "lib")]
    )
    return tmp_path / "python"


def planted(folder):
    """A submission of somebody else's in that folder."""
    path = folder / "course" / "inbound" / "ada+unit" / "handed-in.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(SECRET, encoding="utf-8")
    return folder


class TestPrivateFolders:
    def test_of_a_prefix_what_is_listed_is_seen_alone(self, prefix, tmp_path):
        planted(prefix / "share" / "nbgrader" / "exchange")
        planted(prefix / "course")
        assert seen(tmp_path, []) == []
        assert seen(tmp_path, [], "needed.py") == [str(prefix / "lib" / "module" / "needed.py")]

    @pytest.mark.parametrize("place", ["lib/exchange", "lib/module/exchange", "lib/module/deep/er/exchange"])
    def test_an_exchange_below_what_is_shown_is_empty(self, prefix, tmp_path, place):
        exchange = planted(prefix / place)
        assert seen(tmp_path, []) != []  # so it would be seen
        assert seen(tmp_path, [str(exchange)]) == []
        assert seen(tmp_path, [str(exchange)], "needed.py") != []

    def test_one_that_a_link_leads_to(self, prefix, tmp_path):
        exchange = planted(prefix / "lib" / "real")
        (tmp_path / "exchange").symlink_to(exchange)
        assert seen(tmp_path, [str(tmp_path / "exchange")]) == []

    def test_a_link_in_what_is_shown_leads_nowhere(self, prefix, tmp_path):
        planted(tmp_path / "srv" / "exchange")
        (prefix / "lib" / "exchange").symlink_to(tmp_path / "srv" / "exchange")
        assert seen(tmp_path, [str(prefix / "lib" / "exchange")]) == []

    def test_a_prefix_by_another_name(self, prefix, tmp_path, monkeypatch):
        exchange = planted(prefix / "lib" / "exchange")
        (tmp_path / "alias").symlink_to(prefix)
        listed = [*file_tree.visible_paths()[:-1], str(tmp_path / "alias" / "lib")]
        monkeypatch.setattr(file_tree, "visible_paths", lambda: listed)
        assert seen(tmp_path, [], "needed.py") == [str(tmp_path / "alias" / "lib" / "module" / "needed.py")]
        assert seen(tmp_path, [str(exchange)]) == []

    def test_an_environment_in_a_course_in_what_is_shown(self, prefix, tmp_path, monkeypatch):
        course = planted(prefix / "lib" / "course")
        (course / ".venv" / "lib" / "own").mkdir(parents=True)
        (course / ".venv" / "lib" / "own" / "needed.py").write_text("", encoding="utf-8")
        listed = [*file_tree.visible_paths(), str(course / ".venv" / "lib")]
        monkeypatch.setattr(file_tree, "visible_paths", lambda: listed)
        assert seen(tmp_path, [str(course)]) == []
        assert str(course / ".venv" / "lib" / "own" / "needed.py") in seen(tmp_path, [str(course)], "needed.py")

    def test_a_file_is_empty(self, prefix, tmp_path):
        (prefix / "lib" / "grades.db").write_text(SECRET, encoding="utf-8")
        mounts = file_tree.plan_mounts(file_tree.visible_paths(), [str(prefix / "lib" / "grades.db")])
        assert file_tree.Mount(str(prefix / "lib" / "grades.db"), "empty file") in mounts
        seen(tmp_path, [str(prefix / "lib" / "grades.db")])  # can be made

    def test_what_python_needs_can_not_be_private(self, prefix, tmp_path):
        with pytest.raises(SandboxError, match="python/lib must not be seen by a submission, but Python needs it"):
            seen(tmp_path, [str(prefix / "lib")])


class TestWhatIsPrivate:
    def test_nbgraders_own_default(self):
        from nbgrader.exchange.default import Exchange

        assert Exchange().root == file_tree.EXCHANGE
        assert os.path.realpath(file_tree.EXCHANGE) in file_tree.private_paths()

    def test_homes(self):
        import pwd

        people = [entry.pw_dir for entry in pwd.getpwall() if entry.pw_uid in file_tree.PEOPLE]
        named = set(map(os.path.realpath, file_tree.visible_paths()))
        assert {os.path.realpath(home) for home in [*people, os.path.expanduser("~")]} - named <= {
            *file_tree.private_paths()
        }

    def test_a_courses_own(self, tmp_path):
        config = Config()
        config.CourseDirectory.root = str(tmp_path / "course")
        config.CourseDirectory.submitted_directory = str(tmp_path / "elsewhere")
        config.CourseDirectory.db_url = f"sqlite:///{tmp_path}/grades.db"
        config.Exchange.root = str(tmp_path / "exchange")
        (tmp_path / "grades.db-wal").touch()
        names = ("course", "course/solutions", "elsewhere", "exchange", "grades.db-wal")
        config.CourseDirectory.source_directory = "solutions"
        assert {str(tmp_path / name) for name in names} <= {*file_tree.private_paths(config)}

    def test_no_folder_above_an_environment_is_listed(self):
        for path in file_tree.visible_paths():
            assert path not in {"/usr", "/usr/local", "/usr/share", "/usr/local/share", "/opt", "/srv", "/mnt", "/home"}
            assert path not in {sys.prefix, sys.base_prefix, str(Path.home()), str(TESTS.parents[1])}


def in_a_machine_of_its_own(tmp_path, script, ordinary):
    """What a script prints where /usr/local/share, /opt, /srv and /mnt are full of other people's work.

    It runs in a mount namespace, so that nothing is changed here. There an ordinary user can also reach a Python that
    lies in root's home.
    """
    (tmp_path / "script.py").write_text(script, encoding="utf-8")
    tmp_path.chmod(0o755)
    for folder in tmp_path.parents:
        if folder.stat().st_uid == os.getuid() and folder != Path(folder.anchor) and folder.stat().st_mode & 0o5 != 0o5:
            folder.chmod(folder.stat().st_mode | 0o5)
    plant = """
        set -e
        for folder in /usr/local/share /opt /srv /mnt /usr/share/fonts; do
            mkdir -p $folder; mount -t tmpfs -o mode=755 tmpfs $folder
        done
        exchange=/usr/local/share/nbgrader/exchange
        for course in $exchange/course /usr/local/share/jupyter/exchange/course /opt/exchange/course \\
            /srv/exchange/course /mnt/exchange/course; do
            mkdir -p "$course/inbound/ada+unit" "$course/outbound"
            echo kept-from-students > "$course/inbound/ada+unit/handed-in.ipynb"
        done
        ln -s $exchange /usr/share/fonts/exchange
        chmod -R a+rX $exchange
        chown -R 12345 $exchange
        python=$1; script=$2; ordinary=$3
        home=$(mktemp -d); chmod 777 $home; export HOME=$home LRLAB_TEST_PLANTED=$exchange
        if [ $ordinary = no ]; then exec $python $script; fi
        for closed in $4; do
            mkdir -p $home/kept; mount --bind $closed $home/kept
            above=${closed%/*}; top=/$(echo $above | cut -d/ -f2)
            mount -t tmpfs -o mode=755 tmpfs $top; mkdir -p $closed; mount --bind $home/kept $closed
        done
        exec setpriv --reuid 12345 --regid 12345 --clear-groups $python $script
    """
    base = Path(sys.base_prefix)
    closed = [] if all(folder.stat().st_mode & 0o1 for folder in base.parents) else [str(base)]
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", textwrap.dedent(plant), "sh", sys.executable, str(tmp_path / "script.py"),
         "yes" if ordinary else "no", " ".join(closed)],
        cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": f"{TESTS.parent}{os.pathsep}{TESTS.parents[1]}", "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    return done.stdout


as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root may put other files over the machine's own")
LOOK = """
import json, os
from support.sandboxed import execute
found = [os.path.join(folder, name) for folder, _, names in os.walk(os.environ["LRLAB_TEST_PLANTED"]) for name in names]
assert len(found) == 1, found
cell = '''
import json, os, sys
found = [os.path.join(folder, name) for folder, folders, names in os.walk("/") for name in names + folders
         if "exchange" in name or "handed-in" in name]
found = [path for path in found if "/site-packages/" not in path and not path.startswith("/proc/")]
places = filter(os.path.exists, ("/usr/local/share/nbgrader", "/usr/local/share/jupyter", "/opt", "/srv", "/mnt"))
print(json.dumps([os.getuid(), found, list(places)]))
'''
print(json.loads(execute(cell)[0])[0]["text"])
"""


@as_root
@pytest.mark.slow(reason="another Python starts, and a kernel in a sandbox")
@pytest.mark.xdist_group("sandbox")
@pytest.mark.parametrize("ordinary", [False, True], ids=["as root", "as an ordinary user"])
def test_an_exchange_in_its_default_place(tmp_path, ordinary):
    """As its owner may, who releases and collects there and is most often the one who grades."""
    user, found, places = json.loads(in_a_machine_of_its_own(tmp_path, LOOK, ordinary).strip().splitlines()[-1])
    assert (user == 12345) == ordinary
    assert [path for path in found if path.endswith(("handed-in.ipynb", "inbound"))] == []
    assert not [path for path in found if os.path.basename(path) == "exchange" and not path.startswith("/usr/share/")]
    assert places == []


DOCTOR = """
import asyncio, sys
from lrlab.grading.batch import doctor
from lrlab.grading.sandbox import file_tree
listed = file_tree.visible_paths()
if {planted}:
    file_tree.visible_paths = lambda: [*listed, "/opt"]
for held, what in doctor.checks():
    print("ok  " if held else "FAIL", what)
"""


AT_NIGHT = pytest.mark.nightly(
    reason="each takes five seconds; in every run are one that finds a course and nothing else, and test_doctor.py's"
)


@as_root
@pytest.mark.slow(reason="another Python starts, and a kernel in a sandbox")
@pytest.mark.xdist_group("sandbox")
@pytest.mark.parametrize(
    ("ordinary", "planted"),
    [
        pytest.param(False, False, id="as root", marks=AT_NIGHT),
        pytest.param(True, False, id="as an ordinary user", marks=AT_NIGHT),
        pytest.param(True, True, id="as an ordinary user, with a course shown"),
    ],
)
def test_the_doctor_looks_through_the_whole_tree(tmp_path, ordinary, planted):
    said = in_a_machine_of_its_own(tmp_path, DOCTOR.format(planted=planted), ordinary)
    wrong = [line for line in said.splitlines() if line.startswith("FAIL")]
    assert wrong == (
        ["FAIL it sees no exchange, home or course: found others ['/opt/exchange/course']"] if planted else []
    )
    assert "ok   it sees no exchange" in said or planted


FIND = """
import subprocess
from lrlab.grading.sandbox import bubblewrap, file_tree
from lrlab.grading.sandbox.limits import Limits
if {whole}:
    file_tree.PARTS, file_tree.EXCHANGE = ("share", *file_tree.PARTS), "/nowhere"
line = bubblewrap.command_line(limits=Limits())
line[line.index("--") + 1 :] = ["/usr/bin/find", "/usr/local", "-name", "handed-in.ipynb"]
print(subprocess.check_output(line, text=True))
"""


@as_root
@pytest.mark.slow(reason="another Python starts, and a kernel in a sandbox")
@pytest.mark.parametrize("ordinary", [False, True], ids=["as root", "as an ordinary user"])
def test_it_would_be_seen_were_share_on_the_list(tmp_path, ordinary):
    """So that the test above looks at something."""
    assert "nbgrader/exchange" in in_a_machine_of_its_own(tmp_path, FIND.format(whole=True), ordinary)
    assert in_a_machine_of_its_own(tmp_path, FIND.format(whole=False), ordinary).strip() == ""
