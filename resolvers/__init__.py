"""The errands: fetch records, ask the models, save."""
