"""CGRateS' six rating files as tariffs and zones: read, translated, written, and what could not be translated."""
