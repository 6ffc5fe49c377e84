import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that this folder is a package
from make_scenes.build import main  # noqa: E402

if __name__ == "__main__":
    main()
