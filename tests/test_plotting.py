"""The figures the chapters share: they say what they should, without a warning and without a display."""

import warnings

import matplotlib

matplotlib.use("Agg")

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest

from cs231n.course import plotting
from cs231n.course.plotting import (
    heat_map,
    plot_bars,
    plot_lines,
    plot_loss,
    show_pictures,
    smooth,
    use_course_style,
)
from cs231n.decoding import BeamNode

PICTURE = np.zeros((8, 8, 3), dtype=np.uint8)


@pytest.fixture(autouse=True)
def course_style():
    """Each test draws in the course's style, turns warnings into errors and leaves no figure open."""
    with plt.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("error")
        use_course_style()
        yield
        for number in plt.get_fignums():
            plt.figure(number).canvas.draw()
        plt.close("all")


def texts():
    """Every text in the figure that was drawn last."""
    return [text.get_text() for text in plt.gcf().findobj(matplotlib.text.Text) if text.get_text()]


def luminance(colour):
    """Relative luminance of a colour (WCAG 2.1)."""
    rgb = np.array(matplotlib.colors.to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722]


def test_marks_are_signs_and_not_colour_alone():
    show_pictures([PICTURE] * 3, ["one", "two", "three"], marks=[True, False, None])
    assert {"✓ one", "✗ two", "three"} <= set(texts())


def test_numpy_truth_values_are_marks_too():
    show_pictures([PICTURE] * 2, ["one", "two"], marks=np.array([True, False]))
    assert {"✓ one", "✗ two"} <= set(texts())


def test_a_missing_picture_is_replaced_by_its_reason():
    show_pictures([PICTURE, None], ["a dog", "no network"])
    assert "no network" in texts()


def test_long_captions_are_wrapped_and_stay_inside_the_figure():
    axes = show_pictures([PICTURE] * 5, ["a man riding a wave on top of a surfboard <END>"] * 5)
    figure = plt.gcf()
    figure.canvas.draw()
    for ax in axes.flat[:5]:
        assert "\n" in ax.get_xlabel()
        box = ax.xaxis.label.get_window_extent()
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= figure.bbox.width


def test_no_picture_at_all_is_an_empty_figure():
    assert show_pictures([]).size == 1


def test_grey_pictures_are_drawn():
    show_pictures([PICTURE[..., 0]])


def test_too_few_captions_are_an_error_with_both_numbers():
    with pytest.raises(ValueError, match="captions has 1 entries, expected one for each of 2"):
        show_pictures([PICTURE] * 2, ["one"])


def test_running_mean_keeps_a_constant_and_the_length():
    np.testing.assert_allclose(smooth(np.full(7, 3.0), 3), 3.0)


def test_running_mean_is_the_mean_of_the_neighbours():
    np.testing.assert_allclose(smooth(np.array([0.0, 3.0, 6.0, 0.0]), 3), [1.5, 3.0, 3.0, 3.0])


@pytest.mark.parametrize("steps", [1, 2, 19, 500])
def test_loss_of_any_length_is_drawn_faint_and_smooth(steps):
    raw, strong = plot_loss(list(range(steps))).lines
    assert len(raw.get_xdata()) == len(strong.get_xdata()) == steps
    assert raw.get_alpha() < 1


def test_compared_losses_are_named_and_differ_in_dashes():
    ax = plot_loss({"RNN": [3, 2, 1], "LSTM": [3, 1, 0]})
    assert {"RNN", "LSTM"} <= set(texts())
    assert ax.lines[1].get_linestyle() != ax.lines[3].get_linestyle()


def test_empty_history_says_what_to_do():
    with pytest.raises(ValueError, match="empty: train first"):
        plot_loss([])


def test_curves_are_named_and_share_the_axes_given():
    _, ax = plt.subplots()
    assert plot_lines({"0.5": [1, 0.5], "2": [1, 2]}, log=True, ax=ax) is ax
    assert {"0.5", "2"} <= set(texts()) and ax.get_yscale() == "log"


def test_bars_carry_their_numbers_the_first_on_top():
    ax = plot_bars({"dog": 0.5, "cat": 0.25}, form="{:.0%}")
    assert {"dog", "cat", "50%", "25%"} <= set(texts())
    assert ax.yaxis_inverted()


def test_heat_map_is_white_at_zero_and_names_each_word():
    (ax,) = heat_map(np.array([[-3.0, 1.0], [0.0, 2.0]]), "a dog")
    assert ax.images[0].get_clim() == (-3, 3)
    assert {"a", "dog"} <= set(texts())


def test_heat_maps_of_gates_share_one_scale():
    axes = heat_map({"i": np.ones((2, 3)), "g": -2 * np.ones((2, 3))}, ["a", "dog"], title="gates")
    assert [ax.get_title() for ax in axes] == ["i", "g"]
    assert {ax.images[0].get_clim() for ax in axes} == {(-2, 2)}


def test_heat_map_of_zeros_is_drawn():
    heat_map(np.zeros((1, 4)), ["a"])


def test_heat_map_with_a_word_too_few_names_the_shape():
    with pytest.raises(ValueError, match=r"shape \(3, 2\), expected \(2, H\)"):
        heat_map(np.zeros((3, 2)), "a dog")


@pytest.mark.parametrize("role", ["right", "wrong", "ink"])
def test_colours_of_captions_are_readable_on_white(role):
    assert 1.05 / (luminance(plotting.PALETTE[role]) + 0.05) >= 4.5


def test_a_beam_tree_shows_every_kept_word_and_the_winning_way_thick():
    nodes = [
        BeamNode(1, 3, None, -0.1, -0.1, False),
        BeamNode(1, 4, None, -0.2, -0.2, True),
        BeamNode(2, 5, 1, -0.3, -0.3, True),
        BeamNode(2, 5, 0, -0.9, -0.9, False),
    ]
    ax = plotting.plot_beam_tree(nodes, ["", "", "", "a", "the", "kite"])
    shown = {text.get_text() for text in ax.texts}
    assert shown == {"<START>", "a", "kite", "the", "-0.1", "-0.2", "-0.3", "-0.9"}
    assert sorted(line.get_linewidth() for line in ax.lines) == [1, 1, 3.5, 3.5]


def test_a_notebook_shows_its_figures_whatever_the_user_has_set(tmp_path, monkeypatch):
    from nbclient import NotebookClient
    from nbformat.v4 import new_code_cell, new_notebook

    (tmp_path / "matplotlibrc").write_text("text.usetex: True\naxes.titlesize: 3\n", encoding="utf-8")
    monkeypatch.setenv("MATPLOTLIBRC", str(tmp_path))
    monkeypatch.setenv("MPLBACKEND", "agg")
    lines = "import matplotlib.pyplot as plt", "from cs231n.course.plotting import use_course_style"
    lines += "use_course_style()", "plt.plot([1, 2])", "plt.title('a')", "plt.show()"
    cell = new_code_cell("\n".join(lines))
    NotebookClient(new_notebook(cells=[cell]), kernel_name="python3").execute()
    assert ["image/png" in output.get("data", ()) for output in cell.outputs] == [True], cell.outputs


def test_an_ended_caption_shows_its_rank_and_no_line_crosses_another():
    random = np.random.default_rng(0)
    nodes = [BeamNode(1, word, None, -word, -word, False) for word in (1, 2, 3)]
    for step in (2, 3, 4):
        parents = [n for n, node in enumerate(nodes) if node.step == step - 1]
        for parent in random.choice(parents, 3):
            nodes.append(BeamNode(step, 2, int(parent), -step, -step / 2, False))
    ax = plotting.plot_beam_tree(nodes, ["a", "b", "<END>", "c"])
    assert "rank -2.00" in {text.get_text() for text in ax.texts}
    lines = [(line.get_xdata(), line.get_ydata()) for line in ax.lines]
    for (xs, one), (others_xs, other) in itertools.combinations(lines, 2):
        if list(xs) == list(others_xs):
            assert (one[0] - other[0]) * (one[1] - other[1]) >= 0
