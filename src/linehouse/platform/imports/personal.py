"""What is personal of imports: the files alone, which the room removes itself when their time is over."""

from linehouse.platform.personal.declare import not_personal

not_personal("imports_import", "file_name", "columns", "constants")
not_personal("imports_importrow", "before", "faults")
