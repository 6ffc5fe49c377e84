"""What an exception means."""
