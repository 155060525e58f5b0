# Each transport file by haven: for every variable its class, its label and every value; NA as nothing.
library(haven)

as_text <- function(x) {
  text <- if (inherits(x, "Date")) format(x) else if (is.numeric(x)) sprintf("%.17g", x) else x
  ifelse(is.na(x), "", text)
}

for (name in commandArgs(trailingOnly = TRUE)) {
  table <- read_xpt(file.path("cdisc", paste0(name, ".xpt")))
  stopifnot(is.character(attr(table, "label")))
  for (column in names(table)) {
    x <- table[[column]]
    all <- paste(enc2utf8(c(class(x)[1], attr(x, "label"), as_text(x))), collapse = "\x1e")
    writeBin(charToRaw(all), paste(name, column, sep = "."))
  }
}
