"""Files of made-up provinces whose clerks use words and structures that the contracts do not list.

The vocabulary (``headers``, ``labels``, ``titles``) is one that ``etl`` never sees: a test holds that none of its words
stands in a contract or a reference list. Nobody copies words from here into ``etl``.
"""
