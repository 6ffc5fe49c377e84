"""A user's settings for Python, pip, uv, Jupyter, IPython and Matplotlib: what start.py keeps of them.

They may send packages to another folder, open JupyterLab elsewhere, or let figures disappear. Those that lead pip
and uv to the packages are needed, as in a company's network. This runs before anything is installed.
"""

import ast
import os
import subprocess

PROGRAMS = ("PYTHON", "PIP_", "UV_", "JUPYTER", "IPYTHON", "MPL", "MATPLOTLIB", "HDF5_USE_FILE_LOCKING")
LEADS = ("INDEX", "FIND_LINKS", "PROXY", "CERT", "HOST", "TLS", "HTTP", "TIMEOUT", "RETRIES", "KEYRING")
LEADS += ("CACHE_DIR", "CONFIG_FILE", "USE_FEATURE")
OWN = {
    "JUPYTER_CONFIG_DIR": "jupyter",
    "JUPYTER_DATA_DIR": "jupyter/data",
    "IPYTHONDIR": "ipython",
    "MPLCONFIGDIR": "matplotlib",
}


def keep_out():
    """Take the user's settings out of the environment."""
    for name in filter(_is_in_the_way, list(os.environ)):
        del os.environ[name]
    os.environ["PYTHONUTF8"] = "1"  # pip and Jupyter print the course's folder, whatever letters it has


def own_folders(place):
    """Variables that give Jupyter, IPython and Matplotlib folders of their own, in the folder `place`."""
    return {name: str(place / folder) for name, folder in OWN.items()}


def keep_out_of_pip(pip):
    """Let pip read none of its files; what leads it to packages goes from them into the environment.

    pip: the command, a list
    """
    command = [*pip, "config", "list"]  # lines such as: global.index-url='https://…'
    listed = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=False).stdout
    for line in sorted(listed.splitlines(), reverse=True):  # "install." rules over "global."
        section, _, setting = line.partition(".")
        option, _, value = setting.partition("=")
        name = "PIP_" + option.upper().replace("-", "_")
        if section in ("install", "global") and not _is_in_the_way(name):
            os.environ.setdefault(name, ast.literal_eval(value))
    os.environ["PIP_CONFIG_FILE"] = os.devnull


def _is_in_the_way(name):
    leads = name.startswith(("PIP_", "UV_")) and any(word in name for word in LEADS)
    return name == "SSLKEYLOGFILE" or (name.startswith(PROGRAMS) and not leads)
