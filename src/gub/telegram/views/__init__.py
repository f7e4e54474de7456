"""All texts and keyboards. Pure: values in, views out; nothing is asked or sent here."""
