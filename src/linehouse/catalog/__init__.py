"""What the brand sells: specifications, offerings, prices, allowances, versions, files and their lint."""
