"""Tests of the whole program. A package, because a dependency installs one of this name, too."""
