"""Model outputs made of real pages, clean and faulty, and how many of each the guard refuses."""
