"""Put facts into words, and print them."""
