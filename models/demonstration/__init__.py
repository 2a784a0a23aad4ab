"""Data to try the service with: invented structures, people and requests."""
