"""The language of what the course says: English, or Chinese.

CS231N_LANG decides, `en` or `zh`. Else, in a notebook, the edition that is open: a chapter of the Chinese edition
says `use("zh_CN")` in its first cell of code. Else, in a terminal, the system's language. What has no translation
is said in English. The sentences in code are English; their Chinese is in locale/, from notebooks/source/zh_CN.
"""

import gettext
import locale
import os
import string
import sys
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "locale"
_edition = None


def use(name):
    """From here on, speak the language of this notebook's edition.

    name: "zh_CN" or "en"
    """
    global _edition
    _edition = name


def language():
    """The language to speak now: "en" or "zh_CN"."""
    wanted = os.environ.get("CS231N_LANG") or _edition or ("en" if _in_notebook() else _of_the_system())
    return "zh_CN" if wanted.lower().startswith("zh") else "en"


def tr(sentence, *values):
    """A sentence in the language to speak, filled in: `tr("{path} is not there", path)`.

    sentence: in English, written out in the call, so that translators find it
    values: for its places, in the English order; a place that comes twice has one
    """
    said = sentence if language() == "en" else _catalogue(language()).gettext(sentence)
    if not values:
        return said
    places = dict.fromkeys(name for _, name, _, _ in string.Formatter().parse(sentence) if name)
    return said.format(**dict(zip(places, values, strict=True)))


def noted(sentence):
    """The sentence itself. It marks for translators what `tr` says later."""
    return sentence


@cache
def _catalogue(name):
    """All translations into one language."""
    found = gettext.NullTranslations()
    for path in sorted((FOLDER / name).glob("*.mo")):
        with path.open("rb") as file:
            part = gettext.GNUTranslations(file)
        part.add_fallback(found)
        found = part
    return found


def _in_notebook():
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")


def _of_the_system():
    """What the system speaks, where the terminal can show it."""
    try:
        "中".encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return "en"
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return os.environ[name]
    if sys.platform == "win32":
        import ctypes

        return locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "en")
    return "en"
