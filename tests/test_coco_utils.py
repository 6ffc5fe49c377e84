"""Loading the scenes, small files of COCO's layout, and damaged ones."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from cs231n.coco_utils import SCENES_DIR, decode_captions, load_coco_data, sample_coco_minibatch, subset

WORDS = ["<NULL>", "<START>", "<END>", "<UNK>", "a", "cat", "sees", "é"]
SIZES = {"train": (40, 9), "val": (12, 4)}  # captions, pictures


def write_h5(path, **arrays):
    with h5py.File(path, "w") as file:
        for name, array in arrays.items():
            file[name] = array


@pytest.fixture
def folder(tmp_path):
    """A small dataset in the layout of COCO's files."""
    rng, captions = np.random.default_rng(0), {}
    for split, (n, pictures) in SIZES.items():
        captions[f"{split}_captions"] = rng.integers(8, size=(n, 17), dtype=np.int32)
        captions[f"{split}_image_idxs"] = rng.integers(pictures, size=n, dtype=np.int32)
        for kind, columns in (("vgg16_fc7_pca", 512), ("vgg16_fc7", 4096)):
            features = rng.standard_normal((pictures, columns), dtype=np.float32)
            write_h5(tmp_path / f"{split}2014_{kind}.h5", features=features)
        urls = "".join(f"http://example.org/{split}{i}.jpg\n" for i in range(pictures))
        (tmp_path / f"{split}2014_urls.txt").write_text(urls, encoding="utf-8", newline="\n")
    write_h5(tmp_path / "coco2014_captions.h5", **captions)
    vocabulary = {"idx_to_word": WORDS, "word_to_idx": {word: i for i, word in enumerate(WORDS)}}
    (tmp_path / "coco2014_vocab.json").write_text(
        json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8"
    )
    return tmp_path


def stored(path, name):
    with h5py.File(path) as file:
        return file[name][()]


# Whole files


@pytest.mark.parametrize("pca, kind, columns", [(True, "vgg16_fc7_pca", 512), (False, "vgg16_fc7", 4096)])
def test_everything_is_as_stored(folder, pca, kind, columns):
    data = load_coco_data(folder, pca_features=pca)
    for split, (n, pictures) in SIZES.items():
        for name in ("captions", "image_idxs"):
            expected = stored(folder / "coco2014_captions.h5", f"{split}_{name}")
            assert np.array_equal(data[f"{split}_{name}"], expected) and len(expected) == n
        features = data[f"{split}_features"]
        assert np.array_equal(features, stored(folder / f"{split}2014_{kind}.h5", "features"))
        assert features.shape == (pictures, columns) and features.dtype == np.float32
        assert data[f"{split}_urls"].tolist() == [
            f"http://example.org/{split}{i}.jpg" for i in range(pictures)
        ]
        assert data[f"{split}_captions"].dtype == np.int32
    assert data["idx_to_word"] == WORDS and data["word_to_idx"]["é"] == 7


def test_the_folder_may_be_text(folder):
    assert load_coco_data(str(folder)).keys() == load_coco_data(folder).keys()


def test_compressed_files_load_the_same(folder):
    path = folder / "train2014_vgg16_fc7.h5"
    expected = stored(path, "features")
    with h5py.File(path, "w") as file:
        file.create_dataset("features", data=expected, chunks=(3, 100), compression="gzip")
    assert np.array_equal(load_coco_data(folder, pca_features=False)["train_features"], expected)


# Part of the captions


def test_max_train_draws_captions_from_the_seed_with_replacement(folder):
    np.random.seed(3)
    data = load_coco_data(folder, max_train=60)
    np.random.seed(3)
    chosen = np.random.randint(40, size=60)
    for name in ("train_captions", "train_image_idxs"):
        assert np.array_equal(data[name], stored(folder / "coco2014_captions.h5", name)[chosen])
    assert len(data["val_captions"]) == SIZES["val"][0]
    assert data["train_features"].shape == (9, 512) and len(data["train_urls"]) == 9


@pytest.mark.parametrize("options", [{}, {"max_train": 5}, {"pca_features": False}])
def test_the_data_is_ours_to_use(folder, options):
    """Captions can be changed without harm to the file, and whatever is drawn is in memory."""
    data = load_coco_data(folder, **options)
    data["train_captions"][:] = 0
    captions, features, _ = sample_coco_minibatch(data, 3)
    features[:] = 0
    assert type(captions) is np.ndarray and type(features) is np.ndarray
    assert load_coco_data(folder, **options)["train_features"].any()


MEASURE = """
import sys, numpy as np
from pathlib import Path
from cs231n.coco_utils import load_coco_data, sample_coco_minibatch
def memory():
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1])
before = memory()
data = load_coco_data(sys.argv[1], max_train=50, pca_features=sys.argv[2] == "pca")
for _ in range(3):
    sample_coco_minibatch(data, 10)
print(memory() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from Linux's /proc")
@pytest.mark.parametrize("kind", ["vgg16_fc7_pca", "vgg16_fc7"])
def test_features_are_not_read_whole_for_a_few_captions(folder, kind):
    rows, columns = 60_000_000 // (512 if "pca" in kind else 4096) // 4, 512 if "pca" in kind else 4096
    for split in SIZES:  # 60 MB each
        write_h5(folder / f"{split}2014_{kind}.h5", features=np.ones((rows, columns), np.float32))
        (folder / f"{split}2014_urls.txt").write_text("http://x\n" * rows, encoding="utf-8")
    command = [sys.executable, "-c", MEASURE, str(folder), kind.removeprefix("vgg16_fc7_")]
    grown = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert grown < 45_000  # kB; one of the two read whole would add 58,000


# Minibatches


@pytest.mark.parametrize("split", SIZES)
def test_a_minibatch_keeps_captions_features_and_addresses_together(folder, split):
    data = load_coco_data(folder)
    np.random.seed(1)
    captions, features, urls = sample_coco_minibatch(data, batch_size=30, split=split)
    np.random.seed(1)
    chosen = np.random.choice(SIZES[split][0], 30)
    rows = data[f"{split}_image_idxs"][chosen]
    assert np.array_equal(captions, data[f"{split}_captions"][chosen])
    assert np.array_equal(features, data[f"{split}_features"][rows])
    assert urls.tolist() == [f"http://example.org/{split}{i}.jpg" for i in rows]


def test_a_minibatch_is_of_100_training_captions(folder):
    data = load_coco_data(folder)
    np.random.seed(1)
    captions, features, urls = sample_coco_minibatch(data)
    np.random.seed(1)
    np.testing.assert_array_equal(captions, sample_coco_minibatch(data, 100, "train")[0])
    assert len(captions) == len(features) == len(urls) == 100


def test_an_unknown_split_is_named(folder):
    with pytest.raises(ValueError, match="^split is 'test', expected 'train' or 'val'"):
        sample_coco_minibatch(load_coco_data(folder), split="test")


# Decoding


@pytest.mark.parametrize(
    "numbers, text",
    [
        ([1, 4, 5, 2, 0, 0], "<START> a cat <END>"),
        ([1, 4, 5, 6, 3], "<START> a cat sees <UNK>"),
        ([4, 0, 5, 2, 4], "a cat <END>"),
        ([0, 0], ""),
        ([], ""),
        ([[1, 4, 2], [5, 2, 5]], ["<START> a <END>", "cat <END>"]),
    ],
)
def test_decoding(numbers, text):
    assert decode_captions(np.array(numbers, dtype=int), WORDS) == text


@pytest.mark.parametrize("bad", [8, -1])
def test_a_number_without_a_word_is_named(bad):
    with pytest.raises(ValueError, match="captions hold numbers from .*expected 0 to 7"):
        decode_captions(np.array([[1, bad, 2]]), WORDS)


# Missing and damaged files

FILES = [
    "coco2014_captions.h5",
    "coco2014_vocab.json",
    "train2014_vgg16_fc7_pca.h5",
    "val2014_vgg16_fc7_pca.h5",
    "train2014_urls.txt",
    "val2014_urls.txt",
]


@pytest.mark.parametrize("max_train", [None, 5])
@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named_with_what_to_do(folder, name, max_train):
    (folder / name).unlink()
    with pytest.raises(FileNotFoundError, match=rf"{name} is not there\. .*get_data\.py") as error:
        load_coco_data(folder, max_train=max_train)
    assert "SCENES_DIR" in str(error.value)


def test_a_missing_folder_is_said_to_be_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match="nor is its folder"):
        load_coco_data(tmp_path / "absent")


@pytest.mark.parametrize("max_train", [None, 5])
@pytest.mark.parametrize("keep", [0, 5, 0.4, 0.7])
@pytest.mark.parametrize("name", FILES)
def test_a_truncated_file_is_named_with_what_to_do(folder, name, keep, max_train):
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[: keep if isinstance(keep, int) else int(keep * len(whole))])
    with pytest.raises(OSError, match=rf"{name} \([\d,]+ bytes\) is damaged or incomplete.*get_data\.py"):
        load_coco_data(folder, max_train=max_train)


@pytest.mark.parametrize(
    "content", [b"<html>not found</html>", b"\xff\xfe\x00\x01" * 100, b"[]", b'{"a": 1}']
)
@pytest.mark.parametrize("name", FILES)
def test_something_else_under_a_files_name_is_damaged(folder, name, content):
    (folder / name).write_bytes(content)
    with pytest.raises(OSError, match=f"{name} .*is damaged"):
        load_coco_data(folder)


def test_files_that_do_not_belong_together_are_refused(folder):
    write_h5(folder / "train2014_vgg16_fc7_pca.h5", features=np.ones((3, 512), np.float32))
    with pytest.raises(OSError, match="train2014_vgg16_fc7_pca.h5 .*it has 3 rows, but .* names row"):
        load_coco_data(folder)


def test_an_array_missing_in_a_file_is_named(folder):
    write_h5(folder / "val2014_vgg16_fc7_pca.h5", other=np.ones(3))
    with pytest.raises(OSError, match="val2014_vgg16_fc7_pca.h5 .*features"):
        load_coco_data(folder)


def test_a_damaged_file_of_the_scenes_comes_back_by_git(monkeypatch, folder):
    monkeypatch.setattr("cs231n.coco_utils.SCENES_DIR", folder.resolve())
    (folder / "coco2014_vocab.json").write_text("{", encoding="utf-8")
    with pytest.raises(OSError, match="git checkout datasets/scenes"):
        load_coco_data(folder)


def test_files_can_be_replaced_while_data_is_loaded(folder):
    data = load_coco_data(folder)
    shutil.rmtree(folder)
    assert data["train_features"].sum() != 0


def test_a_single_caption_can_be_asked_for(folder):
    assert load_coco_data(folder, max_train=1)["train_captions"].shape == (1, 17)


@pytest.mark.parametrize("max_train", [0, -3])
def test_max_train_below_one_is_refused(folder, max_train):
    with pytest.raises(ValueError, match=f"^max_train is {max_train}, expected 1 or more"):
        load_coco_data(folder, max_train=max_train)


# Files that somebody made on purpose: a ValueError that names the file, and nothing is read


def crafted(folder, name="train2014_vgg16_fc7_pca.h5", change=None):
    with h5py.File(folder / name, "a") as file:
        change(file)
    return folder / name


def refused(folder, match, **options):
    for options in ({}, {"max_train": 5}):
        with pytest.raises((ValueError, OSError), match=match):
            load_coco_data(folder, **options)


def replaced(name, **how):
    def change(file):
        del file[name]
        file.create_dataset(name, **how)

    return change


CAPTIONS = "coco2014_captions.h5"


@pytest.mark.parametrize("name", ["train_captions", "val_image_idxs"])
def test_data_of_variable_length_is_never_mapped(folder, name):
    """Mapped, its bytes would be followed as addresses in memory: the interpreter would crash."""
    words = np.array(["a", "b"] * 20, dtype=object)
    crafted(folder, CAPTIONS, replaced(name, data=words, dtype=h5py.string_dtype()))
    refused(folder, f"{CAPTIONS}: {name} holds object, expected integers")


def test_numbers_in_another_file_are_not_read(folder):
    secret = folder / "secret"
    secret.write_bytes(bytes(40 * 512 * 4))
    change = replaced("features", shape=(9, 512), dtype="f4", external=[(str(secret), 0, 9 * 512 * 4)])
    crafted(folder, change=change)
    refused(folder, "the numbers of features lie in other files")


def test_a_virtual_array_is_not_read(folder):
    def change(file):
        del file["features"]
        layout = h5py.VirtualLayout((9, 512), "f4")
        layout[:] = h5py.VirtualSource(str(folder / "val2014_vgg16_fc7_pca.h5"), "features", (9, 512))
        file.create_virtual_dataset("features", layout)

    crafted(folder, change=change)
    refused(folder, "lie in other files")


@pytest.mark.parametrize(
    "link", [h5py.ExternalLink("val2014_vgg16_fc7_pca.h5", "features"), h5py.SoftLink("/other")]
)
def test_a_link_is_not_followed(folder, link):
    def change(file):
        file["other"] = file["features"][()]
        del file["features"]
        file["features"] = link

    crafted(folder, change=change)
    refused(folder, "features is a link to somewhere else")


def test_a_group_in_place_of_an_array_is_named(folder):
    def change(file):
        del file["features"]
        file.create_group("features")

    crafted(folder, change=change)
    refused(folder, "features is a folder")


@pytest.mark.parametrize(
    "how, message",
    [
        ({"data": np.ones((9, 512), np.int32)}, "holds int32, expected numbers"),
        ({"data": np.ones(9, np.float32)}, "expected 2 axes"),
        ({"data": np.ones((9, 512), np.complex64)}, "holds complex64"),
        ({"shape": (10**9, 512), "dtype": "f4", "chunks": (1, 512)}, "more than there are in the file"),
    ],
)
def test_features_of_another_kind_are_named(folder, how, message):
    crafted(folder, change=replaced("features", **how))
    refused(folder, message)


@pytest.mark.parametrize("word", [8, -1])
def test_a_word_that_the_vocabulary_lacks_is_named(folder, word):
    bad = np.ones((40, 17), np.int32)
    bad[:, 2] = word
    crafted(folder, CAPTIONS, replaced("train_captions", data=bad))
    refused(folder, f"{CAPTIONS}: train_captions holds word {word}, and the vocabulary has 0 to 7")


def test_captions_and_pictures_of_another_number_are_named(folder):
    crafted(folder, CAPTIONS, replaced("val_image_idxs", data=np.zeros(3, np.int32)))
    refused(folder, "12 val captions, but pictures of 3")


@pytest.mark.parametrize(
    "vocabulary",
    [
        {"idx_to_word": "abc", "word_to_idx": {}},
        {"idx_to_word": [1, 2], "word_to_idx": {}},
        {"idx_to_word": WORDS, "word_to_idx": []},
        {"idx_to_word": WORDS, "word_to_idx": {"a": 99}},
        {"idx_to_word": WORDS, "word_to_idx": {"a": "4"}},
    ],
)
def test_a_vocabulary_of_another_form_is_named(folder, vocabulary):
    (folder / "coco2014_vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    with pytest.raises(ValueError, match="coco2014_vocab.json: (idx_to_word|word_to_idx)"):
        load_coco_data(folder)


def test_a_vocabulary_nested_without_end_is_damaged(folder):
    (folder / "coco2014_vocab.json").write_text("[" * 200_000, encoding="utf-8")
    with pytest.raises(OSError, match="coco2014_vocab.json .*damaged"):
        load_coco_data(folder)


# The scenes


def test_the_scenes_load_with_the_same_keys():
    data = load_coco_data(SCENES_DIR)
    for split in SIZES:
        assert data[f"{split}_captions"].dtype == np.int32 and data[f"{split}_features"].shape[1] == 512
        assert data[f"{split}_features"].dtype == np.float32 and np.isfinite(data[f"{split}_features"]).all()
    assert [data["word_to_idx"][w] for w in WORDS[:4]] == [0, 1, 2, 3]


@pytest.mark.parametrize("rows", [np.array([3, 0]), [3, 0]])
def test_a_subset_has_fewer_training_captions_and_changes_nothing_else(folder, rows):
    data = load_coco_data(base_dir=folder)
    before = data["train_captions"].copy()
    fewer = subset(data, rows)
    assert (fewer["train_captions"] == before[[3, 0]]).all()
    assert (fewer["train_image_idxs"] == data["train_image_idxs"][[3, 0]]).all()
    assert all(fewer[name] is data[name] for name in data if name[:9] not in ("train_cap", "train_ima"))
    assert (data["train_captions"] == before).all()
