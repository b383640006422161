"""Rating files of usage: `linehouse rate`. Read in streams, divided by subscriber, rated in pieces by all cores."""
