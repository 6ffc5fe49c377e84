"""Time and memory of loading, on files of COCO's real sizes (made here, with zeros for features).

Peak memory is over that of the imports. Of the fc7 features, which stay in their files, it counts the pages
looked at, which the system takes back when it needs them. On macOS it is not known, and shown as nan.

python -m benchmarks.loading
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import h5py
import numpy as np

from benchmarks.sizes import COCO, draw_batch, vocabulary

SPLITS = {"train": (400_135, 82_783), "val": (195_954, 40_504)}  # captions, pictures
COLUMNS = {"vgg16_fc7_pca": 512, "vgg16_fc7": 4096}

CASES = {
    "50 captions, PCA features": "data = load_coco_data(folder, max_train=50)",
    "50 captions, fc7 features": "data = load_coco_data(folder, max_train=50, pca_features=False)",
    "everything, PCA features": "data = load_coco_data(folder)",
    "everything, fc7 features": "data = load_coco_data(folder, pca_features=False)",
    "… and 100 minibatches of 128": "data = load_coco_data(folder, pca_features=False)\n"
    "for _ in range(100): sample_coco_minibatch(data, 128)",
}

MEASURE = """
import sys, time
from pathlib import Path
import numpy as np
import psutil
from cs231n.coco_utils import load_coco_data, sample_coco_minibatch
folder = sys.argv[1]
def peak():  # in MB; macOS does not tell
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text(encoding="ascii").partition("VmHWM:")[2].split()[0]) / 2**10
    return getattr(psutil.Process().memory_info(), "peak_wset", float("nan")) / 2**20
before, start = peak(), time.perf_counter()
{case}
seconds, grown = time.perf_counter() - start, peak() - before
arrays = sum(a.nbytes for a in data.values() if isinstance(a, np.ndarray) and not isinstance(a, np.memmap))
print(f"{{seconds:7.2f}} s {{grown:8.0f}} MB {{arrays / 2**20:8.0f}} MB")
"""


def write_files(folder):
    """All files of one dataset with COCO's shapes and dtypes."""
    words = list(vocabulary(COCO))
    about = {"idx_to_word": words, "word_to_idx": vocabulary(COCO)}
    (folder / "coco2014_vocab.json").write_text(json.dumps(about), encoding="utf-8")
    with h5py.File(folder / "coco2014_captions.h5", "w") as file:
        for split, (captions, pictures) in SPLITS.items():
            file[f"{split}_captions"] = draw_batch(COCO.but(N=captions, D=1))[1]
            idxs = np.random.default_rng(0).integers(pictures, size=captions, dtype=np.int32)
            file[f"{split}_image_idxs"] = idxs
    for split, (_, pictures) in SPLITS.items():
        urls = "".join(
            f"http://farm{i % 9}.staticflickr.com/8193/{i:010d}_7156fa5a07_z.jpg\n" for i in range(pictures)
        )
        (folder / f"{split}2014_urls.txt").write_text(urls, encoding="utf-8")
        for kind, columns in COLUMNS.items():
            with h5py.File(folder / f"{split}2014_{kind}.h5", "w") as file:
                features = file.create_dataset("features", (pictures, columns), np.float32, fill_time="never")
                features[-1, -1] = 0  # gives the array its place in the file


def main():
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        write_files(Path(folder))
        print(f"{'':30} {'time':>9} {'peak memory':>11} {'arrays':>11}")
        for name, case in CASES.items():
            command = [sys.executable, "-c", MEASURE.format(case=case), folder]
            print(
                f"{name:30} {subprocess.run(command, capture_output=True, text=True, check=True).stdout}",
                end="",
            )


if __name__ == "__main__":
    main()
