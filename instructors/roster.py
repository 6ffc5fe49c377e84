"""Who is in the class: the instructor's list of students, and whose hand-in is whose."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

from instructors.marks import plain, read_table

# How a list calls its columns, without capitals, spaces and signs: in Canvas, Moodle, Gradescope and nbgrader
COLUMNS = {
    "name": "name student fullname studentname nameofstudent 姓名",
    "first": "firstname givenname forename vorname prénom prenom nombre 名",
    "last": "lastname surname familyname nachname nom apellido apellidos 姓",
    "email": "email emailaddress mail emailadresse adressedecourriel correo 邮箱 电子邮件 电子邮件地址",
    "canvas": "canvasid canvasuserid",
    "sis": "sisuserid sid idnumber studentid studentnumber idnummer matrikelnummer 学号",
    "login": "sisloginid loginid login username netid benutzername 用户名",
    "plain_id": "id",  # Canvas's own number where Canvas's other columns are there too
    "section": "section sections",
    "hand_in": "handin",  # the name in the marks, where nothing else fits
    "late_days": "latedays",
    "submitted": "submitted submissiontime lastmodifiedsubmission",
}
IDENTIFIERS = ("canvas", "sis", "login", "email")


@dataclass(frozen=True)
class Person:
    """One row of the roster. All are text; what the list does not have is empty."""

    name: str = ""
    first: str = ""
    last: str = ""
    email: str = ""
    canvas: str = ""
    sis: str = ""
    login: str = ""
    section: str = ""
    hand_in: str = ""
    late_days: str = ""
    submitted: str = ""

    @property
    def sortable(self):
        """Last name first, where it is known which one that is."""
        return f"{self.last}, {self.first}" if self.last and self.first else self.name

    @property
    def said(self):
        """For messages."""
        return plain(f"{self.name} <{self.email}>" if self.email else self.name)


def read_roster(path):
    """The people in a CSV file; its columns are found by their names.

    ValueError: when there is no such file, no name in it, or two rows with one e-mail or number
    """
    try:
        titles, rows = read_table(path)
    except OSError as error:
        raise ValueError(f"The roster {path} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise ValueError(f"The roster {path} cannot be used: {error}.") from None
    fields = {field: names.split() for field, names in COLUMNS.items()}
    columns = {}
    for title in titles:
        for field, names in fields.items():
            if "".join(c for c in title.casefold() if c.isalnum()) in names:
                columns.setdefault(field, title)
    if not {"name", "first", "last"} & set(columns):
        known = "a name, or a first and a last name"
        raise ValueError(f"The roster {path} needs a first line with the names of columns, and {known}.")
    if "plain_id" in columns:
        canvas = {"sis", "login"} & set(columns) and "section" in columns
        columns.setdefault("canvas" if canvas else "sis", columns["plain_id"])
        del columns["plain_id"]
    people = []
    for row in rows:
        cells = {field: " ".join(row[title].split()) for field, title in columns.items()}
        person = Person(**_with_name(**cells))
        if person.name and person.sortable not in ("Points Possible", "Student, Test"):  # of Canvas
            people.append(person)
    if not people:
        raise ValueError(f"There is nobody in the roster {path}.")
    for field in IDENTIFIERS:
        counts = Counter(getattr(person, field).casefold() for person in people)
        if twice := [value for value, times in counts.items() if value and times > 1]:
            raise ValueError(f"The roster {path} has two rows with {plain(twice[0])}.")
    return people


def _with_name(name="", first="", last="", **others):
    if "," in name and not (first or last):
        last, first = (part.strip() for part in name.split(",", 1))
        name = f"{first} {last}"
    return {"name": name or f"{first} {last}".strip(), "first": first, "last": last, **others}


def match(people, hand_ins):
    """Whose is it? Where it is not certain, nobody's.

    hand_ins: the names of students in the marks
    returns: name in the marks → person; and name → why it is nobody's
    """
    found, unclear = {}, {}
    for name in hand_ins:
        number = re.search(r"_(\d+)$", name)
        base = name[: number.start()] if number else name
        fits = [person for person in people if _letters(base) in _names(person)]
        for candidates in (
            [person for person in people if person.hand_in and person.hand_in == name],
            [person for person in people if name.casefold() in _identifiers(person)],
            [person for person in fits if number and person.canvas == number[1]],
            fits,
        ):
            if len(candidates) == 1:
                found[name] = candidates[0]
            elif candidates:
                unclear[name] = " or ".join(person.said for person in candidates)
            if candidates:
                break
        else:
            unclear[name] = "not in the roster"
    for person in people:
        several = [name for name, owner in found.items() if owner is person]
        for name in several if len(several) > 1 else ():
            del found[name]
            others = " and ".join(plain(other) for other in several if other != name)
            unclear[name] = f"{person.said}, as {others}"
    return found, unclear


def _identifiers(person):
    known = {person.email, person.email.partition("@")[0], person.sis, person.login, person.canvas}
    return {text.casefold() for text in known if text}


def _names(person):
    """The name as letters only, with every word of it in front once: 'Jane Ann Doe', 'Doe Jane Ann', …"""
    words = [_letters(word) for word in person.name.split()]
    return {"".join(words[k:] + words[:k]) for k in range(len(words))} - {""}


def _letters(text):
    """Without capitals, accents, spaces and signs."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in apart if c.isalnum())
