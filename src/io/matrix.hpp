// Samples in memory: a row of numbers each.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace ntkc::io {

struct Matrix {
  std::size_t rows = 0, columns = 0;
  std::vector<double> values;       // rows * columns, C order
  std::vector<std::size_t> sample;  // the shape of one sample as the file has it: its product is columns; empty: single numbers
  std::string name;                 // the file, for messages
  bool whole = false;               // stored as integers (in .csv: spelled so)
  double unit = 1;                  // what a stored 1 became
  const double* row(std::size_t i) const { return values.data() + i * columns; }
};

// Rows [begin, end) of a file; no end: to the last.
struct Rows {
  std::size_t begin = 0;
  std::optional<std::size_t> end;
};

// "A:B", "A:", ":B", ":"; nothing if it is something else or empty.
std::optional<Rows> parse_rows(const std::string& text);

}  // namespace ntkc::io
