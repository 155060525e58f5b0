# Sources read.R, then writes each column of each table named: its class and every value, byte for byte; NA as nothing.
source("read.R")

as_text <- function(x) {
  text <- if (is.numeric(x)) sprintf("%.15g", x) else if (is.character(x)) x else format(x)
  ifelse(is.na(x), "", text)
}

for (name in commandArgs(trailingOnly = TRUE)) {
  table <- get(name)
  for (column in names(table)) {
    x <- table[[column]]
    all <- paste(enc2utf8(c(class(x), as_text(x))), collapse = "\x1e")
    writeBin(charToRaw(all), paste(name, column, sep = "."))
  }
}
