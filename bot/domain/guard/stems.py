"""English words without their endings."""

from functools import lru_cache

import Stemmer

stem = lru_cache(maxsize=1 << 15)(Stemmer.Stemmer("english").stemWord)
