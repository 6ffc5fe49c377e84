"""What every test run needs: outputs that are the same everywhere, and nobody's own answers touched."""

import os

import matplotlib

os.environ["TQDM_DISABLE"] = "1"  # no progress bars in the notebooks' outputs
os.environ["CS231N_ANSWERS"] = "off"  # nothing read from or written to a student's my_answers.py
matplotlib.use("agg")  # tests draw without a screen; the notebooks' kernels choose for themselves
