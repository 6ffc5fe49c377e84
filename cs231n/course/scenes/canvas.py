"""Paint polygons and ellipses on a square canvas with whole numbers only, so every system paints the same bytes.

A canvas is 288 x 288 and is reduced to the size asked for by averaging blocks of pixels, which smooths all edges.
A larger one has the same drawing on it: every coordinate is multiplied by its scale.
"""

import numpy as np

SIDE = 288
SIZES = (72, 96, 144, 288, 576, 864)


class Dice:
    """Whole random numbers from the raw stream of a NumPy bit generator.

    NumPy promises that the raw stream of PCG64 never changes; it does not promise that of the methods of a
    Generator. So pictures are drawn from the raw stream.
    """

    def __init__(self, seed_or_rng):
        rng = seed_or_rng
        if isinstance(rng, Dice):
            self._raw = rng._raw
        else:
            bits = rng.bit_generator if isinstance(rng, np.random.Generator) else np.random.PCG64(rng)
            self._raw = bits.random_raw

    def between(self, low, high):
        """A whole number from low to high, both included."""
        return low + (int(self._raw()) >> 11) % (high - low + 1)

    def choice(self, options):
        return options[self.between(0, len(options) - 1)]

    def chance(self, percent):
        return self.between(0, 99) < percent

    def weighted(self, weights):
        """One key of a dict of whole weights."""
        ticket = self.between(1, sum(weights.values()))
        for key, weight in weights.items():
            ticket -= weight
            if ticket <= 0:
                return key


def mix(a, b, part, whole):
    """The colour part/whole of the way from a to b."""
    return tuple((p * (whole - part) + q * part + whole // 2) // whole for p, q in zip(a, b, strict=True))


def curve(start, bend, end, steps=10):
    """Points of the quadratic Bezier curve from start to end, pulled towards bend."""
    n = steps * steps
    return [
        tuple(
            ((steps - t) ** 2 * a + 2 * t * (steps - t) * b + t * t * c + n // 2) // n
            for a, b, c in zip(start, bend, end, strict=True)
        )
        for t in range(steps + 1)
    ]


class Canvas:
    """A 288 x 288 picture being painted; x runs to the right, y runs down.

    `light` is what the light of the hour does to red, green and blue, in 256ths; `scale` says how many pixels
    stand side by side in the place of one.
    """

    def __init__(self, scale=1):
        self.scale, self.side = scale, SIDE * scale
        self.pixels = np.zeros((self.side, self.side, 3), np.uint8)
        self.light = (256, 256, 256)

    def lit(self, colour):
        return np.array([min(255, c * l >> 8) for c, l in zip(colour, self.light, strict=True)], np.int64)

    def gradient(self, y0, y1, top, bottom):
        """Rows y0 to y1, from the colour top to the colour bottom, in steps of four rows."""
        for y in range(max(0, y0), min(SIDE, y1), 4):
            rows = slice(y * self.scale, min(y + 4, y1) * self.scale)
            self.pixels[rows] = self.lit(mix(top, bottom, y - y0, max(1, y1 - y0)))

    def polygon(self, points, colour, alpha=256):
        """Fill the outline through points (even-odd rule); alpha in 256ths."""
        points = [(x * self.scale, y * self.scale) for x, y in points]
        x0, x1 = max(0, min(p[0] for p in points)), min(self.side, max(p[0] for p in points) + 1)
        y0, y1 = max(0, min(p[1] for p in points)), min(self.side, max(p[1] for p in points) + 1)
        if x0 >= x1 or y0 >= y1:
            return
        columns, rows = np.arange(x0, x1), np.arange(y0, y1)
        inside = np.zeros((y1 - y0, x1 - x0), bool)
        for (ax, ay), (bx, by) in zip(points, points[1:] + points[:1], strict=True):
            if ay == by:
                continue
            if ay > by:
                ax, ay, bx, by = bx, by, ax, ay
            first, last = max(ay, y0), min(by, y1)
            if first >= last:
                continue
            cross = ax + (bx - ax) * (2 * (rows[first - y0 : last - y0] - ay) + 1) // (2 * (by - ay))
            inside[first - y0 : last - y0] ^= columns >= cross[:, None]
        self._fill(slice(y0, y1), slice(x0, x1), inside, colour, alpha)

    def ellipse(self, cx, cy, rx, ry, colour, alpha=256):
        cx, cy, rx, ry = (v * self.scale for v in (cx, cy, max(1, rx), max(1, ry)))
        x0, x1 = max(0, cx - rx), min(self.side, cx + rx + 1)
        y0, y1 = max(0, cy - ry), min(self.side, cy + ry + 1)
        if x0 >= x1 or y0 >= y1:
            return
        dx, dy = np.arange(x0, x1) - cx, np.arange(y0, y1)[:, None] - cy
        self._fill(
            slice(y0, y1),
            slice(x0, x1),
            dx * dx * (ry * ry) + dy * dy * (rx * rx) <= rx * rx * ry * ry,
            colour,
            alpha,
        )

    def rect(self, x0, y0, x1, y1, colour, alpha=256):
        x0, y0, x1, y1 = (max(0, v) * self.scale for v in (x0, y0, x1, y1))
        area = self.pixels[y0:y1, x0:x1]
        area[:] = (self.lit(colour) * alpha + area.astype(np.int64) * (256 - alpha)) >> 8

    def _fill(self, rows, columns, inside, colour, alpha):
        area = self.pixels[rows, columns]
        if alpha == 256:
            area[inside] = self.lit(colour)
        else:
            area[inside] = (self.lit(colour) * alpha + area[inside].astype(np.int64) * (256 - alpha)) >> 8

    def reduced(self, size, step=1):
        """The picture as (size, size, 3) uint8, each pixel the mean of a block, in steps of grey."""
        k = self.side // size
        rows = self.pixels.reshape(size, k, self.side * 3).sum(axis=1, dtype=np.uint16)
        total = rows.reshape(size, size, k, 3).sum(axis=2, dtype=np.uint16)
        return np.minimum((total // (k * k) + step // 2) // step * step, 255).astype(np.uint8)


class Pen:
    """Draws a thing on a canvas in coordinates of its own.

    (0, 0) is the middle of its foot, x runs from -50 to 50, y runs UP to about 100; `width` is how many
    pixels of the canvas 100 of them take.
    """

    def __init__(self, canvas, x, y, width, mirrored=False):
        self.canvas, self.x, self.y, self.width, self.way = canvas, x, y, width, -1 if mirrored else 1

    def at(self, x, y, percent):
        """A pen with its foot at x, y of this one, at a share of its size."""
        return Pen(self.canvas, *self.point(x, y), self.width * percent // 100, self.way < 0)

    def length(self, v):
        return (2 * v * self.width + 100) // 200

    def point(self, x, y):
        return self.x + self.length(self.way * x), self.y - self.length(y)

    def polygon(self, points, colour, alpha=256):
        self.canvas.polygon([self.point(x, y) for x, y in points], colour, alpha)

    def rect(self, x0, y0, x1, y1, colour, alpha=256):
        (a, b), (c, d) = self.point(x0, y0), self.point(x1, y1)
        self.canvas.rect(min(a, c), min(b, d), max(a, c), max(b, d), colour, alpha)

    def ellipse(self, x, y, rx, ry, colour, alpha=256):
        self.canvas.ellipse(*self.point(x, y), self.length(rx), self.length(ry), colour, alpha)

    def dome(self, x, y, rx, ry, colour):
        """The upper half of an ellipse whose middle is at x, y."""
        left, top, right = (x - rx, y), (x, y + ry), (x + rx, y)
        self.polygon(
            curve(left, (x - rx, y + ry), (x, y + ry)) + curve(top, (x + rx, y + ry), right)[1:], colour
        )

    def line(self, x0, y0, x1, y1, thick, colour):
        """A straight stroke, thick in this pen's units."""
        dx, dy = x1 - x0, y1 - y0
        if abs(dx) > abs(dy):
            corners = [(x0, y0 - thick // 2), (x0, y0 + (thick + 1) // 2)]
            corners += [(x1, y1 + (thick + 1) // 2), (x1, y1 - thick // 2)]
        else:
            corners = [(x0 - thick // 2, y0), (x0 + (thick + 1) // 2, y0)]
            corners += [(x1 + (thick + 1) // 2, y1), (x1 - thick // 2, y1)]
        self.polygon(corners, colour)
