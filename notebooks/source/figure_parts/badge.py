"""The button over each chapter that opens it in Google Colab."""

from .pencil import Sheet


def open_in_colab():
    """A button with the words Open in Colab: it opens this chapter in Google Colab, where you install nothing."""
    sheet = Sheet(150, 32)
    sheet.box(75, 16, "Open in Colab", "cell", w=142, h=24, size=13)
    return sheet
