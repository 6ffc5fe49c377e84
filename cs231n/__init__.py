"""Image captioning with recurrent networks, in plain NumPy."""
