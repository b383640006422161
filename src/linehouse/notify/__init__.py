"""Messages to customers: what is said, in their language, by which channel, and the evidence that it arrived."""
