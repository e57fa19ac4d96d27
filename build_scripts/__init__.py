"""From the law as data to the finished site."""
