"""The chapters' pictures of computations, one function a picture; its docstring is the picture's alt text."""
