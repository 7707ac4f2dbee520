// The files of the demo: MNIST's idx format, gzipped, and numpy's npy.
#pragma once
#include <zlib.h>

#include <Eigen/Core>
#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace demo {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// The first `count` items of an idx file, a row each, bytes scaled to [0, 1].
inline Matrix read_idx(const std::string& path, Eigen::Index count, double scale = 1.0 / 255) {
  gzFile file = gzopen(path.c_str(), "rb");
  if (!file) throw std::runtime_error("cannot open " + path);
  const auto word = [&] {
    unsigned char b[4] = {};
    gzread(file, b, 4);
    return Eigen::Index(b[0]) << 24 | b[1] << 16 | b[2] << 8 | b[3];
  };
  const Eigen::Index dimensions = word() & 255, rows = std::min(count, word());
  Eigen::Index columns = 1;
  for (Eigen::Index i = 1; i < dimensions; ++i) columns *= word();
  std::vector<unsigned char> bytes(static_cast<std::size_t>(rows * columns));
  const int got = gzread(file, bytes.data(), static_cast<unsigned>(bytes.size()));
  gzclose(file);
  if (got != static_cast<int>(bytes.size())) throw std::runtime_error(path + " is too short");
  Matrix m(rows, columns);
  for (Eigen::Index i = 0; i < m.size(); ++i) m.data()[i] = scale * bytes[static_cast<std::size_t>(i)];
  return m;
}

// A square matrix of doubles as `ntkc eval` writes it.
inline Matrix read_npy(const std::string& path, Eigen::Index n) {
  std::ifstream in(path, std::ios::binary);
  char start[10] = {};
  in.read(start, sizeof start);
  in.seekg(10 + (std::uint8_t(start[8]) | std::uint8_t(start[9]) << 8));
  Matrix m(n, n);
  if (!in.read(reinterpret_cast<char*>(m.data()), m.size() * 8)) throw std::runtime_error(path + " is too short");
  return m;
}

}  // namespace demo
