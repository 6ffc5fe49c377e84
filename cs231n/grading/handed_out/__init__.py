"""Files of the pack without the reference. `handout.py` puts each in the place of one that gives answers away."""
