# Agreement of the ratings in ratings.csv (a column for each visit and reader), every formula written out.
given <- read.csv("ratings.csv")
readers <- c("A", "B", "C")
visits <- c("W00", "W24", "W52")
z <- qnorm(0.975)
found <- list()

note <- function(statistic, values, of, visit, first = "", second = "") {
  found[[length(found) + 1]] <<- data.frame(
    statistic, of, visit, first, second,
    figure = names(values), value = format(unname(values), digits = 17, trim = TRUE)
  )
}

# Mean squares of subjects, readers and the rest, and within subjects.
squares <- function(x) {
  subject <- factor(rep(seq_len(nrow(x)), ncol(x)))
  reader <- factor(rep(seq_len(ncol(x)), each = nrow(x)))
  two <- anova(lm(c(x) ~ subject + reader))[["Mean Sq"]]
  one <- anova(lm(c(x) ~ subject))[["Mean Sq"]]
  list(n = nrow(x), k = ncol(x), r = two[1], c = two[2], e = two[3], w = one[2])
}

stepped_up <- function(r, k) k * r / (1 + (k - 1) * r)

# Shrout and Fleiss (1979); the limits of model 2 by McGraw and Wong (1996).
icc <- function(x, of, visit) {
  s <- squares(x)
  n <- s$n
  k <- s$k
  f1 <- s$r / s$w
  f3 <- s$r / s$e
  limits <- function(f, above, below) {
    both <- c(f / qf(0.975, above, below), f * qf(0.975, below, above))
    (both - 1) / (both + k - 1)
  }
  two <- (s$r - s$e) / (s$r + (k - 1) * s$e + k * (s$c - s$e) / n)
  forms <- list(
    c((s$r - s$w) / (s$r + (k - 1) * s$w), limits(f1, n - 1, n * (k - 1))),
    c(two, limits_of_two(s, two)),
    c((s$r - s$e) / (s$r + (k - 1) * s$e), limits(f3, n - 1, (n - 1) * (k - 1)))
  )
  tests <- list(
    c(f1, pf(f1, n - 1, n * (k - 1), lower.tail = FALSE)),
    c(f3, pf(f3, n - 1, (n - 1) * (k - 1), lower.tail = FALSE))
  )
  for (model in 1:3) for (averaged in c(1, k)) {
    values <- if (averaged == 1) forms[[model]] else stepped_up(forms[[model]], k)
    values <- c(values, tests[[min(model, 2)]])
    note(sprintf("ICC(%d,%d)", model, averaged), setNames(values, c("value", "lower", "upper", "f", "p")), of, visit)
  }
  detectable(s, of, visit)
}

limits_of_two <- function(s, two) {
  n <- s$n
  k <- s$k
  fj <- s$c / s$e
  v <- (k - 1) * (n - 1) * (k * two * fj + n * (1 + (k - 1) * two) - k * two)^2 /
    ((n - 1) * k^2 * two^2 * fj^2 + (n * (1 + (k - 1) * two) - k * two)^2)
  high <- qf(0.975, n - 1, v)
  low <- qf(0.975, v, n - 1)
  rest <- k * s$c + (k * n - k - n) * s$e
  c(n * (s$r - high * s$e) / (high * rest + n * s$r), n * (low * s$r - s$e) / (rest + n * low * s$r))
}

# SEM, SDD and SDC of the mean of all readers, with the limits of a variance; gives the SDC.
detectable <- function(s, of, visit) {
  df <- (s$n - 1) * (s$k - 1)
  sem <- sqrt(s$e * c(value = 1, lower = df / qchisq(0.975, df), upper = df / qchisq(0.025, df)))
  note("sem", sem, of, visit)
  note(paste0("sdd_", of), 1.96 * sqrt(2) * sem / sqrt(s$k), of, visit)
  if (of == "change") note("sdc", 1.96 * sem / sqrt(s$k), of, visit)
  1.96 * sem[["value"]] / sqrt(s$k)
}

bland_altman <- function(x, y, of, visit, a, b) {
  d <- x - y
  n <- length(d)
  half <- qt(0.975, n - 1) * c(sd(d) / sqrt(n), sqrt(3 * var(d) / n))
  bias <- mean(d)
  low <- bias - z * sd(d)
  high <- bias + z * sd(d)
  values <- c(
    bias = bias, sd = sd(d), lower = low, upper = high,
    bias_from = bias - half[1], bias_to = bias + half[1],
    lower_from = low - half[2], lower_to = low + half[2],
    upper_from = high - half[2], upper_to = high + half[2]
  )
  note("bland_altman", values, of, visit, a, b)
  fit <- lm(d ~ I((x + y) / 2))
  ci <- confint(fit)[2, ]
  values <- c(value = coef(fit)[[2]], lower = ci[[1]], upper = ci[[2]], p = summary(fit)$coefficients[2, 4])
  note("slope", values, of, visit, a, b)
}

# Lin (1989), with the variance as corrected in 2000; moments divide by n.
ccc <- function(x, y, of, visit, a, b) {
  n <- length(x)
  sx <- mean((x - mean(x))^2)
  sy <- mean((y - mean(y))^2)
  shift <- mean(x) - mean(y)
  c0 <- 2 * mean((x - mean(x)) * (y - mean(y))) / (sx + sy + shift^2)
  r <- cor(x, y)
  u2 <- shift^2 / sqrt(sx * sy)
  variance <- (1 - r^2) * c0^2 / ((1 - c0^2) * r^2) + 2 * c0^3 * (1 - c0) * u2 / (r * (1 - c0^2)^2) -
    c0^4 * u2^2 / (2 * r^2 * (1 - c0^2)^2)
  ends <- tanh(atanh(c0) + c(-1, 1) * z * sqrt(variance / (n - 2)))
  note("ccc", c(value = c0, lower = ends[1], upper = ends[2]), of, visit, a, b)
}

kappas <- function(x, y) {
  grades <- sort(unique(c(x, y)))
  table <- unclass(table(factor(x, grades), factor(y, grades))) / length(x)
  expected <- outer(rowSums(table), colSums(table))
  apart <- abs(outer(grades, grades, "-"))
  kappa <- function(weights) 1 - sum(weights * table) / sum(weights * expected)
  both <- sum(x > 0 & y > 0)
  one <- sum(xor(x > 0, y > 0))
  c(
    unweighted = kappa(apart > 0), linear = kappa(apart), quadratic = kappa(apart^2),
    pabak = 2 * mean((x > 0) == (y > 0)) - 1, agreement = mean(x == y), positive = 2 * both / (2 * both + one)
  )
}

exact <- function(count, n) {
  ci <- binom.test(count, n)$conf.int
  c(value = count / n, lower = ci[1], upper = ci[2])
}

pairs_of_readers <- list(c(1, 2), c(1, 3), c(2, 3))

layer <- function(x, of, visit) {
  whole <- x[complete.cases(x), ]
  sdc <- icc(whole, of, visit)
  for (pair in pairs_of_readers) {
    keep <- complete.cases(x[, pair])
    one <- x[keep, pair[1]]
    other <- x[keep, pair[2]]
    who <- readers[pair]
    bland_altman(one, other, of, visit, who[1], who[2])
    ccc(one, other, of, visit, who[1], who[2])
    if (of == "status") {
      note("kappa", kappas(one, other), of, visit, who[1], who[2])
      note("agreement", exact(sum(one == other), length(one)), of, visit, who[1], who[2])
    }
  }
  limits <- c("above 0" = 0, "above 0.5" = 0.5, "above 5" = 5, "above the SDC" = sdc)
  if (of == "change") progressors(whole, visit, limits)
}

progressors <- function(whole, visit, limits) {
  n <- nrow(whole)
  for (name in names(limits)) {
    above <- whole > limits[[name]]
    for (a in 1:3) note(name, exact(sum(above[, a]), n), "change", visit, readers[a])
    # A mean of three whole numbers may miss a limit by rounding alone.
    note(name, exact(sum(rowMeans(whole) > limits[[name]] + 1e-9), n), "change", visit)
    for (pair in pairs_of_readers) {
      one <- above[, pair[1]]
      other <- above[, pair[2]]
      counts <- c(both = sum(one & other), only_first = sum(one & !other), only_second = sum(!one & other))
      values <- c(kappas(one * 1, other * 1), counts, neither = sum(!one & !other))
      note(name, values, "change", visit, readers[pair[1]], readers[pair[2]])
    }
  }
}

of_visit <- function(visit) as.matrix(given[, paste0(visit, readers)])
for (visit in visits) layer(of_visit(visit), "status", visit)
for (visit in visits[-1]) layer(of_visit(visit) - of_visit("W00"), "change", visit)
last <- of_visit("W52")
accepted <- rowMeans(last)
for (a in 1:3) {
  read <- !is.na(last[, a]) & !is.na(accepted)
  against <- sum(abs(last[read, a] - accepted[read]) > 1 + 1e-9)
  note("disagreement", exact(against, sum(read)), "status", "W52", readers[a])
}
write.csv(do.call(rbind, found), "found.csv", row.names = FALSE)
