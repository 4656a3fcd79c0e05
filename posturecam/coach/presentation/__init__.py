"""A session as words, plain data and a painted picture, for every shell."""
