"""The leaderboard: its order, its file, and what happens to bad input and damaged files."""

import pytest

from lrlab.leaderboard import Leaderboard, LeaderboardError
from lrlab.schedules import Constant, Cosine


@pytest.fixture
def board(tmp_path, monkeypatch):
    monkeypatch.setenv("LRLAB_RESULTS", str(tmp_path / "new"))
    return Leaderboard("capstone-digits", target=0.9, budget=300)


def test_the_fewest_steps_to_the_target_lead_then_the_more_accurate(board):
    places = [
        board.enter("late", Constant(0.1), steps=250, accuracy=0.99),
        board.enter("short of it", Constant(0.2), steps=50, accuracy=0.89),
        board.enter("quick", Cosine(0.2, T_max=100), steps=100, accuracy=0.91),
        board.enter("quick and sure", Constant(0.3), steps=100, accuracy=0.95),
        board.enter("far", Constant(9.0), steps=10, accuracy=0.1),
        board.enter("exact", Constant(0.4), steps=300, accuracy=0.9),
    ]
    assert places == [1, 2, 1, 1, 5, 4]
    names = [entry.name for entry in board.entries]
    assert names == ["quick and sure", "quick", "late", "exact", "short of it", "far"]
    assert [board.reached(entry) for entry in board.entries] == [True] * 4 + [False] * 2


def test_entries_outlive_the_object_with_all_that_was_given(board):
    board.enter("  Ada  L. ", Cosine(0.2, T_max=200), steps=200, accuracy=0.93)
    (entry,) = Leaderboard("capstone-digits", target=0.9, budget=300).entries
    assert (entry.name, entry.steps, entry.accuracy) == ("Ada L.", 200, 0.93)
    assert entry.schedule == repr(Cosine(0.2, T_max=200))
    assert entry.date.endswith("+00:00")
    assert Leaderboard("another", target=0.9, budget=300).entries == ()


def test_the_same_again_replaces_and_anything_else_is_a_new_entry(board):
    for accuracy in (0.5, 0.95):
        board.enter("Ada", Constant(0.1), steps=200, accuracy=accuracy)
    assert [entry.accuracy for entry in board.entries] == [0.95]
    board.enter("Ada", Constant(0.1), steps=100, accuracy=0.5)
    board.enter("Bo", Constant(0.1), steps=200, accuracy=0.5)
    board.enter("Ada", "one line by hand", steps=200, accuracy=0.5)
    assert len(board.entries) == 4


def test_between_equals_the_earlier_leads(board):
    for name in ("Zoe", "Ada"):
        board.enter(name, Constant(0.1), steps=200, accuracy=0.95)
    assert [entry.name for entry in board.entries] == ["Zoe", "Ada"]


def test_an_entry_beyond_a_smaller_budget_does_not_count_as_reached(board):
    board.enter("Ada", Constant(0.1), steps=300, accuracy=0.95)
    board.enter("Bo", Constant(0.1), steps=90, accuracy=0.91)
    strict = Leaderboard("capstone-digits", target=0.9, budget=100)
    assert [strict.reached(entry) for entry in strict.entries] == [True, False]


def test_the_table(board):
    assert repr(board) == "capstone-digits: 90.0% within 300 steps\nno entry yet"
    board.enter("Ada", Constant(0.1), steps=20, accuracy=0.5)
    board.enter("Bo", "x" * 100, steps=300, accuracy=0.925)
    head, columns, first, second = repr(board).splitlines()
    assert head == "capstone-digits: 90.0% within 300 steps"
    assert columns.split() == ["name", "steps", "accuracy", "target", "date", "schedule"]
    assert first.split()[:5] == ["1.", "Bo", "300", "92.50%", "reached"]
    assert first.endswith("x…")
    assert second.split()[:5] == ["2.", "Ada", "20", "50.00%", "missed"]
    assert second.endswith("Constant(lr=0.1)") or "Constant(0.1" in second


def test_without_a_folder_the_entries_last_as_long_as_the_object(monkeypatch):
    monkeypatch.setenv("LRLAB_RESULTS", "off")
    board = Leaderboard("capstone", target=0.9, budget=300)
    assert board.enter("Ada", Constant(0.1), steps=20, accuracy=0.5) == 1
    assert board.path is None
    assert "until this notebook is closed" in repr(board)
    assert Leaderboard("capstone", target=0.9, budget=300).entries == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "name must be a text of 1 to 40 printable characters, got ''"),
        ({"name": "x" * 41}, "name must be a text of 1 to 40 printable characters"),
        ({"name": "a\x1b[31m"}, "name must be a text of 1 to 40 printable characters"),
        ({"name": None}, "name must be a text of 1 to 40 printable characters, got None"),
        ({"schedule": 0.1}, "schedule must be a Schedule or a text, got 0.1"),
        ({"schedule": Constant}, "schedule must be a Schedule or a text, got <class"),
        ({"steps": 0}, "steps must be a whole number >= 1, got 0"),
        ({"steps": 301}, "steps must be at most the budget of 300, got 301"),
        ({"accuracy": 93}, "accuracy must be .*, got 93"),
        ({"accuracy": float("nan")}, "accuracy must be .*, got nan"),
    ],
)
def test_a_bad_entry_is_refused_in_one_sentence_and_changes_nothing(board, change, words):
    good = {"name": "Ada", "schedule": Constant(0.1), "steps": 20, "accuracy": 0.5}
    with pytest.raises(ValueError, match=words) as caught:
        board.enter(**{**good, **change})
    assert "\n" not in str(caught.value)
    assert board.entries == ()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"name": "../up"}, "name must be 1 to 60 letters, digits, hyphens or underscores, got '../up'"),
        ({"target": 92}, "target must be .*, got 92"),
        ({"budget": 0}, "budget must be a whole number >= 1, got 0"),
    ],
)
def test_a_bad_leaderboard_is_refused(arguments, words):
    with pytest.raises(ValueError, match=words):
        Leaderboard(**{"name": "capstone", "target": 0.9, "budget": 300, **arguments})


@pytest.mark.parametrize("text", ["", "[]", "{", '{"entries": [{"name": "Ada"}]}', '{"entries": [3]}'])
def test_a_damaged_file_is_named_and_kept(board, text):
    board.path.parent.mkdir()
    board.path.write_text(text)
    for use in (lambda: board.entries, lambda: board.enter("Ada", "by hand", steps=20, accuracy=0.5)):
        with pytest.raises(LeaderboardError, match=r"leaderboard-capstone-digits\.json can.t be read") as caught:
            use()
        assert "\n" not in str(caught.value)
    assert board.path.read_text() == text


def test_a_folder_that_is_a_file(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LRLAB_RESULTS", str(tmp_path / "file"))
    board = Leaderboard("capstone", target=0.9, budget=300)
    with pytest.raises(LeaderboardError, match=r"can't be written .*LRLAB_RESULTS"):
        board.enter("Ada", "by hand", steps=20, accuracy=0.5)


def test_a_write_that_fails_leaves_the_file_as_it_was(board, monkeypatch):
    board.enter("Ada", "by hand", steps=20, accuracy=0.5)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(LeaderboardError, match="No space left on device"):
        board.enter("Bo", "by hand", steps=20, accuracy=0.6)
    assert [entry.name for entry in board.entries] == ["Ada"]
