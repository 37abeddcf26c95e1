from score import score

score([1])
