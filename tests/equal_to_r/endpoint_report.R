# The report by arm from analysis.csv and arms.csv, every formula written out. Arguments: permutations, imputations.
given <- as.integer(commandArgs(trailingOnly = TRUE))
arm_names <- c("placebo", "high", "low")
made_values <- c("extrapolated", "carried", "interpolated")
every <- read.csv("dataset/analysis.csv", colClasses = c(subject = "character"))
every <- merge(every, read.csv("arms.csv", colClasses = "character"), by = "subject")
every$arm <- factor(every$arm, arm_names)
every$region <- factor(every$region)
every$prior <- factor(every$prior)
found <- list()

note <- function(table, values, visit, used = "", arm = "", compared = "", criterion = "") {
  found[[length(found) + 1]] <<- data.frame(
    table, visit, used, arm, compared, criterion,
    figure = names(values), value = format(unname(values), digits = 17, trim = TRUE)
  )
}

# HC3: (X'X)^-1 X' diag(e^2 / (1 - h)^2) X (X'X)^-1
hc3 <- function(fit) {
  x <- model.matrix(fit)
  inverse <- solve(crossprod(x))
  inverse %*% crossprod(x * (residuals(fit) / (1 - hatvalues(fit)))) %*% inverse
}

contrast <- function(fit, weights, name) {
  value <- sum(weights * coef(fit))
  se <- sqrt(drop(t(weights) %*% hc3(fit) %*% weights))
  df <- df.residual(fit)
  half <- qt(0.975, df) * se
  values <- c(value, se, df, value - half, value + half, 2 * pt(-abs(value) / se, df))
  setNames(values, c(name, "se", "df", "lower", "upper", "p"))
}

# Miettinen and Nurminen (1985): the share of arm 0 that maximises the likelihood under p1 - p0 = d, by a search.
restricted <- function(x1, n1, x0, n0, d) {
  slope <- function(x, p) if (x == 0) 0 else x / p
  score <- function(p) slope(x1, p + d) - slope(n1 - x1, 1 - p - d) + slope(x0, p) - slope(n0 - x0, 1 - p)
  low <- max(0, -d)
  high <- min(1, 1 - d)
  edge <- 1e-13
  if (score(low + edge) <= 0) return(low)
  if (score(high - edge) >= 0) return(high)
  uniroot(score, c(low + edge, high - edge), tol = 1e-15, maxiter = 10000)$root
}

# A row of counts for each stratum: events and subjects of arm 1, then of arm 0.
stratified <- function(counts) {
  counts <- counts[counts[, 2] > 0 & counts[, 4] > 0, , drop = FALSE]
  w <- counts[, 2] * counts[, 4] / (counts[, 2] + counts[, 4])
  w <- w / sum(w)
  d <- sum(w * (counts[, 1] / counts[, 2] - counts[, 3] / counts[, 4]))
  score <- function(at) {
    v <- apply(counts, 1, function(row) {
      p0 <- restricted(row[1], row[2], row[3], row[4], at)
      p1 <- p0 + at
      n <- row[2] + row[4]
      (p1 * (1 - p1) / row[2] + p0 * (1 - p0) / row[4]) * n / (n - 1)
    })
    (d - at) / sqrt(sum(w^2 * v))
  }
  z <- qnorm(0.975)
  lower <- uniroot(function(at) score(at) - z, c(-1 + 1e-9, d - 1e-9), tol = 1e-13)$root
  upper <- uniroot(function(at) score(at) + z, c(d + 1e-9, 1 - 1e-9), tol = 1e-13)$root
  c(difference = d, lower = lower, upper = upper, p = 2 * pnorm(-abs(score(0))))
}

# The arms of the two compared are dealt again within each combination of the factors.
permuted <- function(data, arm) {
  x <- model.matrix(~ arm + status_base + region + prior, data)
  column <- paste0("arm", arm)
  t_of <- function(x) {
    inverse <- solve(crossprod(x))
    beta <- inverse %*% crossprod(x, data$chg)
    scaled <- drop(data$chg - x %*% beta) / (1 - rowSums((x %*% inverse) * x))
    beta[column, 1] / sqrt((inverse %*% crossprod(x * scaled) %*% inverse)[column, column])
  }
  seen <- abs(t_of(x))
  own <- data$arm %in% c("placebo", arm)
  cells <- split(which(own), interaction(data$region, data$prior)[own], drop = TRUE)
  reached <- replicate(given[1], {
    dealt <- x
    for (cell in cells) dealt[cell, column] <- x[cell[sample.int(length(cell))], column]
    abs(t_of(dealt)) >= seen * (1 - 1e-9)
  })
  (1 + sum(reached)) / (1 + given[1])
}

described <- function(data, visit, used) {
  for (arm in arm_names) {
    x <- data$chg[data$arm == arm]
    q <- quantile(x, c(0.25, 0.5, 0.75), type = 7, names = FALSE)
    ci <- t.test(x)$conf.int
    values <- c(
      n = length(x), mean = mean(x), lower = ci[1], upper = ci[2], sd = sd(x),
      minimum = min(x), q1 = q[1], median = q[2], q3 = q[3], maximum = max(x)
    )
    note("changes", values, visit, used, arm)
  }
}

models <- function(data, visit, used) {
  fit <- lm(chg ~ arm + status_base + region + prior, data)
  ranked <- lm(rank(chg) ~ arm + rank(status_base) + region + prior, data)
  for (place in 1:3) {
    weights <- c(1, place == 2, place == 3, mean(data$status_base), 1 / 3, 1 / 3, 1 / 2)
    note("ls_means", contrast(fit, weights, "mean")[c("mean", "se", "lower", "upper")], visit, used, arm_names[place])
    if (place == 1) next
    pair <- paste(arm_names[place], "minus placebo")
    unit <- replace(numeric(7), place, 1)
    n <- c(n = nrow(data))
    note("ls_differences", c(n, contrast(fit, unit, "difference")), visit, used, compared = pair)
    note("rank_ancova", c(n, contrast(ranked, unit, "difference")), visit, used, compared = pair)
    note("permutation", c(p = permuted(data, arm_names[place])), visit, used, compared = pair)
  }
}

shares <- function(data, visit, used, number) {
  criterion <- data[[paste0("crit", number)]][1]
  event <- data[[paste0("crit", number, "_fl")]] == "Y"
  strata <- interaction(data$region, data$prior, drop = TRUE)
  for (arm in arm_names) {
    y <- event[data$arm == arm]
    ci <- prop.test(sum(y), length(y), correct = FALSE)$conf.int
    values <- c(n = length(y), without = sum(y), share = mean(y), lower = ci[1], upper = ci[2])
    note("shares", values, visit, used, arm, criterion = criterion)
    if (arm == "placebo") next
    counts <- t(sapply(levels(strata), function(one) {
      a <- event[strata == one & data$arm == arm]
      b <- event[strata == one & data$arm == "placebo"]
      c(sum(a), length(a), sum(b), length(b))
    }))
    values <- c(n = sum(data$arm %in% c(arm, "placebo")), stratified(counts))
    note("share_differences", values, visit, used, compared = paste(arm, "minus placebo"), criterion = criterion)
  }
}

set.seed(20261130)
for (visit in c("W24", "W52")) {
  all_rows <- every[every$avisit == visit & !is.na(every$chg), ]
  seen <- all_rows[!(all_rows$dtype %in% made_values), ]
  both <- list("Observed and extrapolated" = all_rows, "Observed only" = seen)
  uses <- if (nrow(seen) == nrow(all_rows)) list(Observed = all_rows) else both
  for (used in names(uses)) {
    described(uses[[used]], visit, used)
    models(uses[[used]], visit, used)
    for (number in 1:3) shares(uses[[used]], visit, used, number)
  }
}

# Multiple imputation: Bayesian regression, visit after visit, fitted to what was observed; then Rubin's rules.
base <- every[every$avisit == "W00", c("subject", "arm", "region", "prior", "status_base")]
for (visit in c("W24", "W52")) {
  rows <- every[every$avisit == visit & !(every$dtype %in% made_values), ]
  base[[visit]] <- rows$chg[match(base$subject, rows$subject)]
}

imputed <- function() {
  copy <- base
  design <- model.matrix(~ arm + status_base + region + prior, base)
  for (visit in c("W24", "W52")) {
    y <- base[[visit]]
    lost <- is.na(y)
    known <- design[!lost, , drop = FALSE]
    fit <- lm.fit(known, y[!lost])
    sigma <- sqrt(sum(fit$residuals^2) / rchisq(1, sum(!lost) - ncol(known)))
    beta <- fit$coefficients + sigma * backsolve(chol(crossprod(known)), rnorm(ncol(known)))
    if (any(lost)) copy[[visit]][lost] <- design[lost, , drop = FALSE] %*% beta + sigma * rnorm(sum(lost))
    design <- cbind(design, copy[[visit]])
  }
  copy
}

copies <- replicate(given[2], imputed(), simplify = FALSE)
for (visit in c("W24", "W52")) for (arm in arm_names[-1]) {
  each <- sapply(copies, function(copy) {
    copy$y <- copy[[visit]]
    fit <- lm(y ~ arm + status_base + region + prior, copy)
    name <- paste0("arm", arm)
    c(coef(fit)[name], hc3(fit)[name, name])
  })
  lost <- is.na(base[[visit]])
  between <- var(each[1, ])
  values <- c(
    difference = mean(each[1, ]), between = between, se = sqrt(mean(each[2, ]) + (1 + 1 / given[2]) * between),
    imputed_arm = mean(lost[base$arm == arm]), imputed_reference = mean(lost[base$arm == "placebo"])
  )
  note("imputation", values, visit, compared = paste(arm, "minus placebo"))
}
write.csv(do.call(rbind, found), "found.csv", row.names = FALSE)
