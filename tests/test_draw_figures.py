"""The committed pictures are the ones draw_figures.py draws; all can be read without being seen."""

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

SOURCE = Path(__file__).resolve().parent.parent / "notebooks" / "source"
FIGURES = SOURCE.parent / "figures"
NUMBER = re.compile(r"-?\d+\.\d+")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def drawings():
    """The module that draws."""
    sys.path.insert(0, str(SOURCE))
    try:
        import draw_figures
        import translate  # noqa: F401
    finally:
        sys.path.remove(str(SOURCE))
    return draw_figures


@pytest.fixture(scope="module")
def redrawn(drawings, tmp_path_factory):
    """A folder with every picture drawn anew, or a skip where matplotlib is not the one that drew them."""
    drawn_by = re.search(r"matplotlib (\S+)<", (FIGURES / "rnn_step.svg").read_text(encoding="utf-8"))[1]
    if drawn_by != matplotlib.__version__:
        pytest.skip(f"the figures were drawn by matplotlib {drawn_by}, and this is {matplotlib.__version__}")
    folder = tmp_path_factory.mktemp("figures")
    drawings.redraw(folder)
    return folder


def alike(one, other):
    """Whether two SVG texts are the same, but for the last digits of numbers, which differ between processors."""
    numbers = [[float(number) for number in NUMBER.findall(text)] for text in (one, other)]
    return NUMBER.sub("#", one) == NUMBER.sub("#", other) and numbers[0] == pytest.approx(
        numbers[1], abs=0.01
    )


def test_the_folder_holds_one_file_a_drawing(drawings):
    assert sorted(path.stem for path in FIGURES.glob("*.svg")) == sorted(drawings.DRAWINGS)


def test_drawing_again_under_other_settings_gives_the_same_bytes(drawings, redrawn):
    with matplotlib.rc_context({"font.family": "monospace", "lines.linewidth": 9, "svg.fonttype": "none"}):
        again = drawings.as_svg("rnn_step")
    assert (redrawn / "rnn_step.svg").read_bytes() == again.encode()


def test_committed_pictures_are_up_to_date(redrawn):
    old = [
        path.name
        for path in sorted(redrawn.glob("*.svg"))
        if not alike(path.read_text(encoding="utf-8"), (FIGURES / path.name).read_text(encoding="utf-8"))
    ]
    assert not old, f"run: python notebooks/source/draw_figures.py   (out of date: {', '.join(old)})"


def test_chinese_pictures_are_up_to_date_and_chinese(drawings, redrawn):
    import translate  # beside draw_figures.py

    words = translate.words("shared")
    for name in drawings.DRAWINGS:
        stored = (drawings.CHINESE / f"{name}.svg").read_text(encoding="utf-8")
        assert alike(drawings.as_svg(name, words), stored), f"run: draw_figures.py   ({name} is out of date)"
        assert words[drawings.ALT_TEXT[name]] in stored.replace("&lt;", "<"), name


def test_each_picture_carries_its_alt_text(drawings):
    for path in FIGURES.glob("*.svg"):
        root = ElementTree.parse(path).getroot()
        assert root.find(f"{SVG}title").text == path.stem.replace("_", " ")
        assert root.find(f"{SVG}desc").text == drawings.ALT_TEXT[path.stem]


def test_alt_texts_say_enough_and_do_not_break_markdown(drawings):
    for name, text in drawings.ALT_TEXT.items():
        assert 80 <= len(text) <= 500, f"{name}: {len(text)} letters"
        assert text.count("[") == text.count("]") and "<" not in text, name


def test_each_picture_is_small_and_needs_no_font():
    for path in FIGURES.glob("*.svg"):
        svg = path.read_bytes()
        assert len(svg) < 150_000 and b"\r" not in svg and b"<text" not in svg, path.name


def test_no_text_leaves_the_sheet(drawings):
    for name, drawing in drawings.DRAWINGS.items():
        sheet = drawing()
        renderer = FigureCanvasAgg(sheet.figure).get_renderer()
        paper = sheet.figure.bbox
        for text in sheet.ax.texts:
            box = text.get_window_extent(renderer)
            inside = box.x0 >= 8 and box.y0 >= 4 and box.x1 <= paper.width - 8 and box.y1 <= paper.height - 4
            assert inside, f"{name}: {text.get_text()!r} lies at the edge"


def test_no_two_texts_overlap(drawings):
    for name, drawing in drawings.DRAWINGS.items():
        sheet = drawing()
        renderer = FigureCanvasAgg(sheet.figure).get_renderer()
        boxes = [
            (text.get_text(), text.get_window_extent(renderer).padded(-1))
            for text in sheet.ax.texts
            if text.get_text() and not text.get_rotation()
        ]
        for number, (text, box) in enumerate(boxes):
            for other_text, other in boxes[:number]:
                assert not box.overlaps(other), f"{name}: {text!r} lies on {other_text!r}"
