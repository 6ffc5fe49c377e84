"""What the course reads of h5py, over pyfive, in plain Python: for the wheel that runs in a browser."""

from functools import cached_property

import pyfive


class ExternalLink:
    """A link into another file. pyfive follows none."""


class SoftLink:
    """A link by name. pyfive follows none."""


class Dataset:
    """An array of a file, read whole when its first number is asked for."""

    external, is_virtual = None, False

    def __init__(self, array):
        self._array = array
        self.dtype, self.shape, self.ndim = array.dtype, array.shape, len(array.shape)
        self.nbytes = array.dtype.itemsize * array.size
        self.id = self

    def get_offset(self):
        """None: where in the file the numbers lie is not known."""
        return None

    @cached_property
    def _numbers(self):
        return self._array[()]

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, key):
        return self._numbers[key]


class File:
    """An HDF5 file, for reading, in a `with` block."""

    def __init__(self, path, mode="r", locking=None):
        self._file = pyfive.File(str(path), mode)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()

    def __contains__(self, name):
        return name in self._file

    def __iter__(self):
        return iter(self._file)

    def __getitem__(self, name):
        return Dataset(self._file[name])

    def get(self, name, default=None, getlink=False):
        """An array, or None for what kind of link its name is: never one that leaves the file."""
        return None if getlink else self[name] if name in self else default
