"""Grade a class: `python -m instructors --help`. For instructors; docs/instructors.md shows the way."""
