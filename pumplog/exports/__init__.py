"""What leaves the house: plain records of the board, a story, an answer."""
