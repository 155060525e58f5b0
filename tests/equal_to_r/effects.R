# The effect of each reader from the differences of pairs in pairs.csv: least squares, effects of sum 0.
pairs <- read.csv("pairs.csv")
x <- sapply(0:3, function(reader) (pairs$a == reader) - (pairs$b == reader))
effects <- c(0, coef(lm(pairs$d ~ x[, -1] - 1)))
effects <- data.frame(x = format(effects - mean(effects), digits = 17))
write.csv(effects, "effects.csv", row.names = FALSE, quote = FALSE)
