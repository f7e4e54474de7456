"""The methods of the Bot API, by name in lower case (Telegram does not distinguish)."""
