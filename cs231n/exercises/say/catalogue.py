# ruff: noqa: E501  (a sentence is one line)
"""Every message that a check can give, one place each: the kind of a fact → its sentence.

A sentence is whole, with named places for values. Where it depends on a number there are two, for one and for more:
`count` chooses. Where it depends on whether the reference is at hand, as it is not in a pack without solutions, there
are two side by side. Mistakes, hints and exercises bring their own sentences, from the bank.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plural:
    """Two sentences: for a `count` of one, and for more."""

    one: str
    more: str


@dataclass(frozen=True)
class Reference:
    """Two sentences: where the reference is at hand, and where it is not."""

    there: str
    not_there: str


VERDICTS = {
    "right": "✓ {exercise} is right.",
    "right_with": Reference(
        "✓ {exercise} is right (with the reference {helpers}, because yours is not right yet).",
        "✓ {exercise} is right (with a right {helpers}, because yours is not right yet).",
    ),
    "right_in_place": Reference(
        "✓ {exercise} is right (with the reference {helpers} in place of yours).",
        "✓ {exercise} is right (with a right {helpers} in place of yours).",
    ),
    "wrong": "✗ {exercise} is not right yet (tried with {sizes}).",
    "wrong_output": "✗ {exercise} is not right yet: look at {output} (tried with {sizes}).",
    "loss_is_right": "✗ {exercise}: your loss is right. Not right yet: {outputs}.",
    "loss_without_gradients": "✗ {exercise}: your loss is right. The gradients are not all there yet.",
    "outputs_in_another_order": "✗ {exercise} returns the right arrays in another order.",
    "another_order_of_cache": "✗ {exercise} is not right yet: it takes the cache apart in an order different from the one it was made in.",
    "alters_argument": "✗ {exercise} is not right yet: it changes its argument {names}.",
    "not_with_its_forward": "✗ {exercise} does not go with your {forward}.",
    "alters_cache": "✗ {exercise} is not right yet: it changes arrays in the cache.",
    "loop": "✗ {exercise} is not right yet: it still works in a loop.",
    "waste": "✗ {exercise} is not right yet: it computes for places that do not count, too.",
    "not_booleans": "✗ {exercise} is not right yet: it returns numbers for True and False.",
    "not_whole": "✗ {exercise} is not right yet: it returns floats, such as 3.0.",
    "error": "✗ {exercise} stopped with an error (tried with {sizes}).",
    "raise_left": "✗ {exercise} has code of yours, but the line raise NotImplementedError still stands in the way.",
    "endless": "✗ {exercise} does not finish: stopped after {seconds} seconds.",
    "endless_in_line": "✗ {exercise} does not finish: stopped after {seconds} seconds in line {number}: {text}",
    "unfilled": "○ {exercise} is not filled in yet.",
    "is_reference": Reference(
        "○ {exercise} is the reference now, not an answer of yours.",
        "○ {exercise} is no answer of yours now.",
    ),
    "borrowed": "○ {exercise} calls {functions} of the package, which computes the answer for it.",
    "waits": "○ {exercise} cannot be checked yet.",
    "forward_first": "○ {exercise} cannot be judged yet: your {forward}, whose cache it reads, is not right.",
    "reference_changed": (
        "✗ The course's own {exercise} was changed, in the folder cs231n. It does not return the right numbers any more, "
        "and answers are compared with it."
    ),
    "stopped": Reference("■ {exercise} was stopped. The reference stands in.", "■ {exercise} was stopped."),
}

NEXT = {
    "next": "Next: {step}",
    "next_make_right": "Next: make that right too.",
    "worth_knowing": "Worth knowing: {text}",
    "run_your_cell_again": "Run the cell with your function again, and then this check.",
    "then_run_it_again": "Then run the cell with {exercise} and this check again.",
    "write_it_yourself": "Write it yourself. It counts as not filled in.",
    "make_forward_right": "Make {forward} right first. Then run the cell with {exercise} and this check again.",
    "needed": "{exercise} is needed here. Its check in chapter {chapter} has to say ✓ first.",
    "needed_but_refused": "{exercise} is needed here. Yours is kept, but not used: {reason}",
    "comes_from_above": "{name} comes from a cell above that could not run. {why}",
    "answer_into_notebook": "Your answer belongs in this notebook: copy what you wrote there to here.",
    "bring_back": "Bring the folder back, with git checkout cs231n or from a fresh copy of the course, and restart the kernel.",
    "hint_helps": 'hint("{exercise}") helps.',
    "go_on": Reference(
        "Until yours is right, the reference stands in: just go on.", "Cells that need it say so, and wait."
    ),
    "go_on_with_its_cache": "Until its cache is whole, the cache of the reference goes with your numbers: just go on.",
    "go_on_without_partner": Reference(
        "Until your {forward} goes with it, the reference stands in here: just go on.",
        "Until your {forward} goes with it, cells that need both wait.",
    ),
    "cache_unreadable": "It cannot read the cache of your {forward}: keep inputs and outputs there too.",
}

NUMBERS = {
    "shape": "Shape: expected {expected}, yours {given}.",
    "only_yours": "Yours is {given}.",
    "expected_and_yours": "Expected {expected}, yours {given}.",
    "first_difference": "First difference: {place} ({axes}): expected {expected}, yours {given}.",
    "first_difference_hidden": "First difference: {place} ({axes}): yours {given}.",
    "all_differ": "All {size} numbers differ.",
    "some_differ": "{count} of {size} numbers differ.",
    "some_differ_at": "{count} of {size} numbers differ, only at {places}.",
    "largest_difference": "The largest difference is {percent} of the largest expected value.",
    "less_than_percent": "less than {number}",
    "not_finite": "Some are not finite (nan or inf).",
    "places": Plural("{axis} {numbers}", "{axis}s {numbers}"),
    "axis_place": "{axis} {number}",
    "gate_place": "gate {gate}, unit {number}",
    "axes": "{places:,}",
    "word": "{number} ({word})",
    "right_already": "Right already: {outputs}.",
    "wrong_too": "Wrong too: {outputs}.",
    "other_gradients_right": "The other gradients are right.",
    "tried_with": "Tried with {sizes}.",
    "right_up_to_end": "Right up to <END>.",
    "right_where_1": "It is right where {letter} = 1.",
    "right_where_more": "It is right where {letter} is more than 1.",
    "right_where_no_1": "It is right where no length is 1.",
    "right_with_other_sizes": "It is right with all other sizes.",
    "right_with_other_inputs": "It is right with all other inputs that were tried.",
    "squeeze": "np.squeeze removes every axis of length 1.",
    "probably": "Probably: {mistake}",
    "claim_and_sentence": "{claim} {sentence}",
    "two_mistakes": "Two mistakes give these numbers. {first} Or: {second}",
    "rule": "{outputs}: {what}",
    "random": "Two calls with the same inputs give different numbers. Is something drawn at random, or kept between calls?",
    "float16": "Its numbers are float16, which has three digits only.",
    "reads_another_cell": "It reads {names} from another cell, not from its arguments.",
    "checked_with": Reference(
        "Note: it was checked with the reference {helpers}, because yours is not right yet.",
        "Note: it was checked with a right {helpers}, because yours is not right yet.",
    ),
    "checked_in_place": Reference(
        "Note: it was checked with the reference {helpers} in place of yours.",
        "Note: it was checked with a right {helpers} in place of yours.",
    ),
    "second_call_gives_others": "The numbers are right the first time. A second call with the same arrays gives others.",
    "in_place_or_new": "x += 1 changes the array itself; x = x + 1 makes a new one.",
    "numbers_are_right": "The numbers that it returns are right.",
    "calls_grow": "For more captions and steps it calls NumPy more often. All of them can be done in one call.",
    "waste_seen": "Where {counted} of {places} places count, it works with an array of {largest} numbers: a score for each word at every place.",
    "needed_below": "But cells below need {names} unchanged.",
    "values_should_be_booleans": "Otherwise they are right. Give dtype=bool: ~ turns True and False round, but not 1 and 0.",
    "values_should_be_whole": (
        "The values are right. They count or name things, so they should be whole numbers: dtype=np.int32."
    ),
    "two_orders": "Asked for: {wanted}. Yours: {came}.",
    "compare_return_line": "Compare your return line with the order that the docstring asks for.",
    "delete_that_line": "That line stops the function. Delete it.",
}

RULES = {
    "whole_numbers": (
        "whole numbers, such as np.zeros(…, dtype=int) or zeros_like of whole numbers holds. They lose what stands behind "
        "the point."
    ),
    "nan_everywhere": "nan everywhere, which is no number.",
    "too_short": "right as far as it goes, but {axis}s are missing at the end: {given} instead of {expected}.",
    "one_more_in_front": "right, but for one {axis} too many in front.",
    "one_more_at_the_end": "right, but for one {axis} too many at the end.",
    "zero_everywhere": "zero everywhere. Is anything put into it?",
    "word_everywhere": "{word} everywhere.",
    "same_word_everywhere": "the same word everywhere.",
    "same_number_everywhere": "the same number everywhere.",
    "input_itself": "this is {input} itself.",
    "another_output": "this is what {output} should be.",
    "shape_only": "the numbers are right, their shape is not: {given} instead of {expected}.",
    "shape_only_keepdims": (
        "the numbers are right, their shape is not: {given} instead of {expected}. Does keepdims keep an axis?"
    ),
    "rows_and_columns": "rows and columns are exchanged.",
    "axes_exchanged": "the axes for {first} and {second} are exchanged.",
    "reverse_order": "the {axis}s come in reverse order.",
    "other_sign": "the right numbers with the other sign.",
    "two_times": "two times the right numbers.",
    "half": "half of the right numbers.",
    "divided_by_N": "the right numbers, divided by N, the number of samples.",
    "times_N": "the right numbers, times N, the number of samples.",
    "divided_by_T": "the right numbers, divided by T, the number of time steps.",
    "times_T": "the right numbers, times T, the number of time steps.",
    "divided_by_H": "the right numbers, divided by H, the number of units.",
    "divided_by_N_and_T": "the right numbers, divided by the number of samples times time steps.",
    "blocks_in_order": "the blocks stand in the order {order}, not i, f, o, g.",
    "blocks_read_in_order": "the four blocks are read in the order {order}, not i, f, o, g.",
    "too_large_by_1": "each number is 1 too large.",
    "too_small_by_1": "each number is 1 too small.",
    "right_but_first": "right but for the first {axis}.",
    "right_but_last": "right but for the last {axis}.",
    "only_first_right": "only the first {axis} is right.",
    "only_last_right": "only the last {axis} is right.",
    "one_gate": "only the columns of gate {gate} are wrong.",
    "da": "all fit one da. What comes after da is right. Look at how you get da.",
    "da_and_dprev_c": (
        "all fit one da. What comes after da is right. dprev_c is wrong too, and both come from the gradient of the cell."
    ),
    "one_gate_of_da": "all fit one da, which is wrong for gate {gate} only.",
}

FORMS = {
    "print_for_return": "It prints a value and returns nothing (None). Its last line should be: {line}.",
    "nothing_returned": "It returns nothing (None). Its last line should be: {line}.",
    "returns_none": "It returns nothing (None).",
    "returns_none_in_return_line": (
        "It returns nothing (None), although it has a return line. Is that line reached, with a value?"
    ),
    "in_place_returns_none": "{function}(…) changes {changed} and returns None.",
    "in_place_assigned": (
        "{function}(…) changes {changed} and returns None. Call it on a line of its own, without {name} = before it."
    ),
    "one_dict_returned": "It returns only a dict. Asked for: {line}.",
    "one_array_returned": "It returns only one array. Asked for: {line}.",
    "one_number_returned": "It returns only one number. Asked for: {line}.",
    "one_thing_returned": "It returns only one thing, whose type is {type}. Asked for: {line}.",
    "values_returned": "It returns {values} instead of {wanted}. Asked for: {line}.",
    "count_of_values": Plural("{count} value", "{count} values"),
    "output_is_none": "The output {output} is None.",
    "no_dict": "The output {output} should be a dict. Its type is {type}.",
    "entry_with_d": "The dict {output} has no entry for {key}. It has d{key}: here the key is the name of the weight, without d.",
    "no_entries": "The dict {output} has none of the entries {keys}.",
    "entries_missing": "The dict {output} has no entry for {keys}.",
    "list_of_arrays": "The output {output} is a list of {count} arrays, not an array. np.stack makes one array of it.",
    "no_numbers": "The output {output} should be an array of numbers. Its type is {type}.",
}

REMARKS = {
    "remark": "Remark: {what}",
    "changes_argument": "Remark: it changes the caller's {names}, which may be needed again.",
    "new_array_by_operator": "{name} = {name} {operator} … makes a new array; {name} {operator}= … does not.",
    "new_array_by_variable": "Put the result into a variable of your own instead of {name}[…].",
    "new_array_by_copy": "A copy would not: {name} = {name}.copy().",
    "fails_at_one_feature": "Remark: it is not right where D = 1, a single feature. Does np.squeeze remove that axis?",
    "lists": Plural(
        "Remark: {names} is a list, not an array. np.array(…) makes one: a list has no shape and no sum.",
        "Remark: {names} are lists, not arrays. np.array(…) makes one: a list has no shape and no sum.",
    ),
    "float64": "Remark: float32 came in and float64 went out, which takes twice the memory.",
    "float64_from_helper": "Your {helper} makes it.",
    "float64_from_zeros": "np.zeros and np.ones make float64: give them a dtype.",
    "float64_from_sqrt": "np.sqrt(5) makes float64: write 5**0.5.",
    "not_with_its_cache": "But not with the cache that it gets.",
    "cache_is_none": "The cache of your {forward} is None. The backward function needs {names} from there.",
    "cache_is_empty": "The cache of your {forward} is empty. The backward function needs {names} from there.",
    "cache_of_last_step": (
        "The cache of your {forward} holds {name} of the last step only. The backward function needs all steps."
    ),
    "cache_lacks_length": "The cache of your {forward} does not tell how many rows {names} has, which the backward function needs.",
    "cache_lacks": "The cache of your {forward} lacks {names}, which the backward function needs.",
    "overwritten": "{name} gets a new value in your function. Keep the old one too, under another name.",
    "slice_is_a_view": (
        "A slice such as h[:, t] is a view: it changes when h is written later. A copy does not."
    ),
    "order_of_cache": "The cache holds {put:,}, in this order. You take out {taken:,}.",
    "right_with_another_cache": "Its numbers are right with another cache.",
    "cache_does_not_fit": "What your {forward} puts in and what this takes out do not go together.",
    "right_in_that_order": "With the right order your gradients are right.",
}

FAILURES = {
    "line": "Line {number}: {text}",
    "line_in": "Line {number} (in {function}): {text}",
    "text_not_known": "(its text is not known)",
    "error_says": "{error}: {text}",
    "error_without_message": "{error}: no message",
    "arguments": "Arguments: {arguments:,}.",
    "arguments_and_others": "Arguments: {arguments:,}; in this line {others:,}.",
    "name_and_shape": "{name} {shape}",
    "name_and_value": "{name} {value}",
    "a_model": "{name} (a {type})",
    "value_comes_later": (
        "This name gets its value further down, or only in some cases. Give it a value before this line."
    ),
    "model_for_self": "Here the model comes in as the argument model.",
    "did_you_mean": "Python does not know the name {name} here. Did you mean {meant}?",
    "belongs_to_numpy": "{name} belongs to NumPy: np.{name}.",
    "cell_not_run": "Python does not know {name} here. Was the cell run that defines or loads it?",
    "in_the_cache": "{name} is no argument of this function. What the forward function kept of it is in the cache.",
    "loop_over_a_number": "{name} is the number {number}. A loop needs something to walk through: range({name}).",
    "list_is_empty": "{name} is an empty list: nothing was put into it.",
    "unknown_name": "Python does not know the name {name} here: no line above gives it a value.",
    "tuple_of_call": "{name} is a tuple: {function} returns {count} things. Take them apart where you call it.",
    "is_a_tuple": "{name} is a tuple of {count} values, not an array.",
    "came_in_as_none": "{name} is None: it came in so.",
    "none_from_call": "{name} is None: {function} has no return line with a value.",
    "none_from_in_place": "{name} is None: {function} works in place and returns None.",
    "is_none": "{name} is None here.",
    "call_returns_none": "{function} returns None: it has no return line with a value.",
    "array_of_another_cell": "{name} is not from this function: it is an array of shape {shape} of another cell.",
    "value_of_another_cell": "{name} is not from this function: it is {value} of another cell.",
    "shape_in_brackets": "The shape is one argument, in brackets of its own: {call}.",
    "list_takes_one_index": "{name} is a list. It takes one index only; an array takes several.",
    "list_for_array": "{name} is a list of arrays, not an array. np.stack makes one array of it.",
    "number_for_array": "{name} is the number {number} here, and an array is wanted.",
    "zero_for_array": "{name} is the number {number} here, and an array is wanted: np.zeros makes one.",
    "self_in_def": "The def line has self as its first argument. Here the function stands alone, outside of a class: leave self out.",
    "numpy_here": "The course does not use {name}. Write it with NumPy, which is np here.",
    "pytorch_instead": "{attribute} belongs to PyTorch. With NumPy you write {instead}.",
    "pytorch_not_needed": "{attribute} belongs to PyTorch. NumPy's arrays do not need it: leave it out.",
    "axis_for_dim": "dim is PyTorch's word. NumPy's is axis.",
    "shape_for_size": "In NumPy, {name}.size is how many numbers there are. Do you mean {name}.shape, without brackets?",
    "module_to_import": "{name} is a module of Python. It has to be imported first: import {name}.",
    "gone_from_numpy": "NumPy has no np.{attribute} any more. Write {instead}.",
    "numpy_has_no": "NumPy has nothing called {attribute}.",
    "whole_list_of_caches": "{name} is the whole list, with {count} entries. {function} takes the cache of one step.",
    "arguments_exchanged": "{first} and {second} are exchanged: the order is {call}.",
    "float_for_whole_number": "{name} is {number}, a float. / always gives a float; // gives a whole number.",
    "reduced_to_one_number": (
        "{name} is one number: {function} without an axis looks at the whole array. axis=1 gives one for each row."
    ),
    "sample_for_step": (
        "{name} has shape {shape}, and {name}[{index}] takes a sample. Do you mean time step {index} of all samples, "
        "{name}[:, {index}]?"
    ),
    "split_without_axis": "Without an axis, {function} cuts along axis 0, the samples. axis=1 cuts the columns.",
    "brackets_around_comparisons": "& and | come before == and !=. Put brackets around each comparison.",
    "list_as_key": "A list cannot be a key or in a set. A tuple can: (a, b).",
    "one_after_another": "This gives its values one after another, and is not a list. list(…) makes one.",
    "array_for_number": "Arrays or lists stand where numbers should. Their shapes do not go together with that place.",
    "no_such_axis": "The array has {axes} here, so there is no axis {axis}.",
    "axis_after_squeeze": (
        "The array has {axes} here, so there is no axis {axis}. np.squeeze removes every axis of length 1."
    ),
    "count_of_axes": Plural("{count} axis", "{count} axes"),
    "order_of_at": "The order is {function}(array, indices, values). Your indices are {indices}, which holds floats.",
    "index_holds_floats": "An index must be a whole number, and {index} holds floats.",
    "index_is_a_float": "An index must be a whole number, and {index} is a float.",
    "index_no_whole_number": "An index must be a whole number, or an array of whole numbers or booleans.",
    "index_out_of_bounds": "Axis {axis} has size {size}, so its last index is {last}. Index {index} does not exist.",
    "too_many_indices": Plural(
        "The array has {count} axis here, and you give {given} indices.",
        "The array has {count} axes here, and you give {given} indices.",
    ),
    "index_too_large": "An index is too large: the list or tuple is shorter.",
    "stored_in_another_shape": "{place} has shape {shape}, and what you put there has shape {came}.",
    "stored_along_axis_0": (
        "{place} has shape {shape}, and what you put there has shape {came}. {name} has shape {whole}, and [{index}] "
        "counts along axis 0. Which axis is meant?"
    ),
    "two_shapes": "{left} has shape {left_shape}, {right} has shape {right_shape}.",
    "at_for_star": (
        "{left} has shape {left_shape}, {right} has shape {right_shape}. "
        "@ is the matrix product; * multiplies number by number."
    ),
    "star_for_at": (
        "{left} has shape {left_shape}, {right} has shape {right_shape}. "
        "* multiplies number by number; the matrix product is written @."
    ),
    "transpose_needed": (
        "{left} has shape {left_shape}, {right} has shape {right_shape}. "
        "@ wants last length on the left = first on the right. Is a transpose needed?"
    ),
    "no_transpose_fits": (
        "{left} has shape {left_shape}, {right} has shape {right_shape}. "
        "No transpose makes them fit: is one of them a different array from the one you think?"
    ),
    "axis_missing": (
        "{left} has shape {left_shape}, {right} has shape {right_shape}. "
        "One axis is missing: keepdims=True in a sum keeps it, [:, None] puts it back."
    ),
    "few_values": "There are {names} names on the left, and {values} values on the right.",
    "many_values": "There are {names} names on the left, and more values on the right.",
    "and_of_arrays": (
        "`and` and `or` want one True or False. Between arrays write & or |, with each side in brackets."
    ),
    "if_of_an_array": (
        "`if` and `while` want one True or False, and an array has many. Ask about one number, or choose for each "
        "with np.where."
    ),
    "not_of_an_array": "`not` wants one True or False. For an array write ~.",
    "hat_is_no_power": "^ is no power in Python. Powers are written **.",
    "square_brackets_at_a_function": "{function} is a function: call it with round brackets.",
    "round_brackets_at_an_array": "{name} is an array, and round brackets call a function.",
    "math_takes_one_number": "{function} takes one number. {numpys} takes arrays.",
    "one_number_wanted": "One number is wanted here, and an array came.",
    "other_arguments": "A function got arguments different from those it takes. Compare the call with its def line.",
    "no_attribute_of_an_array": "{name} is an array, and has nothing called {attribute}.",
    "no_attribute_of_a_number": "{name} is a number, and has nothing called {attribute}.",
    "no_attribute": "The type of {name} is {type}, which has nothing called {attribute}.",
    "calls_itself": "The function calls itself again and again.",
    "no_such_key": "The dict has no such key. Print its keys to see what it holds.",
    "stops_the_program": "The function stops the whole program. Let it return its result instead.",
}

NOTEBOOK = {
    "no_exercise": "✗ There is no exercise called {name}.",
    "meant": "Did you mean {name}?",
    "exercises": "The exercises are {names}.",
    "not_a_function": "✗ This is not a function with the name of an exercise.",
    "function_itself": "Give the function itself, without calling it: check(rnn_step_forward).",
    "check_failed": "✗ {exercise} could not be judged: the check itself stopped with {error}. That is a fault of the course.",
    "text": "{text}",
    "hint": "Hint {number} of {count} for {exercise}:",
    "last_hint": "Hint {number} of {count} for {exercise}: This was the last one.",
    "not_kept": "It could not be kept for later chapters: {reason}",
    "no_function_with_def": "it is not a function that was written with def.",
    "text_not_found": "the text of {function} cannot be found.",
    "uses_large_array": "it uses {name} of your notebook, an array of {size} values.",
    "uses_value": "it uses {name} of your notebook, whose type is {type}.",
    "wrong_when_loaded": "loaded from there, it is not right any more.",
    "cannot_write": "{reason}.",
    "cannot_write_there": "{reason}. Is the folder read-only?",
    "section_fails": "its section cannot be run ({error}: {text}).",
    "section_defines_nothing": "its section defines no {name}.",
    "all_yours": "All {count} functions are your own, checked again.",
    "yours": "Your own, checked again: {names:,}.",
    "others": Reference("From the reference: {names:,}.", "Not there yet: {names:,}."),
    "yours_counted": "{count} functions are your own, checked again: print(my) lists them.",
    "others_counted": Reference(
        "{count} others are the reference's, in the chapters so far.", "{count} are not there yet."
    ),
    "none_yours": Reference(
        "All functions are the reference's: no answer of yours is kept here yet.",
        "No answer of yours is kept.",
    ),
    "kept_but_not_used": "Kept but not used: {name}, because {reason}",
    "kept_in": "Answers are kept in {file}",
    "reads_unused_cache": "it reads the cache of your {forward}, which is not used.",
    "partner_not_kept": "it shares a cache with {partner}, and yours is not kept yet.",
    "cannot_read_cache": "it cannot read the cache of your {forward}.",
    "stops_with_error": "{error}.",
    "not_right_any_more": "it is not right any more.",
    "agree_empty": "○ Not filled in yet. All that follows runs without it.",
    "agree_right": "✓ Right: the same comes out in another way.",
    "agree_wrong": "✗ Not right yet. The cells that follow use the right value.",
    "agree_no_numbers": "It should be a number or an array of numbers. Its type is {type}.",
    "exercises_right": "{done} of {count} exercises are right.",
    "next_exercise": "Next: {exercise}.",
    "is_next": "next",
    "all_done": "That is all of them. Well done.",
    "one_number": "one number",
    "comma": ", ",
    "and": "{first} and {last}",
}

CATALOGUE = VERDICTS | NEXT | NUMBERS | RULES | FORMS | REMARKS | FAILURES | NOTEBOOK
