// Samples of four numbers in [-1, 1), as a .npy file.
#pragma once
#include <cstdint>
#include <string>

#include "io/npy.hpp"

namespace test {

inline std::string samples(std::size_t rows, std::uint64_t seed = 1) {
  constexpr std::size_t kColumns = 4;
  std::string bytes = ntkc::io::npy_prefix(ntkc::io::Dtype::f64, {rows, kColumns});
  std::uint64_t state = seed;  // Knuth's MMIX generator
  for (std::size_t k = 0; k < rows * kColumns; ++k) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    const double value = static_cast<double>(state >> 11) * 0x1p-52 - 1;
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  return bytes;
}

}  // namespace test
