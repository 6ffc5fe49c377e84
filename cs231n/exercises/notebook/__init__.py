"""What a notebook calls: check, hint, progress, answers, agree."""
