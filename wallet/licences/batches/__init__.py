"""Files of many licences at once: taken in, read line by line, worked off."""
