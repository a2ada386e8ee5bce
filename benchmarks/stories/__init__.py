"""How well links are grouped into stories, on labelled pairs of the shared archives."""
