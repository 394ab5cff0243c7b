"""The agenda of a contract: what falls on which day, who must act, and what follows if nobody does."""
