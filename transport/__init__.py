"""The HTTP side: requests, limits, sign-in and pages."""
