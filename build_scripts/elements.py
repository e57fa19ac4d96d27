"""What the HTML standard says of elements, for those who read finished pages."""

#: Elements that hold nothing and have no end tag.
VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
