"""Grade a class: `python -m cs231n.course.grading --help`. For instructors; docs/instructors.md shows the way."""
