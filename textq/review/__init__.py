"""People in the loop: samples, queues, codes from other programs, and what a review says of the coders."""
