# A reader's first reads against their repeats in twice.csv: ICC(2,1) of status and change, bias and SDC of one read.
x <- read.csv("twice.csv")
status <- as.matrix(x[, c("w0", "w1")])
change <- status - as.matrix(x[, c("b0", "b1")])

icc <- function(x) {
  n <- nrow(x)
  k <- 2
  ms <- anova(lm(c(x) ~ factor(rep(1:n, k)) + factor(rep(1:k, each = n))))[["Mean Sq"]]
  i <- (ms[1] - ms[3]) / (ms[1] + (k - 1) * ms[3] + k * (ms[2] - ms[3]) / n)
  f <- ms[2] / ms[3]
  v <- (k - 1) * (n - 1) * (k * i * f + n * (1 + (k - 1) * i) - k * i)^2 /
    ((n - 1) * k^2 * i^2 * f^2 + (n * (1 + (k - 1) * i) - k * i)^2)
  rest <- k * ms[2] + (k * n - k - n) * ms[3]
  high <- qf(0.975, n - 1, v)
  low <- qf(0.975, v, n - 1)
  c(i, n * (ms[1] - high * ms[3]) / (high * rest + n * ms[1]), n * (low * ms[1] - ms[3]) / (rest + n * low * ms[1]))
}

d <- change[, 2] - change[, 1]
n <- length(d)
bias <- t.test(d)
sdc <- 1.96 * sqrt(var(d) / 2 * c(1, (n - 1) / qchisq(c(0.975, 0.025), n - 1)))
own <- data.frame(status = icc(status), change = icc(change), bias = c(bias$estimate, bias$conf.int), sdc)
write.csv(format(own, digits = 17), "own.csv", row.names = FALSE, quote = FALSE)
