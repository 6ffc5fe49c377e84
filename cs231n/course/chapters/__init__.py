"""What one chapter alone asks for, one idea a file. What several ask for stands one room up."""
