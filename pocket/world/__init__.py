"""A generator of fictional organisations and of what can be said, asked and reported about them."""
