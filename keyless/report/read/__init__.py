"""Files of others, from which a report takes what it shows. What is in them is text: nothing in it is obeyed."""
