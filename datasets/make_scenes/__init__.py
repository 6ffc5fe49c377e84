"""What made the files of datasets/scenes: `python datasets/make_scenes`."""
