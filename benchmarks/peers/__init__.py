"""What is measured beside firebrick; each module trains any workload and answers with W1's network."""
