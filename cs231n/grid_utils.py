"""Grid features: a picture as L cells of D numbers each, for a captioner that looks again. Read them, and say
which cell is where.

The published COCO files hold no grid features, only one vector a picture. A file of your own, such as VGG16's
last pooling (7 x 7 cells of 512), is an HDF5 file with one array (pictures, L, D) of floats under the key
`features`, in the order of the pictures in `{split}2014_urls.txt`.
"""

from pathlib import Path

import numpy as np

from cs231n.coco_utils import checked_array, mapped
from cs231n.files import open_h5, refusal
from cs231n.language import tr


class GridFeatures:
    """Features for a captioner with attention: one vector for the whole picture, and the cells of its grid.

    features[rows] are those of some pictures, as with an array, so whoever only picks rows (minibatches,
    decoders) needs no change. The two stay apart because their sizes differ, and because a grid on disk
    (np.memmap) stays there. Where there is no vector for the whole picture, the mean of its cells does:
    GridFeatures(grid.mean(axis=1), grid).

    picture: (N, D), for the first state; grid: (N, L, G)
    ValueError: when they are not of the same N pictures
    """

    def __init__(self, picture, grid):
        if picture.shape[:-1] != grid.shape[:-2]:
            raise ValueError(
                tr(
                    "picture has shape {picture} and grid {grid}, expected (N, D) and (N, L, G): a "
                    "row each for the same pictures",
                    picture.shape,
                    grid.shape,
                )
            )
        self.picture, self.grid = picture, grid

    def __len__(self):
        return len(self.picture)

    def __getitem__(self, rows):
        return GridFeatures(self.picture[rows], self.grid[rows])

    @property
    def ndim(self):
        """2 for N pictures, 1 for one."""
        return self.picture.ndim


def load_grid_features(path):
    """The cells of all pictures of a file.

    path: an HDF5 file with an array (N, L, D) of floats under the key `features`
    returns: (N, L, D): an np.memmap where the array lies in one piece in the file, so that only the rows asked
        for are read; otherwise an array in memory
    FileNotFoundError, OSError: when the file is absent or damaged; ValueError: when it holds no such array
    """
    import h5py  # here, since the live page of the site works without it

    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            tr(
                "{path} is not there. get_data.py brings no grid features, the published COCO "
                "files hold none: they have to be made with a convolutional network, such as "
                "VGG16, from its last layer with places.",
                path,
            )
        )
    try:
        with open_h5(path) as file:
            if "features" not in file:
                raise ValueError(
                    tr(
                        "{path} has no array `features`. It has: {names}.",
                        path,
                        ", ".join(file) or tr("nothing"),
                    )
                )
            linked = not isinstance(file.get("features", getlink=True), h5py.HardLink)
            if not linked and isinstance(file["features"], h5py.Dataset) and file["features"].ndim != 3:
                raise ValueError(_no_grid(path, file["features"]))
            array = checked_array(path, file, "features", axes=3)
            offset = array.id.get_offset()  # None where the array is compressed or cut in pieces
            if offset is None:
                return array[:]
            return mapped(path, array.dtype, offset, array.shape)
    except OSError as error:
        if says := refusal(error):
            raise OSError(
                error.errno, tr("The file is there, but cannot be read: {says}", says), str(path)
            ) from None
        raise OSError(tr("{path} is no HDF5 file, or it is damaged: {error}", path, error)) from None


def with_places(grid, rows, columns):
    """Add to every cell where it is: a number for each row and each column, 1 for its own and 0 for the others.

    grid: (N, L, D), the cells row by row from the top left, L = rows · columns
    rows, columns: how many rows and columns the grid has
    returns: (N, L, D + rows + columns) of the same dtype
    ValueError: when the grid has another number of cells
    """
    N, L, D = grid.shape
    if L != rows * columns:
        raise ValueError(
            tr(
                "grid has {L} cells, expected {rows} rows · {columns} columns = {cells}",
                L,
                rows,
                columns,
                rows * columns,
            )
        )
    row, column = np.divmod(np.arange(L), columns)
    out = np.zeros((N, L, D + rows + columns), dtype=grid.dtype)
    out[:, :, :D] = grid
    out[:, np.arange(L), D + row] = 1
    out[:, np.arange(L), D + rows + column] = 1
    return out


def _no_grid(path, array):
    what = tr(": one vector a picture, without places") if array.ndim == 2 else ""
    return tr(
        "{path} holds features of shape {shape}{what}. Attention needs (N, L, D): N "
        "pictures, L cells a picture, D numbers per cell. A grid (N, rows, columns, D) "
        "becomes that with features.reshape(N, rows * columns, D).",
        path,
        array.shape,
        what,
    )
