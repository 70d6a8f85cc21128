"""Rules: limits that every plan must keep. A rule is a module or a folder that holds one record, `RULE`."""
