"""Make Google Colab ready for a chapter: its first code cell fetches the course, and calls this."""

import os
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

from cs231n.course.setup_check import PACKAGES, copies
from cs231n.language import tr

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
DRIVE = Path("/content/drive")


def settle(keep_in_drive=False):
    """Install what Colab lacks, go to the chapters' folder, and say where the answers are kept.

    keep_in_drive: True keeps my_answers.py in Google Drive, so that it is still there tomorrow
    CalledProcessError: when pip cannot install
    """
    missing = [name for name in PACKAGES if not copies(name)]
    if missing:
        install(missing)
    os.chdir(NOTEBOOKS)
    if keep_in_drive:
        from google.colab import drive  # only Colab has it

        drive.mount(str(DRIVE))
        folder = DRIVE / "MyDrive" / "captioning-with-rnns"
        folder.mkdir(parents=True, exist_ok=True)
        os.environ["CS231N_ANSWERS"] = str(folder / "my_answers.py")
        print(tr("Your answers are kept in your Google Drive: captioning-with-rnns/my_answers.py"))
    else:
        print(
            tr(
                "The course is here. Colab deletes your answers when it disconnects; Google "
                "Drive can keep them."
            )
        )


def install(names):
    """Install packages; every package that Colab already has stays as it is."""
    there = {f"{found.name}=={found.version}\n" for found in metadata.distributions() if found.name}
    with tempfile.TemporaryDirectory() as folder:
        fixed = Path(folder, "installed.txt")
        fixed.write_text("".join(sorted(there)), encoding="utf-8")
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--constraint", str(fixed), *names]
        subprocess.run(command, check=True)
