"""How well pages are told from what is shown in their place."""
