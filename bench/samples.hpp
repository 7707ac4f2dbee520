// The samples that matrices are measured on.
#pragma once
#include <cmath>
#include <random>
#include <vector>

#include "io/read.hpp"

namespace bench {

inline constexpr const char* kFashion = "/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz";  // of Debian's package

struct Samples {
  std::size_t rows = 0, columns = 0;
  std::vector<double> values;
};

// Gaussian rows whose norms spread over a factor of four.
inline Samples gaussian(std::size_t rows, std::size_t columns) {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  Samples out{rows, columns, {}};
  out.values.reserve(rows * columns);
  for (std::size_t i = 0; i < rows; ++i) {
    const double scale = std::pow(4.0, std::generate_canonical<double, 53>(random) - 0.5);
    for (std::size_t k = 0; k < columns; ++k) out.values.push_back(scale * normal(random));
  }
  return out;
}

// None where the package is not installed.
inline Samples fashion(std::size_t rows) {
  ntkc::Diagnostics diagnostics;
  const auto read = ntkc::io::read(kFashion, {0, rows}, diagnostics);
  return read ? Samples{rows, read->columns, read->values} : Samples{};
}

}  // namespace bench
