"""What is made from the code: schema files and the reference. A test compares each with what is checked in."""
