"""A notebook in a test: cells of source text that are run one after another, as IPython does it."""

import builtins
import contextlib
import io
import linecache
import textwrap


class Notebook:
    """Cells share one namespace, and each has a file name of its own, so that its source can be had."""

    def __init__(self):
        self.space = {"__name__": "__main__", "__builtins__": builtins}
        self.count = 0
        self.run("import numpy as np\nfrom cs231n.exercises import answers, check, grade, hint, progress")

    def run(self, source):
        """Run one cell. Returns what it printed."""
        source = textwrap.dedent(source)
        self.count += 1
        name = f"<cell {self.count} of {id(self)}>"
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(source, name, "exec"), self.space)
        return printed.getvalue()

    def __getitem__(self, name):
        return self.space[name]
