"""The house bank: it turns transfers into a camt.053 statement, as a bank would the next morning."""
