"""TMF688 Event Management: what happened, by topic, from the one event log; a topic for each API that has events."""

PATH = "event"
