# The charts of a reader from cases.csv: drift and discordance. Argument: the discordant share of the campaign.
centre <- as.numeric(commandArgs(trailingOnly = TRUE)[1])
cases <- read.csv("cases.csv")
d <- cases$d
m <- mean(d[1:30])
s <- sd(d[1:30])
z <- pmax(-2.5, pmin(2.5, (d - m) / s))
# Without a recursion: at case i the sum of 0.1 * 0.9^(i - j) z(j) over cases 31 to i.
ewma <- sapply(seq_along(z), function(i) if (i <= 30) 0 else sum(0.1 * 0.9^(i - 31:i) * z[31:i]))
drift <- data.frame(z, ewma, mean = m, sd = s, alarm = which(abs(ewma) > 1.1)[1])
write.csv(format(drift, digits = 17), "drift.csv", row.names = FALSE, quote = FALSE)

last <- 20 * seq_len(nrow(cases) %/% 20)
first <- last - 19
share <- mapply(function(a, b) mean(cases$discordant[a:b]), first, last)
reach <- 3 * sqrt(centre * (1 - centre) / 20)
upper <- min(1, centre + reach)
groups <- data.frame(first, last, share, lower = max(0, centre - reach), upper, beyond = as.integer(share > upper))
write.csv(format(groups, digits = 17), "groups.csv", row.names = FALSE, quote = FALSE)
