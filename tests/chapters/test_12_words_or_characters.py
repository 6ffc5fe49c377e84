"""What chapter 12 says, measured by one run of the chapter."""

import contextlib

import pytest

from cs231n.course.chapters.word_pieces import cut, learn_merges
from cs231n.course.stored_results import stored_results


@pytest.fixture(scope="module")
def space(chapter):
    return chapter.space


# ---- the captions


def test_captions_are_short_and_the_hidden_word_is_in_none_of_training(chapter, space):
    chapter.says("only captions of at most 44 characters", "no training caption holds it")
    assert space["LONGEST"] == 44 and max(map(len, space["texts"]["train"])) <= 44
    assert not any(space["HIDDEN"] in text.split() for text in space["texts"]["train"])


def test_how_many_captions_are_that_short_is_told(chapter, space):
    chapter.space  # noqa: B018  (runs it)
    kept, every = len(space["texts"]["train"]), space["before"]
    assert f"{kept:,} of {every:,} training captions are that short" in chapter.prints
    assert 0.2 < kept / every < 0.5


# ---- word pieces


def test_the_first_piece_is_a_space_and_a_t(chapter, space):
    chapter.says("`' t'`: a space and a t.")
    assert space["merges"][0] == (" ", "t")
    words = {f" {word}" for text in space["texts"]["train"] for word in text.split()}
    assert {" the", " two", " three", " there", " tree"} <= words


def test_frequent_words_became_one_piece_and_airplanes_several(chapter, space):
    chapter.says(
        "frequent words have become one piece, and `airplanes`, which no training caption holds, is spelled in"
    )
    assert {" the", " red", " on"} <= set(space["pieces"])
    assert len(cut(" airplanes", space["merges"])) > 2


def test_the_students_loop_gives_the_pieces_of_the_package(space):
    assert space["merges"] == learn_merges(space["texts"]["train"], 100)


def test_nothing_is_lost_in_pieces(chapter, space):
    chapter.says("Nothing is lost, and there is no `<UNK>`.")
    assert all("".join(cut(text, space["merges"])) == text for text in space["texts"]["val"])
    assert all("<UNK>" not in text for text in space["texts"]["val"])


def test_the_drawing_cuts_as_the_pieces_do(chapter, space):
    assert cut("a red kite", space["merges"]) == ["a", " red", " k", "ite"]


def test_how_many_steps_each_needs(chapter, space):
    chapter.says(
        "From words to characters it is four to five times as many steps",
        "The pieces lie between, at about twice as many steps as words.",
    )
    mean = {name: values.mean() for name, values in space["lengths"].items()}
    assert 4 <= mean["characters"] / mean["words"] <= 5
    assert 1.6 <= mean["pieces"] / mean["words"] <= 2.4


def test_parked_is_one_piece(chapter, space):
    chapter.says("as here ` parked` is")
    assert " parked" in space["pieces"]


def test_the_other_way_of_cutting_differs(space):
    texts = space["texts"]["val"][:400]
    assert any(space["cut_differently"](text) != cut(text, space["merges"]) for text in texts)
    assert all("".join(space["cut_differently"](text)) == text for text in texts)


# ---- training


def test_all_three_are_trained_alike(chapter):
    chapter.says("Same size of state, same number of epochs, same batch size, same learning rate.")
    code = "\n".join(cell.source for cell in chapter.cells if cell.cell_type == "code")
    for name in ("words", "pieces", "characters"):
        assert code.count(f'train("{name}")') == 1


def test_bits_are_counted_with_the_same_number_of_characters(chapter, space):
    chapter.says("The other two have no `<UNK>`: they can spell everything anyway.")
    assert space["bits"]["words"][1] > 0
    assert space["bits"]["pieces"][1] == space["bits"]["characters"][1] == 0


def test_the_first_letter_costs_most_and_from_the_third_on_little(chapter, space):
    chapter.says("The first letter is the most expensive, and from the third on a letter costs little.")
    means = space["means"]
    assert max(means) == means[0] and max(means[2:]) < means[0] / 3


# ---- three seeds


STORED = {name: stored_results(f"12_{name}").values() for name in ("words", "pieces", "characters")}


def over(read):
    """dict from name to what each seed gave, sorted"""
    return {name: sorted(read(entry) for entry in entries) for name, entries in STORED.items()}


def test_words_need_fewest_bits_and_characters_most_with_each_seed(chapter):
    chapter.says(
        "words need fewer of them than pieces with each seed",
        "The characters need most bits and say fewest true captions with every seed",
    )
    bits = over(lambda entry: entry["bits_per_character"])
    assert all(len(values) == 3 for values in bits.values())
    assert bits["words"][-1] < bits["pieces"][0] and bits["pieces"][-1] < bits["characters"][0]


def test_words_are_truer_than_pieces_and_three_seeds_do_not_decide_about_held_out_pairs(chapter):
    chapter.says(
        "On ordinary pictures the words also say more true captions than the pieces, with each seed.",
        "On the held-out pairs three seeds do not decide: the ranges of words and pieces overlap.",
    )
    true, pairs = (over(lambda entry, rows=rows: entry[rows]["true"]) for rows in ("regular", "held_out"))
    assert true["words"][0] > true["pieces"][-1]
    assert max(pairs["words"][0], pairs["pieces"][0]) < min(pairs["words"][-1], pairs["pieces"][-1])
    assert all(each["characters"][-1] < min(each["words"][0], each["pieces"][0]) for each in (true, pairs))


def test_the_stored_models_are_those_of_the_chapter(chapter, space):
    chapter.says("The same three models were also trained for four epochs, with three seeds each: the median")
    for name, entries in STORED.items():
        size = sum(weight.size for weight in space["models"][name].params.values())
        assert {entry["weights"] for entry in entries} == {size}
        assert {entry["epochs"] for entry in entries} == {4} and {entry["rate"] for entry in entries} == {
            4e-3
        }


# ---- what the chapter's own training shows


def test_parameters_are_a_question_of_the_vocabulary(chapter, space):
    chapter.says(
        "Here it has fewer than 200 words", "With 50,000 words they would be nearly all of the model."
    )
    sizes = {name: weight.size for name, weight in space["models"]["words"].params.items()}
    V, (W, H) = len(space["datasets"]["words"]["idx_to_word"]), (48, 160)
    tables = sizes["W_embed"] + sizes["W_vocab"] + sizes["b_vocab"]
    others = sum(sizes.values()) - tables
    assert V < 200 and tables < 0.25 * sum(sizes.values())
    assert 50_000 * (W + H + 1) / (50_000 * (W + H + 1) + others) > 0.95


def test_the_verdicts_are_counted_or_come_from_three_seeds(space):
    answer = space["answer"]
    assert answer["needs most steps for a caption"] == ["characters"]
    assert answer["can never say a word that it never saw"] == ["words"]
    assert answer["has most parameters"] == ["words"]
    assert answer["needs fewest bits for each character of text"] == ["words"]
    assert answer["says most true captions"] == ["words"]
    assert answer["needs fewest multiplications for an epoch of training"] == ["words"]
    assert set(answer) == set(space["guess"])


def test_an_epoch_costs_what_its_products_need(space):
    """Three products of 2-D arrays for each unit that is predicted, counted from the shapes of the weights."""
    for name, model in space["models"].items():
        p, units = model.params, (space["datasets"][name]["train_captions"][:, 1:] != 0).sum()
        each = p["Wx"].size + p["Wh"].size + p["W_vocab"].size
        assert space["products"][name] == pytest.approx(3 * units * each / 1e9)
        assert [point for point, _ in space["course"][name]] == pytest.approx(
            [epoch * space["products"][name] for epoch in range(space["EPOCHS"] + 1)]
        )


def test_the_merges_are_the_same_however_often_the_cell_runs(chapter):
    space = dict(chapter.space)
    code = next(cell.source for cell in chapter.cells if "MERGES = 100" in cell.source)
    for many in (100, 100, 25):  # again, and the stretch task
        with contextlib.redirect_stdout(None):
            exec(compile(code.replace("MERGES = 100", f"MERGES = {many}"), "merges", "exec"), space)
        assert space["merges"] == learn_merges(space["texts"]["train"], many)


def test_stop_in_the_first_epoch_leaves_a_point(chapter):
    space = dict(chapter.space)
    space |= {"models": {}, "course": {}, "products": {}}

    class Stopped:
        def __init__(self, *_, **__):
            pass

        def train(self):
            print("Stopped after 3 minibatches.")

    code = next(cell.source for cell in chapter.cells if "def train(name):" in cell.source)
    space["CaptioningSolver"] = Stopped
    with contextlib.redirect_stdout(None):
        exec(compile(code, "train", "exec"), space)
    assert len(space["course"]["words"]) == 1
    space["plot_courses"](space["course"], "true statements")


def test_training_holds_the_singular_and_other_plurals(chapter, space):
    chapter.says("they have seen *an airplane*, and *two planes*, *two cars*, *two houses*")
    text = " | ".join(space["texts"]["train"])
    assert all(seen in text for seen in ("an airplane", "two planes", "two cars", "two houses"))


def test_both_panels_of_the_plural_show_the_same_characters_on_one_scale(chapter, space):
    code = next(cell.source for cell in chapter.cells if 'begin = {"one"' in cell.source)
    assert "sharex=True" in code and "for c in shown}" in code
    assert {"s", " "} <= set(space["shown"])


def test_every_number_of_the_table_is_printed_to_the_third_digit(chapter):
    bits = [stored for entries in STORED.values() for stored in (e["bits_per_character"] for e in entries)]
    assert all(f"{value:.3f}" in chapter.prints for value in bits)


def test_no_invented_word_is_unknown(space):
    assert not any("invented" in key and "<UNK>" in str(value) for key, value in space["lines"].items())
