"""Read models over all rooms: the customer timeline, the 360 view and the desk figures."""
