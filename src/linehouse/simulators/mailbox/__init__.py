"""The customers' mailbox: an SMTP server that keeps what it is given as files, one mail each."""
