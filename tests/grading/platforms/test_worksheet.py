"""The times and late marks of Moodle's worksheet, with its own texts in three languages."""

from datetime import UTC, datetime

import pytest

from lrlab.grading.platforms.sheets import read_sheet
from lrlab.grading.platforms.worksheet import HandedIn, handed_in, has_times, is_of_groups, read_time

ENGLISH = """\
Identifier,Full name,Email address,Status,Grade,Maximum grade,Grade can be changed,\
Last modified (submission),Last modified (grade),Feedback comments
"""
GERMAN = """\
ID,"Vollständiger Name",E-Mail-Adresse,Status,Bewertung,Bestwertung,"Bewertung kann geändert werden",\
"Zuletzt geändert (Abgabe)","Zuletzt geändert (Bewertung)","Feedback als Kommentar"
"""
FRENCH = """\
Identifiant,Nom complet,Adresse de courriel,Statut,Note,Note maximale,La note peut être modifiée,\
Dernière modification (travail remis),Dernière modification (note),Feedbacks par commentaires
"""

pytestmark = pytest.mark.usefixtures("berlin")


@pytest.mark.parametrize(
    ("header", "number", "status", "when", "late"),
    [
        (ENGLISH, "Participant 12", "Submitted for grading - 1 day 2 hours late -  - ",
         "Sunday, 1 March 2026, 12:05 PM", True),
        (ENGLISH, "Participant 12", "Submitted for grading - 35 mins late - Graded",
         "Sunday, March 1, 2026, 12:05 PM", True),
        (ENGLISH, "Participant 12", "Submitted for grading - Graded - Extension granted until: Friday, 1 May 2026, "
         "12:00 AM", "Sunday, 1 March 2026, 12:05 PM", False),
        (GERMAN, "Teilnehmer/in12", "Zur Bewertung abgegeben - 36 Tage 10 Stunden zu spät -  - ",
         "Sonntag, 1. März 2026, 12:05", True),
        (GERMAN, "Teilnehmer/in12", "Zur Bewertung abgegeben - Bewertet -  - ", "Sonntag, 1. März 2026, 12:05", False),
        (FRENCH, "Participant12", "Remis pour évaluation - En retard de 1 jour 2 heures - Noté",
         "dimanche 1 mars 2026, 12:05", True),
    ],
)  # fmt: skip
def test_three_languages(tmp_path, header, number, status, when, late):
    path = tmp_path / "list.csv"
    path.write_text(f'{header}{number},Ada Lovelace,ada@uni.example,"{status}",-,"4,00",Yes,"{when}",-,\n')
    sheet = read_sheet(path)
    row = sheet.people[0]
    assert row[: sheet.grades] == [number, "Ada Lovelace", "ada@uni.example"]
    assert handed_in(sheet, row) == HandedIn(late, datetime(2026, 3, 1, 11, 5, tzinfo=UTC))
    assert has_times(sheet)
    assert not is_of_groups(sheet)


@pytest.mark.parametrize(
    ("status", "when"),
    [
        ("No submission - Assignment is overdue by: 3 days", "-"),
        ("Pas de travail remis - Le devoir est en retard de 3 jours", "-"),
        ("Draft (not submitted)", ""),
    ],
)
def test_who_has_not_handed_in_is_not_late(tmp_path, status, when):
    path = tmp_path / "list.csv"
    path.write_text(f"{ENGLISH}Participant 12,Ada,ada@uni.example,{status},-,4,Yes,{when},-,\n")
    sheet = read_sheet(path)
    assert handed_in(sheet, sheet.people[0]) == HandedIn()


def test_in_another_language_nothing_is_guessed(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Identificador,Estado,Entrega\nParticipante 12,1 día después,domingo 1 de marzo de 2026\n")
    sheet = read_sheet(path)
    assert handed_in(sheet, sheet.people[0]) == HandedIn()
    assert not has_times(sheet)
    path.write_text(f'{ENGLISH}Participant 12,Ada,a@b,Submitted for grading,-,4,Yes,"1/3/2026, 12:05",-,\n')
    sheet = read_sheet(path)
    assert handed_in(sheet, sheet.people[0]) == HandedIn(unread="1/3/2026, 12:05")


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("Friday, 2 January 2026, 12:30 AM", "2026-01-01 23:30"),
        ("Friday, 2 January 2026, 1:30 pm", "2026-01-02 12:30"),
        ("Mittwoch, 1. Juli 2026, 23:59", "2026-07-01 21:59"),  # summer time
        ("mercredi 2 décembre 2026, 00:00", "2026-12-01 23:00"),
        ("Friday, 30 February 2026, 1:00 PM", None),
        ("Friday, 2 January 2026, 13:00 PM", None),
        ("Friday, 2 Brumaire 2026, 13:00", None),
        ("Friday, 2 January 0000, 13:00", None),
    ],
)
def test_times_of_moodle(text, utc):
    found = read_time(text)
    assert (f"{found:%Y-%m-%d %H:%M}" if found else None) == utc


def test_groups_that_submit(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Identifier,Full name,Status,Group,Grade,Maximum grade\nParticipant 1,Ada,Submitted,A,-,4\n")
    assert is_of_groups(read_sheet(path))
    path.write_text("Identifier,Full name,Group,Status,Grade,Maximum grade\nParticipant 1,Ada,A,Submitted,-,4\n")
    assert not is_of_groups(read_sheet(path))  # a field of the person
