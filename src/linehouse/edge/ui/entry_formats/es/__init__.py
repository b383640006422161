"""Fields of dates and times in this language; Django looks them up by its code."""
