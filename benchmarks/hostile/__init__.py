"""Hostile addresses, redirects, names and documents, made from a seed; what became of each."""
