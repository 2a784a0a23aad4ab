"""The business: tables with their rules."""
