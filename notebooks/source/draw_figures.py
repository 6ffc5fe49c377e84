"""Draw the chapters' pictures of computations: notebooks/figures, and in Chinese notebooks/zh_CN/figures.

    python notebooks/source/draw_figures.py

Each picture is a function in figure_parts/, named as its file is; the function's docstring is the alt text, which
chapters quote: ALT_TEXT["rnn_step"] belongs to figures/rnn_step.svg. The same matplotlib draws the same bytes.
"""

from pathlib import Path
from xml.sax.saxutils import escape

from figure_parts import attention, badge, loss, lstm, reward, speaking, steps, transformer, words
from figure_parts.pencil import WORDS, same_everywhere

FIGURES = Path(__file__).resolve().parent.parent / "figures"
CHINESE = FIGURES.parent / "zh_CN" / "figures"

DRAWINGS = {
    drawing.__name__: drawing
    for drawing in (
        words.what_you_will_build,
        words.special_tokens,
        steps.rnn_step,
        steps.rnn_step_backward,
        steps.rnn_unrolled,
        steps.bptt_by_hand,
        steps.bptt_with_tanh,
        words.word_embedding,
        words.shifted_caption,
        loss.captioning_loss,
        speaking.sampling_loop,
        speaking.decoding_choices,
        speaking.beam_tree,
        lstm.lstm_cell,
        lstm.linear_probe,
        words.words_or_characters,
        steps.hoisting,
        attention.attention,
        transformer.self_attention,
        transformer.transformer_block,
        reward.reward_loop,
        badge.open_in_colab,
    )
}
ALT_TEXT = {name: " ".join(drawing.__doc__.split()) for name, drawing in DRAWINGS.items()}


def as_svg(name, chinese=None):
    """One picture as SVG text, with its alt text inside. chinese: English → Chinese, for the Chinese edition."""
    WORDS.chinese = chinese or {}
    description = WORDS.chinese.get(ALT_TEXT[name], ALT_TEXT[name])
    try:
        with same_everywhere():
            return DRAWINGS[name]().svg(title=name.replace("_", " "), description=escape(description))
    finally:
        WORDS.chinese = {}


def words():
    """All words in the drawings, in order."""
    WORDS.said = []
    for drawing in DRAWINGS.values():
        drawing()
    return WORDS.said


def redraw(folder=FIGURES, chinese=None):
    """Write every picture to folder as NAME.svg."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in DRAWINGS:
        (folder / f"{name}.svg").write_text(as_svg(name, chinese), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    import translate

    redraw()
    redraw(CHINESE, translate.words("shared"))
    print(f"{2 * len(DRAWINGS)} pictures drawn in {FIGURES} and {CHINESE}")
